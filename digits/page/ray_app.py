"""The page on any number of machines, with Ray Serve: `serve run digits.page.ray_app:app`.

Ray keeps as many replicas of the page as there are drawings to read, replaces those that die, and
sends each request to one that has time. `requirements-cluster.txt` installs it. The options are
those of `digits.page.asgi`; folders have to be ones that all machines share. `DIGITS_REPLICAS`
fixes the number of replicas.
"""

import os
from typing import Any

from ray import serve

from digits.page.asgi import app_from_environment


def scaling() -> dict[str, Any]:
    """How many replicas there are."""
    if fixed := os.environ.get("DIGITS_REPLICAS"):
        return {"num_replicas": int(fixed)}
    # Each open page keeps a stream open, which counts as a request and costs next to nothing.
    return {
        "autoscaling_config": {
            "min_replicas": 1,
            "max_replicas": 16,
            "target_ongoing_requests": 60,
            "downscale_delay_s": 300,
        }
    }


# Made anew in each replica: a page cannot be sent from one process to another.
page = serve.deployment(
    name="page",
    max_ongoing_requests=1000,
    ray_actor_options={"num_cpus": 1},
    health_check_period_s=5,
    graceful_shutdown_timeout_s=5,
    **scaling(),
)(serve.ingress(app_from_environment)())
app = page.bind()

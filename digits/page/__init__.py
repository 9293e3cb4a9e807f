"""The page: one Gradio app of six tabs, and everything between it and its visitors.

Hands out `build_demo` and `launch_options` (`demo.py`) and `serve` (`serving.py`), which the
command `mnist_classification.py` puts together. Nothing outside this room imports Gradio.
"""

from digits.page.gradio_internals.importing import import_quickly

import_quickly()

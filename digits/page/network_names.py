"""Names of networks for people, beside those in the code."""

import re

NETWORKS = {
    "three_conv": "The shipped one, from scratch",
    "three_conv_plain": "The tutorial one",
    "three_conv_small": "The quick one",
    "conv_bn_dropout": "With dropout",
    "two_conv": "Two convolutions",
    "one_conv": "One convolution",
    "mlp": "No convolution",
}
SHIPPED = "The shipped one"
HAND = "Taught by hand"


def network_title(name: str) -> str:
    """What people call a network of `digits.architectures`; its own name where they have none."""
    return NETWORKS.get(name, name)


def model_title(name: str, own_name: str) -> str:
    """What people call a model, by the name of its file.

    Args:
        name: such as "my_mlp-2", the second one that somebody trained with that network.
        own_name: that of the page's own model.
    """
    if name == own_name:
        return SHIPPED if name == "mnist_model" else name
    parts = re.fullmatch(r"my_(\w+?)(?:-(\d+))?", name)
    title = parts and (NETWORKS | {"hand": HAND}).get(parts[1])
    if not parts or not title:
        return name
    return f"{title}, no. {parts[2]}" if parts[2] else title


def choice(title: str, name: str) -> tuple[str, str]:
    """An entry of a menu: what it shows, and its value."""
    return (title if title == name else f"{title} · {name}"), name

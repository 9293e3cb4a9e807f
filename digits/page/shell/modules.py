"""Packs the modules of Gradio's frontend that the page needs into one script and one style sheet.

A browser would ask for each of them, some sixty files, and would learn of many only from those that
came before: on a slow line that takes most of the time until the page is there.
"""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from digits.page.browser.scripts import digest
from digits.page.gradio_internals.frontend import (
    ASSETS,
    ENTRY,
    ENTRY_STYLES,
    IMPORTED,
    WITH_IT,
    find_files,
)

LOADER = Path(__file__).with_name("modules.js")
LATER = re.compile(r"\bimport\(`\./([\w-]+\.js)`\)")


class Pack(NamedTuple):
    """The script and the style sheet, and the names under which they are served."""

    script_name: str
    script: bytes
    styles_name: str
    styles: bytes


@lru_cache(maxsize=8)
def packed(entry: str, entry_styles: str, kinds: frozenset[str]) -> Pack:
    """Pack what a page needs.

    Args:
        entry: the name of the module that its HTML loads.
        entry_styles: the name of the style sheet that its HTML loads.
        kinds: the names of the kinds of components on it.
    """
    found = find_files(entry, entry_styles, kinds)
    styles = "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in found.styles)
    styles_name = f"page-{digest(styles.encode())}.css"
    here = {*found.modules, *found.styles}

    def renamed(text: str) -> str:
        # A browser need not load what is here once more: it knows the style sheet by its address.
        def loaded(listed: re.Match[str]) -> str:
            files = listed[1].split(",")
            names = [f'"./{styles_name}"' if file[3:-1] in here else file for file in files]
            return f"(m.f=[{','.join(names)}])"

        text = WITH_IT.sub(loaded, text, count=1)
        text = text.replace(f"./assets/{entry_styles}", f"./assets/{styles_name}")
        text = IMPORTED.sub(lambda name: name[0].replace("./", "gradio/"), text)
        return LATER.sub(r"import(`gradio/\1`)", text)

    texts = json.dumps({name: renamed(text) for name, text in found.modules.items()})
    script = f"const TEXTS = {texts};\nconst ENTRY = {json.dumps(entry)};\n"
    script = f"{{\n{script}{LOADER.read_text(encoding='utf-8')}}}\n"
    return Pack(f"page-{digest(script.encode())}.js", script.encode(), styles_name, styles.encode())


def pack_of(blocks: Any) -> Pack | None:
    """Pack what a page of Gradio needs, once; None if Gradio is built in another way than we know.

    Args:
        blocks: the page.
    """
    html = (ASSETS.parent / "index.html").read_text(encoding="utf-8")
    entry, styles = ENTRY.search(html), ENTRY_STYLES.search(html)
    if entry is None or styles is None:
        return None
    parts = blocks.config["components"]
    kinds = frozenset(p["type"] for p in parts if p["props"].get("visible", True) is not False)
    return packed(entry[1], styles[1], kinds)

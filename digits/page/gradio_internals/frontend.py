"""What the page relies on in Gradio's frontend: how its HTML begins, and how its modules are built.

Gradio's page is built of nine hundred small ES modules and style sheets. Each names the modules it
imports, as `from"./name.js"`; what it imports later, on demand, is named as `import(`./name.js`)`,
followed by the numbers of the files that go with it in a list at its beginning. The module that
mounts the components has a map of them: `button:{component:()=>...import(`./name.js`)...}`.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import gradio as gr

# Gradio installs brotli for this class; we compress with it what Gradio sends as it is.
from gradio.brotli_middleware import Compressor
from gradio.route_utils import get_root_url

__all__ = ["ASSETS", "Compressor", "Files", "find_files", "get_root_url"]

ASSETS = Path(gr.__file__).parent / "templates" / "frontend" / "assets"

# In the HTML of the page: what loads the frontend, what describes Gradio instead of the page, and a
# script for frames on Hugging Face, which no page of ours needs.
ENTRY = re.compile(r'<script type="module" crossorigin src="\./assets/([\w-]+\.js)"></script>')
ENTRY_STYLES = re.compile(r'<link rel="stylesheet" crossorigin href="\./assets/([\w-]+\.css)">')
DESCRIPTION = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')
MANIFEST = '<link rel="manifest" href="/manifest.json" />'
FRAMES = re.compile(
    r"<script>\s*\(\(\) => \{\s*const root =(?:(?!</script>).)*iframeResizer.*?</script>", re.DOTALL
)
LANG = 'lang="en"'
CONFIG = re.compile(r"window\.gradio_config = (\{.*?\});</script>", re.DOTALL)
BODY = "<gradio-app"  # the element in which everything is shown

NAME = r"\./([\w-]+\.js)"
IMPORTED = re.compile(rf"""(?:\bfrom|\bimport)\s*["'`]{NAME}["'`]""")
ON_DEMAND = re.compile(rf"import\(`{NAME}`\)[^`]*?__vite__mapDeps\(\[([\d,]+)\]\)")
WITH_IT = re.compile(r"\(m\.f=\[(.*?)\]\)")  # the list at the beginning
COMPONENT = r"[{,]%s:\{(?:[^{}]|\{[^{}]*\})*?\bcomponent:\(\)=>[^`]*`\./([\w-]+\.js)`"
THE_PAGE = re.compile(r"Index|core|Blocks")  # what is imported on demand, and always is


class Files(NamedTuple):
    """The files of the frontend that a page needs."""

    entry: str
    modules: dict[str, str]  # the text of each by its name
    styles: list[str]  # names


def find_files(entry: str, entry_styles: str, kinds: Iterable[str]) -> Files:
    """Find what a page loads.

    Args:
        entry: the name of the module that its HTML loads.
        entry_styles: the name of the style sheet that its HTML loads.
        kinds: the names of the kinds of components on it.
    """
    modules: dict[str, str] = {}
    styles = [entry_styles]

    def add(name: str) -> None:
        if name in modules:
            return
        modules[name] = text = (ASSETS / name).read_text(encoding="utf-8")
        for imported in IMPORTED.findall(text):
            add(imported)
        listed = WITH_IT.search(text)
        files = [file.strip('"')[2:] for file in listed[1].split(",")] if listed else []
        wanted = {found for kind in kinds for found in re.findall(COMPONENT % kind, text)}
        for later, numbers in ON_DEMAND.findall(text):
            mounts_all = name == entry or name.startswith("Index") and "Blocks" in later
            if later not in wanted and not (mounts_all and THE_PAGE.match(later)):
                continue
            add(later)
            for number in numbers.split(","):
                file = files[int(number)]
                if file.endswith(".css") and file not in styles:
                    styles.append(file)

    add(entry)
    return Files(entry, modules, styles)

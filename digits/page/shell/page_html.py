"""Makes Gradio's HTML that of this page: with its own description, skeleton, scripts and styles."""

from pathlib import Path
from typing import Any

from markupsafe import Markup
from starlette.requests import Request

from digits.page import pwa
from digits.page.browser import scripts
from digits.page.gradio_internals import frontend
from digits.page.languages import ENGLISH, RIGHT_TO_LEFT, RIGHT_TO_LEFT_STYLES, translated_html
from digits.page.languages.page_texts import in_language
from digits.page.languages.page_texts import script as language_script
from digits.page.shell.modules import Pack
from digits.templates import render

HERE = Path(__file__).parent
STYLES = ("shell.css", "embed.css")
PATIENCE = HERE.parent / "patience.js"
LOADED = (
    '<script src="./assets/{script}" defer></script>\n'
    '<link rel="stylesheet" href="./assets/{styles}">'
)


def page_html(html: str, pack: Pack | None, address: str, language: str = ENGLISH) -> str:
    """Make the page's HTML of Gradio's.

    Args:
        html: as Gradio has made it.
        pack: the frontend in one piece; None leaves it as it is.
        address: of the page, as its visitors know it, ending in "/".
        language: a name of `digits.page.languages.LANGUAGES`.
    """
    html = in_language(html, language)
    html = frontend.DESCRIPTION.sub("", html)
    html = frontend.FRAMES.sub("", html).replace(frontend.MANIFEST, "")
    if pack:
        html = frontend.ENTRY_STYLES.sub("", html, count=1)
        loaded = LOADED.format(script=pack.script_name, styles=pack.styles_name)
        html = frontend.ENTRY.sub(loaded, html, count=1)
    html = html.replace("</head>", f"{head(address, language)}\n</head>", 1)
    skeleton = render("page/shell/skeleton.html", title=pwa.NAME)
    skeleton = translated_html(skeleton, language)
    return html.replace(frontend.BODY, f"{skeleton}\n{frontend.BODY}", 1)


def head(address: str, language: str = ENGLISH) -> str:
    """What the page adds to the head of Gradio's HTML."""
    described = render(
        "page/shell/head.html", title=pwa.NAME, description=pwa.DESCRIPTION, address=address
    )
    styles = [HERE / name for name in STYLES]
    if language in RIGHT_TO_LEFT:
        styles.append(RIGHT_TO_LEFT_STYLES)
    loaded = render(
        "page/shell/scripts.html",
        style=Markup("\n".join(text(file) for file in styles)),
        language=Markup(language_script(language)),
        script=Markup("\n".join(text(file) for file in (HERE / "shell.js", PATIENCE))),
    )
    return f"{translated_html(described, language)}\n{loaded}\n{scripts.head()}"


def page_address(request: Request, blocks: Any) -> str:
    """The address of the page as its visitors know it, behind a proxy too; it ends in "/"."""
    root = request.app.root_path or request.scope.get("root_path") or blocks.custom_mount_path
    return frontend.get_root_url(request, "/", root) + "/"


def text(file: Path) -> str:
    """The text of a file."""
    return file.read_text(encoding="utf-8")

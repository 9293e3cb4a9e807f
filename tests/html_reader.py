"""Parses HTML strictly, for tests of the pages' contents."""

import base64
import io
from html.parser import HTMLParser

from PIL import Image

PICTURE = "data:image/png;base64,"
VOID = {"img", "meta"}  # tags that hold nothing and are not closed


class Reader(HTMLParser):
    """Notes tags and texts, and checks that what opens is closed, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open, self.tags, self.texts = [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def all(self, tag: str) -> list[dict]:
        """The attributes of all tags of a name."""
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.tags if "id" in attributes]

    @property
    def text(self) -> str:
        return "".join(self.texts).replace("\xa0", " ")

    @property
    def pictures(self) -> list[Image.Image]:
        """All pictures, which lie in the page itself."""
        sources = [image["src"] for image in self.all("img")]
        assert all(source.startswith(PICTURE) for source in sources)
        data = [base64.b64decode(source[len(PICTURE) :], validate=True) for source in sources]
        return [Image.open(io.BytesIO(part)) for part in data]

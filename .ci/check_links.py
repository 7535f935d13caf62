"""Check that every link within the built site leads to a page and a place that exist.

Links to other sites are left alone: the site is built and checked offline.

    python .ci/check_links.py docs/_build/html
"""

import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_WEB = ("https", "http", "data")
_LINKS = {"a": "href", "img": "src", "script": "src", "link": "href"}


class Page(HTMLParser):
    """The links of a page, and the places in it that links can lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in one element."""
        given = dict(attrs)
        self.places |= {name for key in ("id", "name") if (name := given.get(key))}
        if link := given.get(_LINKS.get(tag, "")):
            self.links.add(link)


@cache
def page(path: Path) -> Page:
    """Return a page, read once."""
    return Page(path.read_text(encoding="utf-8"))


def broken(path: Path) -> list[str]:
    """Return the links of a page that lead nowhere."""
    return [link for link in sorted(page(path).links) if not leads(path, link)]


def leads(path: Path, link: str) -> bool:
    """Whether a link from a page leads somewhere, as far as that is known offline."""
    to = urlsplit(link)
    if to.scheme or to.netloc:
        return to.scheme in _WEB  # others are text that was taken for a link
    target = (path.parent / unquote(to.path)).resolve() if to.path else path
    if not target.is_file():
        return False
    place = unquote(to.fragment)
    return not place or target.suffix != ".html" or place in page(target).places


def main() -> int:
    """Print links that lead nowhere; return 1 if there are any."""
    pages = sorted(Path(sys.argv[1]).resolve().rglob("*.html"))
    # Pages of source code link a name's second public place to its first one's page.
    pages = [path for path in pages if not {"_static", "_modules"} & {*path.parts}]
    found = {path: broken(path) for path in pages}
    for path, links in found.items():
        for link in links:
            print(f"{path.relative_to(Path.cwd())}: {link} leads nowhere")
    print(f"{len(found)} pages, {sum(len(page(p).links) for p in found)} links")
    return int(not found or any(found.values()))


if __name__ == "__main__":
    sys.exit(main())

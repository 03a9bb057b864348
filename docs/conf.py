"""How the documents become a site: make docs."""

import re
from typing import Any

from sodien import __version__

project = "Sodien"
author = "The Sodien authors"
copyright = "The Sodien authors, MIT licence"  # noqa: A001  (Sphinx calls it so)
release = version = __version__
extensions = ["myst_parser"]
root_doc = "README"
exclude_patterns = ["_build", "_extra"]
html_theme = "furo"
html_title = f"Sodien {release}"
html_extra_path = ["_extra"]
# Headings can be linked to, and pictures have their width, as on the repository's own pages.
myst_heading_anchors = 4
myst_enable_extensions = ["html_image"]
suppress_warnings = ["myst.header"]

#: A section of the index: its name in bold, then a list of pages.
_SECTION = re.compile(r"^\*\*(.+?)\*\*.*\n\n((?:\* .*\n)+)", re.MULTILINE)
_PAGE = re.compile(r"\]\((?!\.\./)([\w/-]+)\.md\)")
_TREE = """
```{{toctree}}
:hidden:
:caption: {caption}

{pages}
```
"""


#: A link to a page of the repository's root, such as ../CONTRIBUTING.md. The site has it as a file.
_ROOT_PAGE = re.compile(r"\]\(((?:\.\./)+(?!README)[A-Z]+\.md)(#[\w-]+)?\)")


def _for_the_site(_app: Any, page: str, source: list[str]) -> None:
    """The index is written by hand for people; the side bar has its sections, and only the site shows it."""
    source[0] = _ROOT_PAGE.sub(r"](path:\1)", source[0])
    if page == root_doc:
        for caption, listed in _SECTION.findall(source[0]):
            source[0] += _TREE.format(caption=caption, pages="\n".join(_PAGE.findall(listed)))


def setup(app: Any) -> None:
    """Sphinx calls this."""
    app.connect("source-read", _for_the_site)

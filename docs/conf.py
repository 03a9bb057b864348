"""How the documents become a site: make docs."""

import re
from typing import Any

from sodien import __version__

project = "Sodien"
author = "The Sodien authors"
copyright = "The Sodien authors, MIT licence"  # noqa: A001  (Sphinx calls it so)
release = version = __version__
extensions = ["myst_parser", "sphinxcontrib.mermaid"]
root_doc = "README"
exclude_patterns = ["_build", "_extra"]
html_theme = "furo"
html_title = f"Sodien {release}"
html_extra_path = ["_extra"]
# Headings can be linked to, and diagrams are written, as on the repository's own pages.
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
suppress_warnings = ["myst.header"]

#: The side bar: folders and their captions, in the order in which they are meant to be read.
_FOLDERS = {
    "tutorial": "Tutorial",
    "vi": "Tiếng Việt",
    "how-to": "How-to",
    "reference": "Reference",
    "explanation": "Explanation",
}
_TREE = """
```{{toctree}}
:hidden:
:glob:
:caption: {caption}

{folder}/*
```
"""


#: A link to a page of the repository's root, such as ../CONTRIBUTING.md. The site has it as a file.
_ROOT_PAGE = re.compile(r"\]\(((?:\.\./)+(?!README)[A-Z]+\.md)(#[\w-]+)?\)")


def _for_the_site(_app: Any, page: str, source: list[str]) -> None:
    """The index is written by hand for people; the side bar needs a tree, which only the site shows."""
    source[0] = _ROOT_PAGE.sub(r"](path:\1)", source[0])
    if page == root_doc:
        for folder, caption in _FOLDERS.items():
            source[0] += _TREE.format(caption=caption, folder=folder)


def setup(app: Any) -> None:
    """Sphinx calls this."""
    app.connect("source-read", _for_the_site)

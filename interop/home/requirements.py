"""Prints what integrations of the installed Home Assistant need from PyPI; runs on its Python."""

import json
import sys
from pathlib import Path

import homeassistant.components

ROOT = Path(homeassistant.components.__file__).parent


def needed(names: list[str]) -> set[str]:
    """The requirements of these integrations and of all that they depend on."""
    found: set[str] = set()
    seen: set[str] = set()
    while names:
        name = names.pop()
        if name not in seen:
            seen.add(name)
            manifest = json.loads((ROOT / name / "manifest.json").read_text(encoding="utf-8"))
            found.update(manifest.get("requirements", []))
            names += manifest.get("dependencies", [])
    return found


print("\n".join(sorted(needed(sys.argv[1:]))))

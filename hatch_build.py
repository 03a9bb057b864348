"""Compiles the translations while a wheel is built: it holds the ``.mo`` that is read, not the ``.po``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Translations(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling finds it here. An editable install reads the ``.po`` through sodien/catalogue.py."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile each catalogue into a folder of its own, and put the result into the wheel."""
        if self.target_name != "wheel":
            return
        sys.path.insert(0, self.root)
        from sodien.catalogue import load, write

        self._folder = tempfile.TemporaryDirectory()
        for po in Path(self.root, "sodien", "locale").rglob("*.po"):
            if version == "editable":
                load(po)
                continue
            place = po.relative_to(self.root).with_suffix(".mo")
            mo = Path(self._folder.name, str(place).replace("/", "-"))
            write(po, mo)
            build_data["force_include"][str(mo)] = str(place)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the folder."""
        if hasattr(self, "_folder"):
            self._folder.cleanup()

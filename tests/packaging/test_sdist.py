"""What goes into a source distribution."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: What hatchling puts in by itself, and what is about the repository alone.
BY_ITSELF = {"LICENSE", "README.md", "pyproject.toml", ".gitignore"}


def test_a_source_distribution_can_be_installed_from_and_tested() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no clone")
    tops = {line.split("/")[0] for line in listed.stdout.splitlines()}
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = {name.lstrip("/") for name in told["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]}
    assert {name for name in tops - included - BY_ITSELF if not name.startswith(".")} == set()
    assert included <= tops

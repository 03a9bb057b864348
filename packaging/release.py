"""Makes a release out of the changelog: make release VERSION=x.y.z, or python packaging/release.py x.y.z

Sets the version, closes [Unreleased] with the day, commits both and tags the commit with the notes. It pushes
nothing. What is not right is refused in one sentence; nothing has changed then. It needs Python and git.
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

VERSION_FILE = "sodien/__init__.py"
CHANGELOG = "CHANGELOG.md"
UNRELEASED = "## [Unreleased]\n"
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", re.ASCII)
_LINE = re.compile(r'^__version__ = "([^"]*)"$', re.MULTILINE)


class RefusedError(Exception):
    """Why there is no release, in one sentence."""


@dataclass(frozen=True)
class Release:
    """The two files as they are to be, and what the tag says."""

    version_file: str
    changelog: str
    notes: str


def release(version: str, day: dt.date, version_file: str, changelog: str) -> Release:
    """Works out a release of that day from the two files as they are.

    Raises:
        RefusedError: The version is none, or not newer than the last; nothing is under [Unreleased].
    """
    before = _LINE.findall(version_file)
    if len(before) != 1:
        raise RefusedError(f"{VERSION_FILE} has to say __version__ once, and says it {len(before)} times.")
    if _numbers(version) <= _numbers(before[0]):
        raise RefusedError(f"{version} is not newer than {before[0]}.")
    if f"\n## [{version}]" in changelog:
        raise RefusedError(f"{CHANGELOG} has a section for {version} already.")
    if changelog.count(f"\n{UNRELEASED}") != 1:
        raise RefusedError(f"{CHANGELOG} has to have one section {UNRELEASED.strip()}.")
    top, rest = changelog.split(f"\n{UNRELEASED}")
    body, mark, older = rest.partition("\n## [")
    notes = body.strip()
    if not re.search(r"^\* ", notes, re.MULTILINE):
        raise RefusedError(
            f"{CHANGELOG} has nothing under {UNRELEASED.strip()}: there is nothing to release."
        )
    title = f"## [{version}] - {day.isoformat()}"
    return Release(
        _LINE.sub(f'__version__ = "{version}"', version_file),
        f"{top}\n{UNRELEASED}\n{title}\n\n{notes}\n{mark}{older}",
        f"Sodien {version}\n\n{notes}\n",
    )


def _numbers(version: str) -> tuple[int, ...]:
    found = _VERSION.fullmatch(version)
    if found is None:
        raise RefusedError(f"A version has three numbers, such as 1.2.3; “{version}” is none.")
    return tuple(int(number) for number in found.groups())


def _git(root: Path, *arguments: str, said: str | None = None) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=root, input=said, capture_output=True, text=True, check=False
    )
    if done.returncode:
        why = (done.stderr or done.stdout).strip().splitlines()
        raise RefusedError(f"git {arguments[0]} failed: {why[-1] if why else done.returncode}")
    return done.stdout.strip()


def make(root: Path, version: str, day: dt.date) -> None:
    """Releases the repository at ``root``: one commit and one tag, or nothing at all.

    Raises:
        RefusedError: As in :func:`release`; files differ from the last commit; the tag is there; git refused.
    """
    files = {name: (root / name).read_text(encoding="utf-8") for name in (VERSION_FILE, CHANGELOG)}
    made = release(version, day, files[VERSION_FILE], files[CHANGELOG])
    tag = f"v{version}"
    if _git(root, "status", "--porcelain"):
        raise RefusedError("Some files are not committed; commit or stash them first: git status names them.")
    if _git(root, "tag", "--list", tag):
        raise RefusedError(f"The tag {tag} is there already.")
    if not _git(root, "branch", "--show-current"):
        raise RefusedError("No branch is checked out that would keep the commit; git switch to one.")
    before = _git(root, "rev-parse", "HEAD")
    try:
        (root / VERSION_FILE).write_text(made.version_file, encoding="utf-8")
        (root / CHANGELOG).write_text(made.changelog, encoding="utf-8")
        _git(root, "commit", "--quiet", "-m", f"Sodien {version}", "--", *files)
        _git(root, "tag", "--annotate", "--cleanup=verbatim", "--file=-", tag, said=made.notes)
    except RefusedError:
        _git(root, "reset", "--quiet", before)
        _git(root, "checkout", "--quiet", "--", *files)
        raise


def main() -> int:
    """Release what stands in this repository, and say how to publish it."""
    version = sys.argv[1] if len(sys.argv) == 2 else ""
    try:
        make(Path(__file__).resolve().parent.parent, version, dt.datetime.now(dt.UTC).date())
    except RefusedError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Sodien {version} is committed and tagged. Once the tests have passed, publish it:")
    print(f"git push --atomic origin HEAD v{version}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A release: what the two files become, what is refused, and the whole of it in a repository of its own."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.tools import load

ROOT = Path(__file__).resolve().parents[2]
tool = load("packaging/release.py")
DAY = dt.date(2026, 12, 1)
CODE = '"""The library."""\n\n__version__ = "0.9.1"\n'
LOG = """\
# Changelog

What has changed.

## [Unreleased]

### Added

* A thing.

## [0.9.1] - 2026-11-01

* An older one.
"""


def test_a_release_closes_what_was_not_released() -> None:
    made = tool.release("0.10.0", DAY, CODE, LOG)
    assert made.version_file == CODE.replace("0.9.1", "0.10.0")
    assert made.changelog == LOG.replace("[Unreleased]\n", "[Unreleased]\n\n## [0.10.0] - 2026-12-01\n")
    assert made.notes == "Sodien 0.10.0\n\n### Added\n\n* A thing.\n"


def test_a_first_release_has_none_below_it() -> None:
    first = LOG.partition("\n## [0.9.1]")[0]
    made = tool.release("1.0.0", DAY, CODE, first)
    assert made.changelog == first.replace("[Unreleased]\n", "[Unreleased]\n\n## [1.0.0] - 2026-12-01\n")


def test_the_files_of_this_repository_can_be_released() -> None:
    code, log = ((ROOT / name).read_text(encoding="utf-8") for name in (tool.VERSION_FILE, tool.CHANGELOG))
    log = log.replace(
        tool.UNRELEASED, f"{tool.UNRELEASED}\n* One more.\n", 1
    )  # right after a release there is none
    made = tool.release("999.0.0", DAY, code, log)
    assert made.changelog.count("\n") in (log.count("\n") + 2, log.count("\n") + 3)
    with pytest.raises(tool.RefusedError, match="nothing to release"):
        tool.release("999.0.1", DAY, made.version_file, made.changelog)


@pytest.mark.parametrize(
    ("version", "code", "log", "said"),
    [
        ("", CODE, LOG, "A version has three numbers, such as 1.2.3; “” is none."),
        ("v1.0.0", CODE, LOG, "“v1.0.0” is none"),
        ("1.0", CODE, LOG, "“1.0” is none"),
        ("1.0.0rc1", CODE, LOG, "“1.0.0rc1” is none"),
        ("1.0.01", CODE, LOG, "“1.0.01” is none"),
        ("1.0.0\n", CODE, LOG, "is none"),
        ("0.9.1", CODE, LOG, "0.9.1 is not newer than 0.9.1."),
        ("0.8.12", CODE, LOG, "0.8.12 is not newer than 0.9.1."),
        ("1.0.0", "", LOG, "says it 0 times"),
        ("1.0.0", CODE, LOG.replace("0.9.1", "1.0.0"), "has a section for 1.0.0 already"),
        ("1.0.0", CODE, LOG.replace("Unreleased", "Next"), "has to have one section ## [Unreleased]"),
        ("1.0.0", CODE, LOG + "\n## [Unreleased]\n", "has to have one section ## [Unreleased]"),
        ("1.0.0", CODE, LOG.replace("* A thing.\n", ""), "nothing under ## [Unreleased]"),
    ],
)
def test_what_is_not_right_is_refused_in_one_sentence(version: str, code: str, log: str, said: str) -> None:
    with pytest.raises(tool.RefusedError) as error:
        tool.release(version, DAY, code, log)
    assert said in str(error.value)


@given(st.tuples(*[st.integers(0, 30)] * 3), st.tuples(*[st.integers(0, 30)] * 3))
def test_versions_only_go_up_and_by_numbers(old: tuple[int, ...], new: tuple[int, ...]) -> None:
    before, after = (".".join(map(str, one)) for one in (old, new))
    code, log = CODE.replace("0.9.1", before), LOG.replace("[0.9.1]", f"[{before}]")
    if new > old:
        assert f'"{after}"' in tool.release(after, DAY, code, log).version_file
    else:
        with pytest.raises(tool.RefusedError, match="not newer"):
            tool.release(after, DAY, code, log)


# -- in a repository -----------------------------------------------------------------------------------


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Lan")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "lan@example.org")
    (tmp_path / "sodien").mkdir()
    (tmp_path / "packaging").mkdir()
    (tmp_path / tool.VERSION_FILE).write_text(CODE, encoding="utf-8")
    (tmp_path / tool.CHANGELOG).write_text(LOG, encoding="utf-8")
    script = (ROOT / "packaging" / "release.py").read_text(encoding="utf-8")
    (tmp_path / "packaging" / "release.py").write_text(script, encoding="utf-8")
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    return tmp_path


def git(where: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=where, capture_output=True, text=True, check=True
    ).stdout.strip()


def run(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(clone / "packaging" / "release.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def everything(clone: Path) -> tuple[str, ...]:
    files = [(clone / name).read_text(encoding="utf-8") for name in (tool.VERSION_FILE, tool.CHANGELOG)]
    return (*files, git(clone, "for-each-ref"), git(clone, "status", "--porcelain"))


def test_one_command_commits_and_tags(clone: Path) -> None:
    done = run(clone, "1.0.0")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("git push --atomic origin HEAD v1.0.0")
    assert git(clone, "status", "--porcelain") == ""
    assert git(clone, "show", "--format=%s", "--name-only", "v1.0.0^{commit}").split("\n") == [
        "Sodien 1.0.0",
        "",
        "CHANGELOG.md",
        "sodien/__init__.py",
    ]
    assert git(clone, "rev-parse", "v1.0.0^{commit}") == git(clone, "rev-parse", "HEAD")
    notes = git(clone, "tag", "--list", "--format=%(contents)", "v1.0.0")
    assert notes == "Sodien 1.0.0\n\n### Added\n\n* A thing."
    assert f"## [1.0.0] - {dt.datetime.now(dt.UTC).date()}"[:-3] in git(clone, "show", "HEAD:CHANGELOG.md")


def changed(clone: Path) -> None:
    (clone / "CHANGELOG.md").write_text(LOG + "\nmore\n", encoding="utf-8")


def unknown(clone: Path) -> None:
    (clone / "new.txt").write_text("new", encoding="utf-8")


def tagged(clone: Path) -> None:
    git(clone, "tag", "v1.0.0")


def on_no_branch(clone: Path) -> None:
    git(clone, "checkout", "--quiet", "--detach")


def hook(clone: Path) -> None:
    file = clone / ".git" / "hooks" / "pre-commit"
    file.parent.mkdir(exist_ok=True)
    file.write_text("#!/bin/sh\necho 'lint: no' >&2\nexit 1\n", encoding="utf-8")
    file.chmod(0o755)


def no_tags(clone: Path) -> None:
    git(clone, "config", "gpg.program", "/bin/false")
    git(clone, "config", "tag.gpgSign", "true")


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (changed, "Some files are not committed; commit or stash them first: git status names them."),
        (unknown, "Some files are not committed"),
        (tagged, "The tag v1.0.0 is there already."),
        (on_no_branch, "No branch is checked out"),
        (hook, "git commit failed: lint: no"),
        (no_tags, "git tag failed: "),
    ],
)
def test_where_it_is_refused_nothing_has_changed(clone: Path, prepare: object, said: str) -> None:
    assert callable(prepare)
    prepare(clone)
    before = everything(clone)
    done = run(clone, "1.0.0")
    assert done.returncode == 2
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1
    assert everything(clone) == before

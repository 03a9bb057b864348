"""`make install` and `sodien install` below folders; `make test-install` proves it in a clean Debian root."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from sodien.cli.group import COMMANDS
from sodien.cli.install import came_from

pytestmark = pytest.mark.thorough  # whole installations

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "packaging" / "install.sh"


def script(what: str, dest: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(SCRIPT), what],
        env=os.environ
        | {"DESTDIR": str(dest), "PYTHON": sys.executable, "EXTRAS": "collector"}
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dest = tmp_path_factory.mktemp("dest")
    (dest / "etc" / "sodien").mkdir(parents=True)
    (dest / "etc" / "sodien" / "sodien.yaml").write_text("device: mine\n")
    result = script("install", dest)
    assert result.returncode == 0, result.stderr
    return dest


def test_it_is_all_there_and_runs(installed: Path) -> None:
    command = installed / "opt" / "sodien" / "bin" / "sodien"
    assert subprocess.run([command, "--version"], capture_output=True, check=True).stdout.startswith(
        b"sodien "
    )
    assert (installed / "usr/local/bin/sodien").is_symlink()
    assert (installed / "etc/systemd/system/sodien-firmware.service").exists()
    assert (installed / "usr/lib/sysusers.d/sodien.conf").exists()
    # Everything that the programs load at run time comes with the packages.
    listed = subprocess.run([command, "collect", "--help"], capture_output=True, check=True)
    assert b"--setup" in listed.stdout


def test_the_translations_come_compiled(installed: Path) -> None:
    command = installed / "opt" / "sodien" / "bin" / "sodien"
    said = subprocess.run(
        [command, "--lang", "vi", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert said.startswith("Cách dùng: sodien")
    assert "chỉ số" in said
    release = installed / "opt" / "sodien" / "current"
    assert [path.suffix for path in release.rglob("LC_MESSAGES/sodien.*")] == [".mo"]


@pytest.mark.parametrize("file", ["install.sh", "test-in-clean-root.sh"])
def test_what_the_scripts_take_from_the_package_is_there(file: str) -> None:
    text = (ROOT / "packaging" / file).read_text()
    taken = re.findall(r"\bfrom (sodien[\w.]*) import (\w+)", text)
    assert taken
    for module, name in taken:
        package = importlib.import_module(module)
        assert hasattr(package, name) or importlib.util.find_spec(f"{module}.{name}") is not None


def built(target: str, source: Path, into: Path) -> Path:
    """A wheel or sdist, made by what builds them for pip."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(into)]
    subprocess.run(command, cwd=source, capture_output=True, check=True)
    (made,) = into.iterdir()
    return made


@pytest.fixture(scope="module")
def from_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Installed by the wheel of a source distribution, where no clone is."""
    folder = tmp_path_factory.mktemp("wheel")
    with tarfile.open(built("sdist", ROOT, folder / "sdist")) as sdist:
        sdist.extractall(folder / "source", filter="data")
    (source,) = (folder / "source").iterdir()
    wheel = built("wheel", source, folder / "a wheel")
    shutil.rmtree(source)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder / "site")]
    subprocess.run([*pip, str(wheel)], check=True)
    environment = os.environ | {
        "DESTDIR": str(folder / "dest"),
        "PYTHON": sys.executable,
        "PYTHONPATH": str(folder / "site"),
        "EXTRAS": "collector",
    }
    command = [sys.executable, "-P", "-m", "sodien", "install"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    boards = [*command, "--grafana"]
    subprocess.run(boards, cwd=folder, env=environment, capture_output=True, check=True)
    return folder / "dest"


def test_the_wheel_installs_what_a_clone_does(installed: Path, from_wheel: Path) -> None:
    def files(dest: Path) -> dict[str, bytes | str]:
        """By path: bytes, or where a link leads; without the environment, whose paths are its own."""
        found: dict[str, bytes | str] = {}
        for path in dest.rglob("*"):
            name = str(path.relative_to(dest))
            if path.is_symlink() and not name.startswith("opt/sodien/releases"):
                found[name] = re.sub(r"releases/.*", "releases/…", str(path.readlink()))
            elif path.is_file() and not name.startswith("opt/sodien/releases"):
                found[name] = path.read_bytes()
        return found

    wheel, clone = files(from_wheel), files(installed)
    boards = {name for name in wheel if "grafana" in name}
    assert len(boards) == len(list((ROOT / "config/grafana/dashboards").rglob("*.json"))) + 3
    assert wheel.pop("etc/sodien/sodien.yaml") == (ROOT / "config/sodien.yaml").read_bytes()
    assert clone.pop("etc/sodien/sodien.yaml") == b"device: mine\n"
    assert {name: wheel[name] for name in wheel.keys() - boards} == clone

    def packages(dest: Path) -> set[str]:
        (site,) = (dest / "opt/sodien/current/lib").glob("python*/site-packages")
        return {str(one.relative_to(site)) for one in site.rglob("*") if "__pycache__" not in one.parts}

    assert packages(from_wheel) ^ packages(installed) == set()


@pytest.mark.parametrize(
    ("told", "requirement"),
    [
        (None, "sodien[collector]==1.2.3"),
        (
            '{"url": "file:///tmp/a%20b/sodien-1.2.3-py3-none-any.whl", "archive_info": {}}',
            "sodien[collector] @ file:///tmp/a%20b/sodien-1.2.3-py3-none-any.whl",
        ),
        (
            '{"url": "https://example.org/s.git", "subdirectory": "x", '
            '"vcs_info": {"vcs": "git", "requested_revision": "main", "commit_id": "abc"}}',
            "sodien[collector] @ git+https://example.org/s.git@abc#subdirectory=x",
        ),
    ],
)
def test_pip_is_told_where_the_package_came_from(told: str | None, requirement: str) -> None:
    assert f"sodien[collector]{came_from(told, '1.2.3')}" == requirement
    assert Requirement(requirement).name == "sodien"


def test_settings_are_never_overwritten(installed: Path) -> None:
    assert (installed / "etc/sodien/sodien.yaml").read_text() == "device: mine\n"
    example = installed / "etc/sodien/sodien.yaml.example"
    assert example.read_bytes() == (ROOT / "config" / "sodien.yaml").read_bytes()


def test_the_manual_page_has_every_command(installed: Path) -> None:
    page = (installed / "usr/local/share/man/man1/sodien.1").read_text()
    named = re.findall(r"^\.SS sodien (\S+)", page, re.MULTILINE)
    assert [name.replace("\\-", "-") for name in named] == list(COMMANDS)
    # A line that begins with a point or quote and is no macro would be lost.
    macros = {line.split()[0] for line in page.splitlines() if line.startswith(".")}
    assert macros <= {".TH", ".SH", ".SS", ".TP", ".PP"}


@pytest.mark.parametrize(
    "file",
    [
        "bash-completion/completions/sodien",
        "zsh/site-functions/_sodien",
        "fish/vendor_completions.d/sodien.fish",
    ],
)
def test_completion_for_three_shells(installed: Path, file: str) -> None:
    assert "_SODIEN_COMPLETE" in (installed / "usr/local/share" / file).read_text()


def test_a_python_too_old_is_one_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    result = script("install", tmp_path / "dest", PYTHON=str(old))
    assert result.returncode == 2
    assert "older than 3.11" in result.stderr
    assert not (tmp_path / "dest").exists()


def test_a_release_that_cannot_be_made_leaves_no_trace(installed: Path) -> None:
    before = sorted((installed / "opt/sodien/releases").iterdir())
    result = script(
        "install",
        installed,
        EXTRAS="collector",
        PIP_INDEX_URL="http://127.0.0.1:9",
        PIP_NO_INDEX="1",
        PIP_FIND_LINKS="",
    )
    assert result.returncode == 2
    assert "Nothing was changed" in result.stderr
    assert sorted((installed / "opt/sodien/releases").iterdir()) == before


#: What pip 25 wrote to standard error, shortened.
PIP_SAID = {
    "no wheel, no compiler": (
        """  error: subprocess-exited-with-error

  × Building wheel for lgpio (pyproject.toml) did not run successfully.
  ╰─> [8 lines of output]
      running build_ext
      swigging lgpio.i to lgpio_wrap.c
      error: command 'swig' failed: No such file or directory
      [end of output]

  ERROR: Failed building wheel for lgpio
ERROR: ERROR: Failed to build installable wheels for some pyproject.toml based projects (lgpio)
""",
        "the package lgpio has no ready-made wheel for this Python and could not be built: "
        "command 'swig' failed: No such file or directory; install what it needs and try again.",
    ),
    "no such version": (
        """ERROR: Could not find a version that satisfies the requirement gpiod>=2.1 (from versions: none)
ERROR: No matching distribution found for gpiod>=2.1
""",
        "there is no package gpiod>=2.1 for this Python (",
    ),
    "no network": (
        """WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('…')': /click/
ERROR: Could not find a version that satisfies the requirement click (from versions: none)
ERROR: No matching distribution found for click
""",
        "the packages could not be fetched: no connection to the package index; check the network "
        "and try again.",
    ),
    "something else": (
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n",
        "the packages could not be installed: Could not install packages due to an OSError: [Errno 28] "
        "No space left on device.",
    ),
}


@pytest.mark.parametrize("case", PIP_SAID)
def test_a_failed_package_is_named_with_its_cause(case: str, tmp_path: Path) -> None:
    said, sentence = PIP_SAID[case]
    log = tmp_path / "pip.log"
    log.write_text(said)
    function = re.search(r"^why_pip_failed\(\) \{$.*?^\}$", SCRIPT.read_text(), re.MULTILINE | re.DOTALL)
    assert function is not None
    shell = f"PYTHON={sys.executable}\n{function[0]}\nwhy_pip_failed {log}"
    told = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True).stdout
    assert told.startswith(sentence)
    assert told.endswith(".")


def test_there_is_no_way_back_from_the_first(installed: Path) -> None:
    result = script("rollback", installed)
    assert result.returncode == 2
    assert "no older release" in result.stderr


def test_removal_leaves_the_persons_files(installed: Path) -> None:
    result = script("uninstall", installed)
    assert result.returncode == 0, result.stderr
    assert (installed / "etc/sodien/sodien.yaml").exists()
    left = [path for path in installed.rglob("*") if path.is_file() or path.is_symlink()]
    assert left == [installed / "etc/sodien/sodien.yaml"]


@pytest.mark.parametrize(
    ("settings", "extra"),
    [(None, ""), ("device: x\n# notify:\n", ""), ("notify: {urls_file: u}\n", ",notify")],
)
def test_apprise_comes_where_somebody_is_to_be_told(tmp_path: Path, settings: str | None, extra: str) -> None:
    if settings is not None:
        (tmp_path / "sodien.yaml").write_text(settings)
    (function,) = re.findall(r"^notify\(\) \{.*$", SCRIPT.read_text(), re.MULTILINE)
    asked = ["sh", "-euc", f'etc=$1\n{function}\nprintf %s "page$(notify)"', "sh", tmp_path]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout == f"page{extra}"

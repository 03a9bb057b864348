"""`sodien install`: what the wheel carries, put on this machine by the script that `make install` calls."""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path

import click

from sodien import __version__
from sodien.files import shipped


@click.command("install")
@click.option("--rollback", "what", flag_value="rollback", help="Back to the release before.")
@click.option("--remove", "what", flag_value="uninstall", help="Remove Sodien; settings and ledger stay.")
@click.option(
    "--grafana", "what", flag_value="grafana", help="Put dashboards and alerts where Grafana reads them."
)
def command(what: str | None) -> int:
    """Put this version of Sodien on the machine, or upgrade the one that is there. Needs root.

    An environment of its own below /opt/sodien, the command for everybody, services, users, manual page and
    completion. Settings and ledger that are there stay. A release that cannot be made changes nothing.
    """
    script = shipped("packaging/install-grafana.sh" if what == "grafana" else "packaging/install.sh")
    env = dict(os.environ)
    if not (script.parents[1] / "pyproject.toml").exists():  # in a clone, the clone is installed
        told = importlib.metadata.distribution("sodien").read_text("direct_url.json")
        env["SODIEN_FROM"] = came_from(told, __version__)
    # sudo has a PATH of its own, where pipx's folder is missing.
    env["SODIEN_CALLED"] = " ".join([str(Path(sys.argv[0]).absolute()), *sys.argv[1:]])
    return subprocess.run(["sh", str(script), what or "install"], env=env, check=False).returncode


def came_from(told: str | None, version: str) -> str:
    """What follows the name in a requirement, so that pip gets the same package again.

    Args:
        told: the package's direct_url.json (PEP 610); None where it came from an index.
        version: of the package.
    """
    if told is None:
        return f"=={version}"
    place = json.loads(told)
    url = place["url"]
    if vcs := place.get("vcs_info"):
        url = f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
    if below := place.get("subdirectory"):
        url += f"#subdirectory={below}"
    return f" @ {url}"

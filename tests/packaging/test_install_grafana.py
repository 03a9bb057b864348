"""`make install-grafana` into a folder, as for a trial."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
GRAFANA = ROOT / "config" / "grafana"


def install(destination: Path) -> str:
    done = subprocess.run(
        ["make", "--no-print-directory", "install-grafana"],
        cwd=ROOT,
        env={**os.environ, "DESTDIR": str(destination)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_grafana_finds_everything_where_it_looks(tmp_path: Path) -> None:
    install(tmp_path)
    provisioning = files(tmp_path / "etc/grafana/provisioning")
    assert provisioning == files(GRAFANA / "provisioning")
    assert files(tmp_path / "var/lib/grafana/dashboards/sodien") == files(GRAFANA / "dashboards")
    # The providers read just these folders.
    for language in ("en", "vi"):
        path = f"path: /var/lib/grafana/dashboards/sodien/{language}"
        assert path in provisioning["dashboards/sodien.yaml"]
    token = tmp_path / "etc/grafana/provisioning/datasources/sodien.yaml"
    assert token.stat().st_mode & 0o777 == 0o640, "it may name a password's file, and hold a password"


def test_a_data_source_that_is_there_stays(tmp_path: Path) -> None:
    install(tmp_path)
    mine = tmp_path / "etc/grafana/provisioning/datasources/sodien.yaml"
    mine.write_text("mine")
    stale = tmp_path / "var/lib/grafana/dashboards/sodien/vi/sodien.json"
    stale.write_text("old")
    both = tmp_path / "var/lib/grafana/dashboards/sodien/sodien.json"
    both.write_text("of an earlier version, in both languages at once")
    assert f"{mine} is yours and stays as it is." in install(tmp_path)
    assert mine.read_text() == "mine"
    assert stale.read_text() == (GRAFANA / "dashboards" / "vi" / "sodien.json").read_text()
    assert not both.exists()

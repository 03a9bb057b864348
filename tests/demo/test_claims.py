"""`sodien demo --story claims`: the portal's faults are found, and none of its honest days disagrees."""

from __future__ import annotations

from pathlib import Path

import pytest

from sodien.demo import run
from sodien.demo.claims import OVER_KWH, Claims
from sodien.demo.folder import Folder


@pytest.mark.thorough
def test_the_portals_faults_are_found(tmp_path: Path) -> None:
    report = run.run(Folder(tmp_path / "demo"), 32, 1, table=False, beside="claims")
    assert report.findings() == []
    told = report.told["claims"]
    assert isinstance(told, Claims)
    found = told.account
    assert "stuck" in {fault.kind for fault in found.faults}
    last = found.judged[-5:]
    assert {one.result for one in last} == {"disagrees"}
    assert all(0 < one.off <= OVER_KWH for one in last)
    honest = [one for one in found.judged[:-5] if one.claim.index != found.judged[14].claim.index]
    assert "disagrees" not in {one.result for one in honest}
    assert (tmp_path / "demo" / "portal.json").exists()

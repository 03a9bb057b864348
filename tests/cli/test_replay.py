"""`sodien replay`: what a person leaves in the ledger for the daemon."""

from __future__ import annotations

from pathlib import Path

from sodien.ledger.refusals import Refusals
from sodien.ledger.store import Ledger, NewRow
from sodien.protocol.messages import owned_by
from tests.cli.conftest import Sodien, minute

OTHER = "9" * 32


def made(config: Path) -> Ledger:
    """A ledger with four entries, of which two were refused because another has the name."""
    ledger = Ledger.open(config.parent / "ledger.db", create=True)
    ledger.append([NewRow("event", "", at=minute(number), body={"what": "started"}) for number in range(4)])
    refused = Refusals()
    refused.add(3, owned_by(OTHER))
    refused.add(4, owned_by(OTHER))
    ledger.set_confirmed([(1, 2)], refused.noted())
    return ledger


def test_a_device_whose_name_another_ledger_has_is_told_both_ways_out(sodien: Sodien, config: Path) -> None:
    ledger = made(config)
    for command in ("status", "doctor"):
        shown = " ".join(sodien(command, "-c", config).out.split())
        assert "another ledger delivers under this device's name" in shown
        assert f"sodien replay -c {config} --succeeds {OTHER}".replace(" ", "") in shown.replace(" ", "")
    result = sodien("replay", "--succeeds", OTHER, "--json", "-c", config)
    assert (result.code, result.json) == (0, {"from_seq": None, "entries": 2})
    assert ledger.follows() == [OTHER]
    request = ledger.asked_again()
    assert request is not None
    assert request.from_seq is None


def test_a_ledger_follows_no_other_by_mistake(sodien: Sodien, config: Path) -> None:
    ledger = made(config)
    for word in (ledger.id, "nha-toi", OTHER[:-1], OTHER + "0"):
        result = sodien("replay", "--succeeds", word, "-c", config)
        assert result.code == 2
        assert "not the id of another ledger" in result.one_sentence()
    assert ledger.follows() == []
    assert ledger.asked_again() is None

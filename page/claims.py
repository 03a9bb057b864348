"""The utility's daily readings on the period's screen: the last days beside ours, and what may be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, Final

from page.household import Snapshot
from sodien import formats, i18n
from sodien.billing.claims.judging import JudgedClaim
from sodien.billing.claims.series import Account
from sodien.billing.words import claims as words
from sodien.bills.claim_files import MOST_BYTES, read_claims
from sodien.bills.claims import NotedClaims, accounts, note_claims
from sodien.settings.model import Settings

#: So many days are shown, and so far back (ms) it is looked for what may be wrong.
_SHOWN: Final = 10
_LOOKS_BACK_MS: Final = 62 * 86_400_000


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One reading: of when, theirs and ours, what that is worth in words; ``result`` is its colour's name."""

    day: str
    theirs: str
    ours: str
    word: str
    result: str


@dataclass(frozen=True, slots=True)
class ClaimsOf:
    """The readings of one source, the newest first, and what is said of all of them."""

    source: str
    lines: list[ClaimLine]
    said: list[str]


def claims_of(seen: Snapshot) -> list[ClaimsOf]:
    """The utility's readings of the last weeks, by source; none where nobody notes them."""

    def make() -> list[ClaimsOf]:
        found = accounts(seen.where, seen.history, since=seen.now - _LOOKS_BACK_MS)
        return [_of(name, one, seen.settings) for name, one in found.items()]

    return seen.shown.once(f"claims {i18n.language()}", None, make)


def _of(source: str, found: Account, settings: Settings) -> ClaimsOf:
    zone = settings.zone
    said = [words.drift(found.drift, zone)] if found.drift is not None else []
    return ClaimsOf(
        source,
        [_line(one, settings) for one in reversed(found.judged[-_SHOWN:])],
        [*said, *(words.fault(fault, zone) for fault in found.faults)],
    )


def _line(one: JudgedClaim, settings: Settings) -> ClaimLine:
    return ClaimLine(
        words.when(one.claim, settings.zone),
        formats.number(one.claim.index, most=2),
        words.ours(one),
        words.judgement(one),
        one.result,
    )


def take_file(seen: Snapshot, stream: IO[bytes]) -> NotedClaims:
    """Note the readings of a file that was sent. Raises SodienError."""
    claims = read_claims(stream.read(MOST_BYTES + 1), seen.settings.zone)
    return note_claims(seen.where, claims, now=seen.now)

"""The utility's daily readings that Home Assistant forwards: noted as ``sodien claim`` does, and judged."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from sodien.errors import SodienError
from sodien.i18n import tr
from sodien.protocol.messages import ClaimAnswer, ClaimTold, PerMille
from sodien.protocol.times import parse_time

if TYPE_CHECKING:
    from sodien.ledger.store import Ledger
    from sodien.settings.model import MeterSettings, Settings

#: So many new ones of all meters are noted in an hour at most; a month may be told at once.
MOST_AN_HOUR: Final = 100
_HOUR_MS: Final = 3_600_000
#: The answer looks back so far for what may be wrong; ``sodien claims`` looks at all.
_LOOKS_BACK_MS: Final = 45 * 24 * _HOUR_MS


class ForwardedClaims:
    """Belongs to the publishing thread."""

    def __init__(self, settings: Settings) -> None:
        """For the meters of these settings."""
        self._settings = settings
        self._noted: deque[int] = deque()

    def note(self, ledger: Ledger, meter: MeterSettings, told: ClaimTold, now: int) -> ClaimAnswer:
        """Note a claim, unless it is there, and judge it; ``now`` is ms UTC."""
        # Heavy, and only for those who forward readings.
        from sodien.billing.claims.claim import Claim
        from sodien.billing.words import claims as words
        from sodien.bills.claims import accounts, note_claims, stored_claims
        from sodien.history.current import MeterLedger
        from sodien.metering.bounds import rounded, rounded_down, rounded_up

        where, zone = MeterLedger(self._settings, ledger, meter), self._settings.zone
        at = parse_time(told.at) if told.at is not None else None
        claim = Claim(told.index, told.day, at, told.source.strip())
        plain = ClaimAnswer(told.index, "", claim.date(zone).isoformat(), claim.source)
        try:
            self._check_haste(now)
            noted = note_claims(where, [claim], now=now, by="Home Assistant")
        except SodienError as error:
            return _with(plain, sentence=str(error))
        self._noted.extend([now] * len(noted.new))
        stored = stored_claims(ledger, meter.id, zone)
        (found,) = accounts(where, stored=stored, since=now - _LOOKS_BACK_MS, source=claim.source).values()
        judged = next((one for one in found.judged if one.claim == claim), None)
        drift = found.drift
        sentence = tr(
            "{meter}: the utility's reading of {day}: {judgement}.",
            meter=meter.id,
            day=words.when(claim, zone),
            judgement=words.judgement(judged) if judged is not None else tr("noted"),
        )
        return _with(
            plain,
            sentence=sentence,
            accepted=True,
            entry=noted.entries[0] if noted.entries else None,
            result=judged.result if judged is not None else None,
            low=rounded_down(judged.ours.low) if judged is not None and judged.ours is not None else None,
            high=rounded_up(judged.ours.high) if judged is not None and judged.ours is not None else None,
            drift=None
            if drift is None
            else PerMille(rounded_down(drift.low), rounded(drift.best), rounded_up(drift.high)),
            findings=tuple(words.fault(one, zone) for one in found.faults),
        )

    def _check_haste(self, now: int) -> None:
        """Raise SodienError where too many came in a short time."""
        while self._noted and not now - _HOUR_MS < self._noted[0] <= now:
            self._noted.popleft()
        if len(self._noted) >= MOST_AN_HOUR:
            raise SodienError(
                tr(
                    "Too many readings came within an hour (at most {most}); import a file instead.",
                    most=MOST_AN_HOUR,
                )
            )


def _with(answer: ClaimAnswer, **values: object) -> ClaimAnswer:
    from msgspec.structs import replace

    return replace(answer, **values)

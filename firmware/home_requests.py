"""What is asked in Home Assistant: tell everything as it is now, note the dial reading that was typed, or the
utility's daily reading that is forwarded, or measure an appliance.

A typed reading goes the way of ``sodien dial`` and is answered on a topic that the broker keeps, with what
came of it. It holds for the time at which it arrives; one that has been on its way, or whose sender's clock
is another, is refused: a wrong time would make honest bounds wrong.

A crash before the answer leaves the reading in the ledger, and the answer before it at the broker.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from firmware.claim_requests import ForwardedClaims
from firmware.measure_requests import AppliancesAsked
from sodien import formats
from sodien.errors import SodienError
from sodien.i18n import tr
from sodien.protocol.messages import (
    ClaimAnswer,
    DialAnswer,
    DialTyped,
    MeasureAnswer,
    decode_claim,
    decode_dial,
    decode_measure,
    encode,
)
from sodien.protocol.times import format_time, parse_time
from sodien.protocol.topics import Topics

if TYPE_CHECKING:
    from sodien.ledger.store import Ledger
    from sodien.settings.model import MeterSettings, Settings

#: A reading that was typed longer ago, or later, by the clock of who sent it.
MOST_MS = 60_000
#: Readings of a meter are noted so often at most.
EVERY_MS = 10_000


class HomeRequests:
    """Belongs to the publishing thread."""

    def __init__(
        self, settings: Settings, read_now: Callable[[str], None], now_ms: Callable[[], int]
    ) -> None:
        """``read_now`` is told the meter of which everything is to be told; ``now_ms`` is UTC."""
        self._settings = settings
        self._read_now, self._now_ms = read_now, now_ms
        self._topics = Topics(settings.device)
        self._reads = {self._topics.read(meter.id): meter for meter in settings.meters}
        self._dials = {
            self._topics.dial(meter.id): meter for meter in settings.meters if settings.homeassistant.dial
        }
        self._claims = {
            self._topics.claim(meter.id): meter for meter in settings.meters if settings.homeassistant.claim
        }
        self._measures = {
            self._topics.measure(meter.id): meter
            for meter in settings.meters
            if settings.homeassistant.measure
        }
        self._last: dict[str, tuple[int, DialTyped]] = {}
        self._forwarded = ForwardedClaims(settings)
        self._appliances = AppliancesAsked(settings)
        self.listens_to = (
            self._topics.read("+"),
            *([self._topics.dial("+")] if self._dials else []),
            *([self._topics.claim("+")] if self._claims else []),
            *([self._topics.measure("+")] if self._measures else []),
        )

    def hears(self, topic: str) -> bool:
        """Whether a topic is one of these."""
        return any(topic in known for known in (self._reads, self._dials, self._claims, self._measures))

    def heard(self, ledger: Ledger, topic: str, payload: bytes) -> list[tuple[str, bytes]]:
        """Do what is asked; what to publish, retained. Raises BadPayload for what asks nothing."""
        if topic in self._reads:
            self._read_now(self._reads[topic].id)
            return []
        now = self._now_ms()
        if topic in self._claims:
            meter = self._claims[topic]
            judged = self._forwarded.note(ledger, meter, decode_claim(payload), now)
            return [self._answer(self._topics.claim_answer(meter.id), judged, now)]
        if topic in self._measures:
            meter = self._measures[topic]
            done = self._appliances.do(ledger, meter, decode_measure(payload), now)
            return [self._answer(self._topics.measure_answer(meter.id), done, now)]
        meter = self._dials[topic]
        typed = decode_dial(payload)
        last, before = self._last.get(meter.id, (None, None))
        if typed.at is not None and typed == before:
            return []  # the same message came twice
        if last is not None and 0 <= now - last < EVERY_MS:
            answer = DialAnswer(typed.reading, tr("One reading after another: wait a few seconds."))
        else:
            self._last[meter.id] = now, typed
            answer = self._note(ledger, meter, typed, now)
            self._read_now(meter.id)
        return [self._answer(self._topics.dial_answer(meter.id), answer, now)]

    @staticmethod
    def _answer(topic: str, answer: DialAnswer | ClaimAnswer | MeasureAnswer, now: int) -> tuple[str, bytes]:
        return topic, encode(msgspec.structs.replace(answer, at=format_time(now)))

    def _note(self, ledger: Ledger, meter: MeterSettings, typed: DialTyped, now: int) -> DialAnswer:
        from sodien.history.current import MeterLedger
        from sodien.history.note_reading import USUAL_WITHIN_MS, note_reading
        from sodien.ledger.bodies import DialBody

        zone = self._settings.zone
        try:
            away = abs(now - parse_time(typed.at)) if typed.at is not None else 0
            if typed.at is not None and away > MOST_MS:
                raise SodienError(
                    tr(
                        "It was typed at {then} and arrived at {now}, so its time is not certain: look "
                        "at the dial and type it again; if that does not help, one of the clocks is "
                        "wrong.",
                        then=formats.instant(parse_time(typed.at), zone, seconds=True),
                        now=formats.instant(now, zone, seconds=True),
                    )
                )
            noted = note_reading(
                MeterLedger(self._settings, ledger, meter),
                typed.reading,
                now=now,
                within=USUAL_WITHIN_MS + away,
                by="Home Assistant",
            )
        except SodienError as error:
            return DialAnswer(typed.reading, str(error))
        said = tr(
            "{meter}: the dial showed {reading} at {at}.",
            meter=meter.id,
            reading=formats.dial(noted.row.read(DialBody).reading or ""),
            at=formats.instant(now, zone),
        )
        return DialAnswer(
            typed.reading,
            " ".join([said, *noted.after.findings(zone)]),
            accepted=True,
            entry=noted.entry,
            register=noted.after.at(now),
        )

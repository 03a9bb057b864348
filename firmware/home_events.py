"""What happens to a meter, told to Home Assistant once: a verdict, a reminder, a gap.

What was written since the start of this process is told, once there is a connection. After a crash in between
nobody is told of it twice: the entry is in the ledger, the database and on the page, an event is for whoever
listens now.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from sodien.notify.happened import KINDS, sentence
from sodien.protocol.topics import Topics

if TYPE_CHECKING:
    from datetime import tzinfo

    from firmware.delivery import Render
    from sodien.ledger.store import Ledger, Row

#: After a long time without a connection only the last ones are told.
_MOST = 20
_encoder = msgspec.json.Encoder(decimal_format="string")


class HomeEvents:
    """Belongs to the publishing thread."""

    def __init__(self, device: str, meters: Iterable[str], after: int, zone: tzinfo) -> None:
        """``after`` is the number of the last entry that is history; times are shown in ``zone``."""
        self._topics = Topics(device)
        self._meters = frozenset(meters)
        self._after = after
        self._zone = zone

    def next(self, ledger: Ledger, render: Render) -> list[tuple[str, bytes]]:
        """What to publish, in order, not retained: (topic, payload)."""
        found: list[tuple[str, bytes]] = []
        while rows := ledger.rows(self._after):
            self._after = rows[-1].seq
            found += [
                (self._topics.home_event(row.meter), payload)
                for row in rows
                if row.kind in KINDS and row.at is not None and row.meter in self._meters
                for payload in self._payload(row, render)
            ]
        return found[-_MOST:]

    def _payload(self, row: Row, render: Render) -> list[bytes]:
        """The entry as it travels, with what happened as a sentence; none where it cannot be made."""
        entries = render([row])
        told: dict[str, Any] = {"event_type": row.kind, "sentence": sentence(row, self._zone)}
        return [_encoder.encode(told | msgspec.structs.asdict(one)) for one in entries]

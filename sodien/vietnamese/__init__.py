"""Vietnamese for every text inside ``tr()``, a file a room; a test proves that none is missing or stale.

Words: công tơ meter, chỉ số register, mặt số dial, xung pulse, ngày ghi chỉ số reading day, kỳ hóa đơn
billing period, bản chốt snapshot, khoảng trống gap, sổ ledger, bản ghi entry.
"""

from __future__ import annotations

from sodien.vietnamese import (
    billing,
    bills,
    capture,
    commands,
    everyday,
    evidence,
    home,
    notices,
    register,
    settings,
    tariffs,
    verdicts,
)

#: The rooms; each English text stands in one of them only.
ROOMS = (
    everyday,
    commands,
    register,
    billing,
    capture,
    home,
    notices,
    verdicts,
    evidence,
    bills,
    settings,
    tariffs,
)

CATALOG: dict[str, str] = {english: text for room in ROOMS for english, text in room.TEXTS.items()}

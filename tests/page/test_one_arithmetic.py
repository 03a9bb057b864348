"""One arithmetic: hours add up to days, days to months, months to all; page, CSV and API say the same."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from page import days
from page.app import create_app
from page.household import Household, Snapshot
from sodien.ledger.store import Ledger, NewRow
from sodien.metering import calendar
from sodien.protocol.values import Bounds
from sodien.settings import model
from tests.cli.billed import HOUR, SETTINGS, START

#: Hours of a stretch, pulses in each of them, and minutes that nothing was counted after it.
STRETCHES = st.lists(
    st.tuples(st.integers(5, 200), st.integers(0, 9000), st.sampled_from([0, 3, 50, 700, 5000])),
    min_size=1,
    max_size=3,
)
ZONES = ("Asia/Ho_Chi_Minh", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe")


def household(folder: Path, zone: str, stretches: list[tuple[int, int, int]]) -> tuple[Path, int]:
    """A meter that was counted in stretches: its settings file, and when it ended (ms UTC)."""
    config = folder / "sodien.yaml"
    config.write_text(SETTINGS + f"timezone: {zone}\n", encoding="utf-8")
    ledger = Ledger.open(folder / "ledger.db", create=True, durable=False)
    at, pulses = START, 0
    for number, (hours, each, away) in enumerate(stretches):
        run = ledger.begin_run(f"boot-{number}", at, "1")
        rows = [
            NewRow("tick", "main", run, n * HOUR * 10**6, at + n * HOUR, pulses + n * each)
            for n in range(hours + 1)
        ]
        if number == 0:
            body = {"reading": "9546.0", "low": "9546", "high": "9546.1", "within_ms": 1000}
            rows.append(NewRow("dial", "main", at=START + 1000, body=body))
        ledger.append(rows)
        at, pulses = at + hours * HOUR + away * 60_000, pulses + hours * each
    ledger.close()
    return config, at


#: kWh: each difference of two registers is rounded to this.
LAST_PLACE = Decimal("0.000001")


def adds_up(parts: list[days.Span], whole: Bounds) -> None:
    """Best estimates add up, each rounded at its last place; bounds of parts are wider, never narrower."""
    rounding = LAST_PLACE * len(parts)
    low, best, high = (
        sum((getattr(one.energy, name) for one in parts), Decimal(0)) for name in ("low", "best", "high")
    )
    assert abs(best - whole.best) <= rounding
    assert low <= whole.low + rounding
    assert high >= whole.high - rounding


def spans(seen: Snapshot, by: str, last: dt.date) -> list[days.Span]:
    return list(days.spans_of(seen, by, last))


@settings(max_examples=10, deadline=None)
@given(STRETCHES, st.sampled_from(ZONES))
@example([(72, 1270, 0)], "Asia/Ho_Chi_Minh")  # it ends at the midnight that ends a period
def test_hours_add_up_to_days_to_months_to_the_period(
    stretches: list[tuple[int, int, int]], zone: str
) -> None:
    with TemporaryDirectory() as folder:
        config, end = household(Path(folder), zone, stretches)
        done = model.load(config)
        home = Household(done, lambda: end)
        with home.meter(None) as seen:
            _adds_up(seen, ZoneInfo(zone))
        home.close()
        app = create_app(done, config, lambda: end)
        _said_alike(app.test_client())
        app.extensions["sodien"].close()


def _adds_up(seen: Snapshot, zone: ZoneInfo) -> None:
    history = seen.history
    assert history.start is not None
    oldest, last, _ = days.reach(seen, None)
    whole = history.energy(history.start, seen.at)
    months = spans(seen, "month", last)
    adds_up(months, whole)
    every_day: list[days.Span] = []
    day = last
    while day >= oldest:
        every_day = spans(seen, "day", day) + every_day
        day = calendar.date_of(every_day[0].start, zone) - dt.timedelta(days=1)
    adds_up(every_day, whole)
    for month in months:
        adds_up([one for one in every_day if month.start <= one.start < month.end], month.energy)
    for one in (every_day[0], every_day[len(every_day) // 2], every_day[-1]):
        adds_up(spans(seen, "hour", calendar.date_of(one.start, zone)), one.energy)


def _said_alike(client: object) -> None:
    """The CSV and the API have the same numbers, and those of the page are their roundings."""
    from flask.testing import FlaskClient

    assert isinstance(client, FlaskClient)
    for by in ("hour", "day", "month"):
        rows = list(csv.DictReader(io.StringIO(client.get(f"/days.csv?by={by}").text)))
        told = msgspec.json.decode(client.get(f"/api/v1/days?by={by}").data)
        assert [(row["start"], row["kwh_low"], row["kwh"], row["kwh_high"]) for row in rows] == [
            (one["start"], one["kwh"]["low"], one["kwh"]["best"], one["kwh"]["high"]) for one in told
        ]
        assert client.get(f"/days?by={by}&lang=en").text.count('<td class="n">') == len(rows)
    periods = msgspec.json.decode(client.get("/api/v1/periods").data)
    now = msgspec.json.decode(client.get("/api/v1/now").data)
    assert now["period_kwh"] == periods[0]["kwh"]

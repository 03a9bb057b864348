"""Settings that are each allowed and cannot be so together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sodien import formats
from sodien.i18n import tr
from sodien.protocol.topics import letters_of
from sodien.settings.billing import TenantSettings
from sodien.settings.reader import Places, SettingsError
from sodien.value_rules import show

if TYPE_CHECKING:
    from sodien.settings.model import Settings

#: BCM numbers on the Raspberry Pi's 40-pin header.
LAST_PIN = 27


def conflicts(settings: Settings, places: Places) -> Iterator[SettingsError]:
    """What no single key is to blame for, as errors of the places where to change it."""
    ids: dict[str, int] = {}
    alike: dict[str, int] = {}
    pins: dict[int, int] = {}
    for index, meter in enumerate(settings.meters):
        key = f"meters[{index}]"
        if (other := ids.setdefault(meter.id, index)) != index:
            yield places.error(
                f"{key}.id",
                tr("is {value} like that of {other}", value=show(meter.id), other=f"meters[{other}]"),
                tr("give each meter an id of its own"),
            )
        elif (other := alike.setdefault(letters_of(meter.id), index)) != index:
            yield places.error(
                f"{key}.id",
                tr(
                    "is {value}, which differs from {other} only in capitals, '.', '-' or '_'",
                    value=show(meter.id),
                    other=show(settings.meters[other].id),
                ),
                tr("give it another id: in Home Assistant the two would be one"),
            )
        if (other := pins.setdefault(meter.pin, index)) != index:
            yield places.error(
                f"{key}.pin",
                tr("is {value} like that of {other}", value=meter.pin, other=f"meters[{other}]"),
                tr("a light that blinks for both directions can be counted for neither")
                if meter.delivery_of == settings.meters[other].id
                else tr("give each meter a pin of its own"),
            )
        if settings.gpio.chip is None and meter.pin > LAST_PIN:
            yield places.error(
                f"{key}.pin",
                tr("is {value}, which the Raspberry Pi's header does not have", value=meter.pin),
                tr(
                    "write the BCM number from 0 to {last}, or name another chip with gpio.chip",
                    last=LAST_PIN,
                ),
            )
        if meter.billing.reading == "hour" and meter.reading_hour is None:
            yield places.error(
                f"{key}.billing.reading",
                tr("is hour, but the hour is not known"),
                tr("write {key} too, or whole_day here", key=f"{key}.reading_hour"),
            )
        most = formats.most_kw(meter.rated_kw)
        period = formats.number(meter.shortest_period_s * 1000, most=1)
        period_ms = meter.shortest_period_s * 1000
        if meter.min_dark_ms is not None and meter.min_dark_ms + meter.min_pulse_ms >= period_ms:
            yield places.error(
                f"{key}.min_dark_ms",
                tr(
                    "is {dark} ms, but at {most} kW a pulse of {width} ms comes every {period} ms",
                    dark=meter.min_dark_ms,
                    most=most,
                    width=meter.min_pulse_ms,
                    period=period,
                ),
                tr("write less, or null for what suits the meter"),
            )
        if meter.min_pulse_ms >= period_ms:
            yield places.error(
                f"{key}.min_pulse_ms",
                tr(
                    "is {width} ms, but at {most} kW a pulse comes every {period} ms",
                    width=meter.min_pulse_ms,
                    most=most,
                    period=period,
                ),
                tr("write less, or correct constant, breaker_amps, phases, voltage or max_power_kw"),
            )
    yield from _tenants(settings, places)
    yield from _deliveries(settings, places)
    mqtt, influxdb = settings.mqtt, settings.influxdb
    for key, user, password in (
        ("mqtt", mqtt.user, mqtt.password_file),
        ("influxdb", influxdb.user, influxdb.password_file),
    ):
        if password is not None and user is None:
            yield places.error(
                f"{key}.password_file",
                tr("has no user to go with it"),
                tr("write {key} too", key=f"{key}.user"),
            )
    if mqtt.tls is not None and mqtt.tls.key is not None and mqtt.tls.cert is None:
        yield places.error(
            "mqtt.tls.key",
            tr("has no certificate to go with it"),
            tr("write {key} too", key="mqtt.tls.cert"),
        )


def _tenants(settings: Settings, places: Places) -> Iterator[SettingsError]:
    """Sub-meters and who is behind them."""
    by_id = {meter.id: meter for meter in settings.meters}
    for index, meter in enumerate(settings.meters):
        key = f"meters[{index}]"
        main = by_id.get(meter.sub_of or "")
        if meter.sub_of is not None and (main is None or main is meter or main.sub_of is not None):
            what = (
                tr("is {value}, which is no meter here", value=show(meter.sub_of))
                if main is None
                else tr("is {value}, which is a sub-meter itself", value=show(meter.sub_of))
            )
            yield places.error(f"{key}.sub_of", what, tr("write the id of the utility's meter"))
        if meter.sub_of is None and meter.tenant != TenantSettings():
            yield places.error(
                f"{key}.tenant",
                tr("is for a sub-meter"),
                tr("write {key} too, or leave the tenant out", key=f"{key}.sub_of"),
            )
        if meter.billing.common == "people":
            for number, sub in enumerate(settings.meters):
                if sub.sub_of == meter.id and sub.tenant.people is None:
                    yield places.error(
                        f"{key}.billing.common",
                        tr("is people, but nobody says how many live behind {meter}", meter=sub.id),
                        tr("write {key} too", key=f"meters[{number}].tenant.people"),
                    )


def _deliveries(settings: Settings, places: Places) -> Iterator[SettingsError]:
    """Registers of what is delivered to the grid: each beside one register of what is taken from it."""
    by_id = {meter.id: meter for meter in settings.meters}
    taken: dict[str, str] = {}
    for index, meter in enumerate(settings.meters):
        key = f"meters[{index}]"
        if (main := by_id.get(meter.sub_of or "")) is not None and main.delivery_of is not None:
            yield places.error(
                f"{key}.sub_of",
                tr("is {value}, which counts what is delivered to the grid", value=show(main.id)),
                tr("write the id of the utility's meter"),
            )
        if meter.delivery_of is None:
            continue
        import_meter = by_id.get(meter.delivery_of)
        shown = show(meter.delivery_of)
        if import_meter is None:
            what = tr("is {value}, which is no meter here", value=shown)
        elif import_meter is meter:
            what = tr("is {value}, this meter itself", value=shown)
        elif import_meter.delivery_of is not None:
            what = tr("is {value}, which counts what is delivered to the grid", value=shown)
        elif (other := taken.setdefault(meter.delivery_of, meter.id)) != meter.id:
            what = tr("is {value} like that of {other}", value=shown, other=other)
        else:
            if meter.sub_of is not None:
                yield places.error(
                    f"{key}.sub_of",
                    tr("cannot stand beside {key}", key=f"{key}.delivery_of"),
                    tr("leave one of them out: what is delivered to the grid is no sub-meter's consumption"),
                )
            for name in ("reading_day", "reading_hour"):
                if getattr(meter, name) != (day := getattr(import_meter, name)):
                    yield places.error(
                        f"{key}.{name}",
                        tr("is not that of {meter}, whose other register this is", meter=import_meter.id),
                        tr(
                            "write {value}: the utility reads both at once",
                            value=f"{name}: {_written(day)}",
                        ),
                    )
            continue
        yield places.error(
            f"{key}.delivery_of",
            what,
            tr("write the id of the meter that counts what is taken from the grid"),
        )


def _written(value: object) -> str:
    """A reading's day or hour as the settings file has it."""
    return "null" if value is None else f"{value:%H:%M}" if hasattr(value, "hour") else str(value)

"""`sodien setup`: the few settings that matter, asked one by one, tried, written with comments kept."""

from __future__ import annotations

import contextlib
import re
import sys
from pathlib import Path
from typing import Any

import click

from sodien import i18n
from sodien.cli import aim, last_bill
from sodien.cli import lazytime as lazy
from sodien.cli import page as household_page
from sodien.cli.context import Session, with_session
from sodien.cli.doctor.broker import try_broker
from sodien.cli.doctor.database import try_database
from sodien.cli.doctor.finding import Finding
from sodien.cli.doctor.ledger import check_storage
from sodien.cli.setup_questions import Question, questions
from sodien.cli.typed import confirmed
from sodien.errors import SodienError
from sodien.i18n import tr
from sodien.settings import edit as settings_file
from sodien.settings import model as settings
from sodien.settings.model import MeterSettings, Settings
from sodien.settings.reader import read_text

_LOOK_S = 10
_UNITS = "sodien-firmware sodien-collector"
#: Questions that need no answer.
_OPTIONAL = tuple(
    f"meter.billing.{name}" for name in ("customer", "serial", "name", "address", "phone", "office")
)
#: The three sensors that the docs wire hold the line high at rest and low in a pulse.
_LEVELS = {"1": "low", "2": "low", "3": "low", "4": "high", "low": "low", "high": "high"}
#: As people write what the settings have in one spelling.
_AMPERES = re.compile(r"\s*(?:A|amps?|amperes?|ampe)\Z", re.IGNORECASE)
_LAST = ("last day", "cuối", "cuối tháng", "ngày cuối", "ngày cuối tháng")
_DIAL = re.compile(r"(\d{1,9})(?:[.,](\d{1,3}))?\Z")


@click.command("setup")
@with_session(json=False, meter=False)
@click.option("--meter", metavar="ID", help="Which meter; one that is not there yet is added.")
@click.option("--device", metavar="NAME", help="Name of this Pi.")
@click.option("--pin", metavar="N", help="GPIO pin (BCM number) of the sensor.")
@click.option("--active", metavar="LEVEL", help="Level while the LED is lit: high or low.")
@click.option("--constant", metavar="N", help="Meter constant in imp/kWh.")
@click.option(
    "--reading", metavar="KWH", help=("What the dial shows now; it gives the number of digits and decimals.")
)
@click.option("--breaker", metavar="A", help="Main breaker in amperes.")
@click.option("--phases", metavar="N", help="Number of phases.")
@click.option("--reading-day", metavar="DAY", help="Reading day: 1 to 31 or last.")
@click.option("--customer", metavar="CODE", help="Customer code on the bill; '' for none.")
@click.option("--serial", metavar="TEXT", help="Serial number on the meter's plate; '' for none.")
@click.option("--name", metavar="TEXT", help="The contract's holder, for letters to the power company.")
@click.option("--address", metavar="TEXT", help="The address of the contract, for letters.")
@click.option("--phone", metavar="TEXT", help="A telephone number, for letters.")
@click.option("--office", metavar="TEXT", help="The power company's local branch, for letters.")
@click.option("--broker", metavar="HOST[:PORT]", help="MQTT broker.")
@click.option("--database", metavar="URL", help="InfluxDB's URL.")
@click.option(
    "--set", "more", multiple=True, metavar="KEY=VALUE", help="Any other setting, e.g. mqtt.user=nha-toi."
)
@click.option(
    "--lazytime/--no-lazytime",
    default=None,
    help="Let time stamps of files wait in memory, which spares the card, where this kernel makes use of it.",
)
@click.option(
    "--page/--no-page",
    default=None,
    help="Show the household's page in the home network, with a passphrase.",
)
@click.option(
    "--bill",
    metavar="TEXT",
    help="The last bill: its new reading and date, such as '12300 31/10/2026', or the text of the notice.",
)
@click.option("--no-test", is_flag=True, help="Do not try the sensor, the broker and the database.")
@click.option("--yes", is_flag=True, help="Ask nothing: only what the options say changes.")
def command(
    session: Session,
    meter: str | None,
    more: tuple[str, ...],
    lazytime: bool | None,
    page: bool | None,
    bill: str | None,
    no_test: bool,
    yes: bool,
    **given: str | None,
) -> int:
    """Ask for the settings that matter, try them, and write the settings file with its comments kept.

    Every question is an option too. Run it again at any time: what is set is offered as it is. Exit code 1:
    written, but the sensor, the broker or the database did not answer as they should.
    """
    if not yes and not _interactive():
        raise click.UsageError(tr("setup asks questions: run it in a terminal, or give options and --yes."))
    path = session.path
    text = _present(path)
    before = text
    if meter is not None:
        text = _with_meter(text, path, meter, given, yes)
    every = questions(fresh=not path.exists())
    asked = [one for one in every if given[one.option] is not None] if yes else every
    reading: str | None = None
    chosen = meter
    if not path.exists() and i18n.language() != "en":  # whoever is asked in Vietnamese is told so too
        text = settings_file.edited(text, {"language": i18n.language()})
    changed: list[tuple[str, str]] = []
    for number, one in enumerate(asked, 1):
        place = f"{number}/{len(asked)}  "
        old = text
        text, said, chosen = _answer(one, given[one.option], text, path, chosen, yes, place)
        reading = said if one.option == "reading" and said else reading
        if text != old:
            changed.append((one.ask, said or "–"))
    for pair in more:
        text = _set(pair, text, path, chosen)
        key, _, value = pair.partition("=")
        changed.append((key, value))
    if text != before or not path.exists():
        if not yes:
            click.echo()
            for ask, said in changed:
                click.echo(f"  {ask}: {said}")
            if not confirmed(tr("Write {path}?", path=path), default=True):
                raise click.Abort
        former = settings_file.write(path, text)
        click.echo(tr("Written: {path}", path=path))
        if former is not None:
            click.echo(tr("What was there before: {path}", path=former))
    else:
        click.echo(tr("Nothing changes."))
    done = settings.load(path)
    findings = [] if no_test else _try(done, chosen)
    for finding in findings:
        click.echo(f"  {'✓' if not finding.bad else '✗'} {finding.sentence}")
        if finding.remedy and finding.bad:
            click.echo(f"    → {finding.remedy}")
    if lazytime is not False and (lazytime or not yes):
        lazy.offer(done.ledger.path, ask=lazytime is None)
    if page is not False and (page or not yes) and household_page.offer(path, ask=page is None):
        units = f"{_UNITS} sodien-page"
    else:
        units = _UNITS
    if bill or not yes:
        last_bill.offer(done, _meter(done, chosen), bill)
    _next_steps(reading, units)
    return 1 if any(finding.bad for finding in findings) else 0


def _interactive() -> bool:
    if not sys.stdin.isatty():
        return False
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 -- from here on lines can be edited
    return True


def _present(path: Path) -> str:
    """The settings as they are, else the commented example. Raises SettingsError."""
    if not path.exists():
        return settings_file.example()
    text = read_text(path, "")
    settings.parse(text, path)
    return text


def _with_meter(text: str, path: Path, meter: str, given: dict[str, str | None], yes: bool) -> str:
    """A meter that is not there yet is added, with what the questions then correct."""
    present = settings.parse(text, path)
    if any(one.id == meter for one in present.meters):
        return text
    if yes and (given["pin"] is None or given["constant"] is None):
        raise SodienError(tr("{meter} is a new meter; it needs --pin and --constant.", meter=meter))
    used = {one.pin for one in present.meters}
    free = next(pin for pin in (17, 27, 22, 23, 24, 25, *range(2, 28)) if pin not in used)
    changes = {
        "meter.pin": _plain(given["pin"] or str(free)),
        "meter.constant": _plain(given["constant"] or str(present.meters[0].constant)),
    }
    new = settings_file.edited(text, changes, meter)
    settings.parse(new, path)
    return new


def _meter(done: Settings, meter: str | None) -> MeterSettings:
    for one in done.meters:
        if one.id == meter:
            return one
    return done.meters[0]


def _answer(
    question: Question,
    given: str | None,
    text: str,
    path: Path,
    meter: str | None,
    yes: bool,
    place: str,
) -> tuple[str, str | None, str | None]:
    """Ask until the answer can be used; returns the new text, the answer, and the meter meant."""
    present = settings.parse(text, path)
    one = _meter(present, meter)
    meter = meter or one.id
    said = given
    if said is None:
        click.echo(f"\n{question.why}")
    while True:
        if said is None:
            now = question.now(present, one)
            said = click.prompt(
                f"{place}{question.ask}",
                default="" if now is None else str(now),
                show_default=now is not None,
            )
        said = said.strip()
        if question.key in _OPTIONAL and said == (question.now(present, one) or ""):
            return text, said, meter
        try:
            return _with(question.key, said, text, path, meter), said, meter
        except SodienError as error:
            if yes or given is not None:
                raise SodienError(f"--{question.option.replace('_', '-')}: {_short(error)}") from None
            # A person was asked a question, and knows no key.
            key = rf"^(?:meters\[\d+\]\.)?{re.escape(question.key.removeprefix('meter.'))}\b"
            click.echo(re.sub(key, lambda _: f"{question.ask}:", _short(error)), err=True)
            said = None


def _with(key: str, said: str, text: str, path: Path, meter: str) -> str:
    """The text with one answer in it. Raises SodienError when that cannot be used."""
    changes: dict[str, Any]
    if key == "reading":
        if not said:
            return text
        match = _DIAL.match(said)
        if match is None:
            raise SodienError(
                tr("'{said}' is not what a dial shows; type only its digits, like 12345.6", said=said)
            )
        changes = {"meter.digits": len(match[1]), "meter.decimals": len(match[2] or "")}
    elif key == "mqtt.host":
        host, _, port = said.partition(":")
        changes = {"mqtt.host": host} | ({"mqtt.port": _plain(port)} if port else {})
    elif key == "influxdb.url":
        changes = {key: said if "://" in said or not said else f"http://{said}"}
    elif key == "meter.active":
        if said not in _LEVELS:
            raise SodienError(tr("'{said}' is none of them; type a number from 1 to 4", said=said))
        changes = {key: _LEVELS[said]}
    elif key == "meter.breaker_amps":
        changes = {key: _plain(_AMPERES.sub("", said))}
    elif key == "meter.reading_day" and said.casefold() in _LAST:
        changes = {key: "last"}
    else:
        changes = {key: _plain(said) if said or key not in _OPTIONAL else None}
    new = settings_file.edited(text, changes, meter)
    settings.parse(new, path)
    return new


def _set(pair: str, text: str, path: Path, meter: str | None) -> str:
    key, equals, value = pair.partition("=")
    if not equals or not re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", key):
        raise SodienError(tr("--set {pair}: write it as KEY=VALUE, such as mqtt.user=nha-toi.", pair=pair))
    meter = meter or settings.parse(text, path).meters[0].id
    try:
        return _with(key, value, text, path, meter)
    except SodienError as error:
        raise SodienError(f"--set {pair}: {_short(error)}") from None


def _plain(text: str) -> Any:
    """The value that YAML would read: a number where it is one, so that nothing is quoted needlessly."""
    if re.fullmatch(r"-?(0|[1-9]\d*)", text):
        return int(text)
    if re.fullmatch(r"(true|false)", text):
        return text == "true"
    return None if text == "null" else text


def _short(error: SodienError) -> str:
    """Without the place in a file that is not written yet."""
    return re.sub(r"^.*?, (?:line|dòng) \d+: ", "", str(error))


def _try(done: Settings, meter: str | None) -> list[Finding]:
    click.echo(tr("Trying the sensor ({seconds} s), the broker and the database …", seconds=_LOOK_S))
    found = [*check_storage(done.ledger.path), _try_sensor(done, _meter(done, meter)), try_broker(done)]
    if done.collector.file is None:
        found.append(try_database(done.influxdb))
    return found


def _try_sensor(done: Settings, one: MeterSettings) -> Finding:
    try:
        seen, _ = aim.watch_line(done, one, _LOOK_S)
    except SodienError as error:
        return Finding("sensor", "warn", str(error), tr("try 'sodien aim' once it can be used."))
    good = seen.verdict in ("good", "few")
    return Finding(
        "sensor", "ok" if good else "warn", aim.sentence(seen.verdict), tr("place it with 'sodien aim'.")
    )


def _next_steps(reading: str | None, units: str) -> None:
    click.echo(tr("Next: sudo systemctl enable --now {units}", units=units))
    if reading:
        sentence = tr("Then read the dial again and type: sodien dial {reading}", reading=reading)
    else:
        sentence = tr("Then read the dial and note what it shows, such as: sodien dial 12345.6")
    click.echo(sentence)

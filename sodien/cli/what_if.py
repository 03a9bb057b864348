"""`sodien what-if`: what less or more would do to this period's bill."""

from __future__ import annotations

from fractions import Fraction

import click

from sodien.bills.cost_so_far import Costs
from sodien.cli.context import Session, print_json, with_session
from sodien.errors import SodienError
from sodien.history.reading_days import reading_days
from sodien.household.measured import named
from sodien.household.what_if import Changed, RestOfPeriod, sentences
from sodien.i18n import tr
from sodien.metering.bounds import Interval, rounded_down, rounded_up

_KWH = click.FloatRange(0, 100_000, min_open=True)
_HOURS = click.FloatRange(0, 1000, min_open=True)


@click.command("what-if")
@with_session()
@click.option("--less", type=_KWH, metavar="KWH", help="So many kWh less until this period ends.")
@click.option("--more", type=_KWH, metavar="KWH", help="So many kWh more.")
@click.option("--less-hours", type=_HOURS, metavar="H", help="Something runs so many hours less.")
@click.option("--more-hours", type=_HOURS, metavar="H", help="Something runs so many hours more.")
@click.option("--appliance", metavar="NAME", help="It is this one, which 'sodien measure' knows.")
@click.option("--watts", type=click.FloatRange(1, 100_000), metavar="W", help="It draws so many watts.")
@click.option("--a-day", is_flag=True, help="The hours are those of each day that is left.")
def command(
    session: Session,
    less: float | None,
    more: float | None,
    less_hours: float | None,
    more_hours: float | None,
    appliance: str | None,
    watts: float | None,
    a_day: bool,
) -> int:
    """What this billing period would cost with less, or with more.

    So many kWh (--less 20), or the hours of an appliance that was measured or whose watts you know
    (--less-hours 2 --appliance 'air conditioner' --a-day). The cost is that of the tiers which the period
    will probably reach, taxes included, with bounds.
    """
    given = [one for one in (less, more, less_hours, more_hours) if one is not None]
    if len(given) != 1:
        raise SodienError(tr("Give one of --less, --more, --less-hours and --more-hours."))
    hours = less_hours if less_hours is not None else more_hours
    if (hours is None) != (appliance is None and watts is None) or (appliance and watts):
        raise SodienError(tr("Hours go with --appliance or with --watts, kWh with neither."))
    if a_day and (hours is None or hours > 24):
        raise SodienError(tr("--a-day goes with at most 24 hours."))
    where = session.meter_ledger
    costs, days = Costs(session.settings, where.ledger), reading_days(where.ledger, where.meter)
    rest = RestOfPeriod(costs, session.settings.zone, where.history(), where.meter, days, session.now)
    exact = Fraction(str(given[0]))
    if hours is None:
        change = Interval(exact, exact)
    else:
        power = (
            named(where.ledger, where.meter.id, appliance).kw
            if appliance is not None
            else Interval(Fraction(str(watts)) / 1000, Fraction(str(watts)) / 1000)
        )
        change = rest.of_power(power, exact, a_day=a_day)
    found = rest.with_(change, more=more is not None or more_hours is not None)
    if session.as_json:
        print_json(_plain(found))
    else:
        for line in sentences(found):
            click.echo(line)
    return 0


def _plain(found: Changed) -> dict[str, object]:
    change = found.change
    return {
        "day": found.day.isoformat(),
        "kwh": found.kwh,
        "cost": found.money,
        "currency": found.currency,
        "more": found.more,
        "change_kwh": {"low": rounded_down(change.low), "high": rounded_up(change.high)},
        "difference": found.difference,
    }

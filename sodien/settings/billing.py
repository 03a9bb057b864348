"""Settings of how the utility bills a meter: a part of :mod:`sodien.settings.model`."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal, get_args

import msgspec

from sodien.settings import values
from sodien.value_rules import Choice, Each, File, Flag, Number, Word

Reading = Literal["whole_day", "hour", "end_of_day"]
Truncation = Literal["floor", "nearest", "up", "either", "any"]
FirstDay = Literal["after", "same", "either"]
KwhFrom = Literal["indices", "registers"]
Scheme = Literal["tiers", "prepaid", "undeclared"]
Common = Literal["landlord", "kwh", "people", "equally"]


class BillingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the utility bills a meter, as far as the household knows; for the verdict and the cost so far.

    ``customer`` and ``serial`` (of the meter that is installed now) are checked against a notice, None leaves
    them unchecked; ``company`` is known by the customer code unless it is named. ``office`` to ``phone``
    stand in letters to it. ``tariff`` None is the one that the files in ``tariffs`` define, else the
    household tariff of Viet Nam. ``households`` share the quotas; None: as the bill says, else one.
    ``reading`` is how exactly the hour of a reading is known,
    ``hour`` being the meter's ``reading_hour`` ± ``reading_minutes``; ``slip_days`` is how far a reading may
    be from the usual day where a notice prints no date; ``truncation`` what the utility does with decimals.
    ``printed_slip_days`` to ``total_step`` are habits of the utility, as
    :class:`sodien.billing.audit.practice.Practice` has them, ``practices`` are files on what else it may do,
    and ``notices`` files on how it words its messages. ``scheme`` and ``prorate`` are for the cost so far.
    ``common`` is who pays for what no sub-meter counted; None: nobody has agreed, so the landlord.
    """

    customer: Annotated[
        str | None, Word("the customer code on the bill, such as PB05010001234", values.customer)
    ] = None
    serial: Annotated[str | None, Word("the serial number on the meter's plate")] = None
    company: Annotated[str | None, Word("one of SPC, HCMC, HANOI, NPC, CPC, or null", values.company)] = None
    office: Annotated[str | None, Word("the power company's local branch, such as Điện lực Gò Dầu")] = None
    name: Annotated[str | None, Word("the name of the contract's holder")] = None
    address: Annotated[str | None, Word("the address of the contract")] = None
    phone: Annotated[str | None, Word("a telephone number")] = None
    tariff: Annotated[str | None, Word("the id of a tariff, such as vn-residential, or null")] = None
    tariffs: Annotated[tuple[Path, ...], Each(File("a tariff file, or a folder of them"))] = ()
    households: Annotated[
        Fraction | None, Word("how many households share the meter, such as 1, 2 or 3/4", values.households)
    ] = None
    scheme: Annotated[Scheme, Choice(get_args(Scheme), "which prices apply")] = "tiers"
    prorate: Annotated[bool, Flag("true: quotas by the days used")] = False
    reading: Annotated[Reading, Choice(get_args(Reading), "how exactly the hour of a reading is known")] = (
        "whole_day"
    )
    reading_minutes: Annotated[
        int, Number("by how many minutes a reading may be off reading_hour", 0, 720, int)
    ] = 60
    slip_days: Annotated[
        int, Number("by how many days a reading may be off where no date is printed", 0, 10, int)
    ] = 1
    truncation: Annotated[Truncation, Choice(get_args(Truncation), "what becomes of decimals")] = "floor"
    printed_slip_days: Annotated[
        int, Number("the most days that a reading may be off its printed date", 0, 10, int)
    ] = 0
    margin_minutes: Annotated[
        int, Number("the most minutes after midnight that still count as the day before", 0, 720, int)
    ] = 0
    first_day: Annotated[
        FirstDay, Choice(get_args(FirstDay), "the day after the old reading, or the same")
    ] = "after"
    kwh_from: Annotated[KwhFrom, Choice(get_args(KwhFrom), "what the billed kWh are worked out from")] = (
        "indices"
    )
    total_step: Annotated[
        int, Number("what totals are rounded to, in units of the currency", 1, 10**6, int)
    ] = 1
    practices: Annotated[tuple[Path, ...], Each(File("a practice file, or a folder of them"))] = ()
    notices: Annotated[tuple[Path, ...], Each(File("a file of message templates, or a folder of them"))] = ()
    common: Annotated[Common | None, Choice(get_args(Common), "who pays for what no sub-meter counted")] = (
        None
    )


class TenantSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who is behind a sub-meter: ``people`` live there, as one household where they are a ``family``."""

    name: Annotated[str | None, Word("a name for the receipt, or null")] = None
    people: Annotated[int | None, Number("how many people live behind the sub-meter", 1, 1000, int)] = None
    family: Annotated[bool, Flag("true: they are one household")] = False

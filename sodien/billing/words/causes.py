"""The sentences of a verdict's possible causes, assumptions and advice, by key."""

from __future__ import annotations

from typing import Final

from sodien.i18n import Text

REASON_WORDS: Final[dict[str, Text]] = {
    "duplicate": "The period {first} to {last}, or its readings, may have been billed a second time.",
    "not_carried": (
        "The previous reading {old} was not carried over from the bill before, which ended with {new}."
    ),
    "old_meter": "The old meter {serial}, which was taken down, may have been read or booked.",
    "other_meter": "The bill may be for another meter, such as a neighbour's: its serial number is {serial}.",
    "other_meter_read": "Another meter may have been read, such as a neighbour's.",
    "other_customer": "The bill may belong to another customer, {code}.",
    "index_serial": "The reading {index} looks like part of the meter's serial number.",
    "index_decimal_point": "The decimal point of {index} may be misplaced: {meant} would fit.",
    "index_transposed": "Two digits of {index} may be swapped: {meant} would fit.",
    "index_one_digit": "One digit of {index} may be wrong: {meant} would fit.",
    "estimated_repeat": "The meter may not have been read: {kwh} kWh repeat an earlier bill.",
    "estimated_mean": "The meter may not have been read: {kwh} kWh are the mean of the bills before.",
    "estimated_round": "The meter may not have been read: {number} is a round number.",
    "multiplier": "A multiplier of {multiplier} may have been used; your meter has {own}.",
    "other_day": (
        "{index} may have been read on another day: your register may have shown it between {start} and "
        "{end}."
    ),
    "other_days": (
        "Both readings fit other days: your register may have shown {old} between {old_start} and "
        "{old_end}, and {new} between {start} and {end}."
    ),
    "kwh_mistyped": "The consumption {kwh} may be mistyped: the readings give {sum} kWh.",
    "money_mistyped": "An amount may be mistyped: it should be {sum} {currency}.",
    "other_table": "The prices may be those of {decision}, in force around {first}.",
    "households": "The number of households may be booked wrongly: the bill counts {households}.",
    "quota_households": "The quotas may be those of {households} households.",
    "quota_days": "The quotas may be by days used, counted as {days} instead of {own}.",
    "quota": "The quotas on the bill are {quotas} kWh, which no rule known here gives.",
    "own_reading": (
        "Your own dial readings ({count}) may be wrong: both readings on the bill differ from them in "
        "the same way, by {by} kWh or more, and the consumption agrees. Read the dial again."
    ),
    "unexplained_bill": (
        "No other table, number of households or days explains it; ask how it was worked out."
    ),
    "unexplained": (
        "No single typing mistake, day, meter or table explains it; ask for the photo of the dial."
    ),
}

NOTE_WORDS: Final[dict[str, Text]] = {
    "read_whole_day": "The meter may have been read at any time of the reading day, 00:00 to 24:00.",
    "read_hour": (
        "The meter is assumed to be read at {hour}, up to {minutes} minutes earlier or later (a setting)."
    ),
    "read_end_of_day": (
        "The meter is assumed to be read remotely at the end of the reading day, from 23:59 on (a setting)."
    ),
    "slip": (
        "The notice prints no date; the reading may be {days} early or late (Decree 137/2013, art. 17)."
    ),
    "truncation_floor": (
        "The utility drops the decimals of a reading: 123 means from 123 to just below 124 kWh."
    ),
    "truncation_nearest": "The utility rounds its readings: 123 means from 122.5 to 123.5 kWh (a setting).",
    "truncation_either": (
        "The utility may drop the decimals of a reading or round them: 123 means from 122.5 to just "
        "below 124 kWh (a setting)."
    ),
    "truncation_up": (
        "The utility rounds its readings up: 123 means from just above 122 to 123 kWh (a setting)."
    ),
    "truncation_any": (
        "The utility may drop the decimals of a reading, round them or round them up: 123 means from "
        "just above 122 to just below 124 kWh."
    ),
    "printed_slip": "The reading may be {days} off the printed date, either way.",
    "margin": "A reading up to {minutes} minutes after midnight may bear the date of the day before.",
    "first_day_same": "The first day printed is the day of the previous reading itself.",
    "first_day_either": "The first day printed is the day of the previous reading, or the day after it.",
    "kwh_from_registers": (
        "The consumption may be worked out before the decimals are dropped, and so differ by 1 from the "
        "difference of the readings."
    ),
    "multiplier_own": "The notice prints no multiplier; your meter's is {multiplier}.",
    "no_digits": (
        "The number of digits of your dial is not set, so it may have rolled over at any usual number of "
        "digits."
    ),
    "dial_goes_round": (
        "Your dial goes back to 0 after {size} kWh. Here the register keeps counting, so {register} kWh "
        "means that the dial shows {dial}."
    ),
    "own_readings": "Your own dial readings ({count}) were typed as the dial showed them.",
    "no_own_readings": "There is no dial reading of your own: only the consumption can be checked.",
    "own_findings": (
        "Some of your own dial readings contradict each other or the count; the bounds allow for it."
    ),
    "replaced": "The meter was replaced in the period; both count as recorded here.",
    "same_meter": (
        "The LED and the dial belong to the same meter: this check cannot show whether the meter itself "
        "runs too fast or too slow."
    ),
    "one_household": "The bill does not say how many households share the meter: one is assumed.",
    # advice
    "read_dial_on_day": (
        "A dial reading of your own on {day} would have helped; read the dial on the next reading day."
    ),
    "next_in_full": (
        "The next bill can be judged in full if counting goes on. Read the dial on its reading day and enter "
        "what it shows."
    ),
    "know_hour": (
        "It would help to know the hour of the reading: ask the meter reader, and set reading_hour."
    ),
    "give_dates": (
        "It would help to know the days of the period: look for 'từ ngày … đến ngày …' on the paper or "
        "in the app."
    ),
    "record_replacement": (
        "Record the replacement of the meter, with the last reading of the old one and the first of the "
        "new one; then the bill can be judged."
    ),
    "give_numbers": (
        "It would help to know the previous and the current reading of the whole meter: ask for them by "
        "SMS or look in the app."
    ),
    "read_dial_now": (
        "Read your dial now: if it shows less than {index}, the bill charges what has not been used yet."
    ),
    "ask_for_bill": "Ask the power company how the bill was worked out, with this sheet.",
    "ask_for_check": "Ask the power company to check the reading, with this sheet and a photo of the dial.",
    "estimated_settles": "The next real reading corrects an estimated one: compare the next bill too.",
}

#: What the utility does, as a part of a sentence: "The bill is consistent, if the utility …".
HABIT_WORDS: Final[dict[str, Text]] = {
    # Translators: these follow "if the utility"
    "habit_truncation_floor": "drops the decimals of a reading",
    "habit_truncation_nearest": "rounds a reading to the nearest whole number",
    "habit_truncation_up": "rounds a reading up",
    "habit_kwh_from_registers": "works out the consumption before it drops the decimals",
    "habit_margin_minutes": "dates a reading up to {value} minutes after midnight as of the day before",
    "habit_first_day_after": "prints the day after the previous reading as the first day",
    "habit_first_day_same": "prints the day of the previous reading itself as the first day",
    "habit_total_step": "rounds totals to {value} {currency}",
    "habit_printed_slip_days": "read the meter up to {days} before or after the printed date",
}

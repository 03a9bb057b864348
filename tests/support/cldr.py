"""What :data:`sodien.formats.CLDR` holds, taken anew from Babel's copy of the CLDR.

``python -m tests.support.cldr`` prints it; it goes into sodien/formats.py by hand, because it changes once in
years. At run time Babel is not wanted: it would cost the Pi memory and start-up time for five short texts.
"""

from __future__ import annotations

from pprint import pprint


def table() -> dict[str, dict[str, str]]:
    """The table for both languages. Raises ImportError without Babel."""
    from babel import Locale
    from babel.numbers import get_decimal_symbol, get_group_symbol
    from babel.units import format_unit

    found = {}
    for name in ("en", "vi"):
        locale = Locale(name)
        found[name] = {
            "decimal": get_decimal_symbol(locale),
            "group": get_group_symbol(locale),
            "percent": locale.percent_formats[None].pattern.replace("#,##0", "{0}"),
            "day": format_unit(1, "duration-day", locale=locale).replace("1", "{0}"),
            "days": format_unit(2, "duration-day", locale=locale).replace("2", "{0}"),
        }
    return found


def cents() -> dict[str, int]:
    """The decimals of the currencies that Sodien knows by name."""
    from babel.numbers import get_currency_precision

    return {"VND": get_currency_precision("VND")}


if __name__ == "__main__":
    pprint(table(), sort_dicts=False)
    pprint(cents())

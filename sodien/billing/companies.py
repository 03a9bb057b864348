"""The power companies of Viet Nam: which one bills a customer code, and whom to call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Company:
    """A power company.

    Attributes:
        id: as its messages begin: EVN and this word.
        name: its full name.
        prefixes: the first two letters of its customer codes.
        hotlines: of its customer care centre.
    """

    id: str
    name: str
    prefixes: tuple[str, ...]
    hotlines: tuple[str, ...]


_ALL: Final = (
    Company("SPC", "Tổng công ty Điện lực miền Nam", ("PB", "PK"), ("19001006", "19009000")),
    Company("HCMC", "Tổng công ty Điện lực Thành phố Hồ Chí Minh", ("PE",), ("1900545454",)),
    Company("HANOI", "Tổng công ty Điện lực Thành phố Hà Nội", ("PD",), ("19001288",)),
    Company("NPC", "Tổng công ty Điện lực miền Bắc", ("PA", "PH", "PM", "PN"), ("19006769",)),
    Company("CPC", "Tổng công ty Điện lực miền Trung", ("PC", "PP", "PQ"), ("19001909",)),
)

#: By id.
COMPANIES: Final = {company.id: company for company in _ALL}


def company_of(customer: str | None) -> Company | None:
    """The company that bills a customer code, by its first two letters; None when they are not known."""
    prefix = (customer or "")[:2].upper()
    return next((company for company in _ALL if prefix in company.prefixes), None)

"""One simulated month each, counted: was it judged right?"""

from __future__ import annotations

from collections import Counter

from sodien.billing.claims.on_bill import bill_by_claims
from sodien.billing.claims.series import Account, account
from tests.billing.claims.portals import Home, any_honest, faulty, honest_bill

#: What went wrong, a line each.
WRONG: list[str] = []
COUNTED = ("months", "above", "found", "named", "missed", "misnamed")
#: Names that may be given for certain to each fault. Values some days old may stand still as well.
_NAMES = {
    "misread": {"wrong", "jump"},
    "stuck": {"stuck"},
    "estimated": {"estimated"},
    "late": {"late", "stuck"},
    "shifted": {"shifted"},
    "fast": {"fast", "slow"},
}


def honest_month(home: Home, count: Counter[str], name: str) -> None:
    """A month of an honest portal: ``false`` counts those that are called wrong."""
    told = any_honest(home)
    found = account(told.claims, home.meters, home.practice)
    for one in found.judged:
        count[f"number {one.result}{'_if' if one.habits else ''}"] += 1
    bill = honest_bill(home)
    by_claims = bill_by_claims(bill, None, told.claims, home.meters, home.practice) if bill else ()
    for beside in by_claims:
        count[f"bill {beside.result}"] += 1
        if beside.result == "disagrees":
            count["false"] += 1
            WRONG.append(f"honest bill of month {name}: its {beside.which} is called wrong")
    count["may"] += any(not fault.certain for fault in found.faults)
    if found.disagrees:
        count["false"] += 1
        WRONG.append(f"honest month {name} is called wrong")


def faulty_month(home: Home, kind: str, count: Counter[str], name: str) -> None:
    """A month with one fault: ``missed`` counts those that had to be found, ``misnamed`` wrong names."""
    made = faulty(home, kind)
    found = account(made.claims, home.meters, home.practice)
    count["months"] += 1
    certain = {fault.kind for fault in found.faults if fault.certain}
    above, missed = made.above, made.above and not _found(kind, found)
    for place, off in made.touched.items():
        one = found.judged[place]
        if one.detectable is not None and abs(off) > one.detectable:
            above = True
            missed = missed or one.result != "disagrees"
    count["above"] += above
    count["found"] += above and not missed
    count["named"] += bool(certain & _NAMES[kind])
    count["missed"] += missed
    wrong = certain - _NAMES[kind] - {"wrong"}
    count["misnamed"] += bool(wrong)
    if missed or wrong:
        WRONG.append(f"{kind} in month {name}: {'missed' if missed else 'called ' + ', '.join(wrong)}")


def _found(kind: str, found: Account) -> bool:
    if kind == "fast":
        return found.drift is not None and found.drift.differs
    return any(fault.kind == kind and fault.certain for fault in found.faults)

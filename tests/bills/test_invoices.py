"""E-invoices that replace or adjust another one: one bill counts, and a difference is never a bill."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sodien.billing.bill import Invoice
from sodien.billing.notices.read import read
from sodien.bills.intake import Received
from sodien.bills.receive import contradicted, notice_of, receive_notice
from sodien.bills.review import evidence_of
from sodien.bills.stored import bills, standing
from sodien.errors import SodienError
from sodien.history.current import MeterLedger
from sodien.ledger.store import Ledger
from sodien.settings import model
from tests.cli.billed import NOW, household, notice

REPLACES = "Thay thế cho hóa đơn Mẫu số 1, Ký hiệu K26TSD, số 4711, ngày 03/11/2026\n"
ADJUSTS = "Điều chỉnh giảm cho hóa đơn Mẫu số 1, Ký hiệu K26TSD, số 4711, ngày 03/11/2026\n"


def invoice(number: int, day: int = 3) -> str:
    return f"Mẫu số: 1 Ký hiệu: K26TSD Số: {number:07} Ngày: {day:02}/11/2026\n"


#: 100 kWh too high, and how the utility put it right.
WRONG = invoice(4711) + notice(new=9968)
RIGHT = invoice(5022, 4) + REPLACES + notice()
DIFFERENCE = (
    f"{invoice(5030, 4)}{ADJUSTS}Mã khách hàng: PB05010009999\n"
    "Kỳ 1 tháng 10/2026, từ ngày 01/10/2026 đến ngày 31/10/2026\n"
    "Điện năng tiêu thụ điều chỉnh: -100 kWh\nTiền điện điều chỉnh: -299.800 đồng\n"
    "Thuế GTGT (8%): -23.984 đồng\nTổng tiền: -323.784 đồng\n"
)


@pytest.fixture
def where(tmp_path: Path) -> Iterator[MeterLedger]:
    home = model.load(household(tmp_path))
    ledger = Ledger.open(home.ledger.path)
    try:
        yield MeterLedger(home, ledger, home.meters[0])
    finally:
        ledger.close()


def give(where: MeterLedger, text: str, replaces: int | None = None) -> Received:
    return receive_notice(where, notice_of(read(text)), now=NOW, replaces=replaces)


def refused(where: MeterLedger, text: str, replaces: int | None = None) -> str:
    """The sentence with which it is refused; nothing is stored."""
    before = where.ledger.newest_seq()
    with pytest.raises(SodienError) as error:
        give(where, text, replaces)
    assert where.ledger.newest_seq() == before
    return str(error.value)


def test_the_invoice_that_is_replaced_is_found_by_its_number(where: MeterLedger) -> None:
    ((wrong, verdict),) = give(where, WRONG).bills
    assert verdict.overall == "disagrees"
    assert wrong.bill.invoice == Invoice(form="1", series="K26TSD", number="4711", date=dt.date(2026, 11, 3))
    found = contradicted(where, notice_of(read(RIGHT)), now=NOW)
    assert found is not None
    assert found.entry == wrong.entry
    assert f"that of bill {wrong.entry} (1K26TSD no. 4711" in refused(where, RIGHT)
    assert f"give --replaces {wrong.entry}" in refused(where, RIGHT)
    received = give(where, RIGHT, replaces=wrong.entry)
    ((right, verdict),) = received.bills
    assert (received.replaced, verdict.overall) == (wrong.entry, "consistent")
    (only,) = standing(bills(where.ledger, "main"))
    assert only.entry == right.entry
    html = re.sub(r"</?span[^>]*>", "", evidence_of(where, now=NOW, entry=wrong.entry).html)
    said = "This bill is withdrawn: the utility corrected it by invoice 1K26TSD no. 5022 of 2026"
    assert said in html
    assert html.index(said) < html.index("1K26TSD no. 4711 of 2026-11-03")


def test_a_replaced_invoice_is_found_though_its_days_were_wrong(where: MeterLedger) -> None:
    other_days = WRONG.replace("01/10/2026 đến ngày 31/10/2026", "29/09/2026 đến ngày 30/10/2026")
    ((wrong, _),) = give(where, other_days).bills
    assert f"give --replaces {wrong.entry}" in refused(where, RIGHT)


def test_the_replaced_invoice_is_not_taken_after_the_one_in_its_place(where: MeterLedger) -> None:
    ((right, _),) = give(where, RIGHT).bills
    assert f"1K26TSD no. 4711 of 2026-11-03 was replaced by that of bill {right.entry}" in refused(
        where, WRONG
    )
    with pytest.raises(SodienError, match="was replaced by"):
        contradicted(where, notice_of(read(WRONG)), now=NOW)


def xml(number: int, kwh: int, related: str = "") -> str:
    """An invoice in the national format, of one line."""
    net = kwh * 2000
    parts = {"KHMSHDon": 1, "KHHDon": "K26TSD", "SHDon": number, "NLap": "2026-11-03"}
    sums = {"TgTCThue": net, "TgTThue": net * 8 // 100, "TgTTTBSo": net * 108 // 100}
    line = {"DVTinh": "kWh", "SLuong": kwh, "DGia": 2000, "ThTien": net}
    said = [
        "".join(f"<{name}>{value}</{name}>" for name, value in one.items()) for one in (parts, line, sums)
    ]
    return (
        f"<HDon><DLHDon><TTChung>{said[0]}{related}</TTChung><NDHDon><NMua><MKHang>PB05010009999</MKHang></NMua>"
        f"<DSHHDVu><HHDVu>{said[1]}</HHDVu></DSHHDVu><TToan>{said[2]}</TToan></NDHDon></DLHDon></HDon>"
    )


def related(way: int) -> str:
    which = "<KHHDCLQuan>K26TSD</KHHDCLQuan><SHDCLQuan>4711</SHDCLQuan>"
    return f"<TTHDLQuan><TCHDon>{way}</TCHDon>{which}</TTHDLQuan>"


def test_both_in_one_file_are_one_bill(where: MeterLedger) -> None:
    both = notice_of(read(f"<DLieu>{xml(4711, 398)}{xml(5022, 298, related(1))}</DLieu>"))
    assert [one.kwh for one in both.bills] == [298]
    received = receive_notice(where, both, now=NOW)
    left = "Invoice 1K26TSD no. 4711 of 2026-11-03 is left out: another one in the text replaces it."
    assert received.told == (left,)
    assert len(bills(where.ledger, "main")) == 1


def test_a_message_and_the_invoice_of_one_bill_complete_each_other(where: MeterLedger) -> None:
    ((first, _),) = give(where, notice()).bills
    ((both, _),) = give(where, RIGHT).bills
    assert (both.entry, len(both.rows)) == (first.entry, 2)
    assert both.bill.invoice is not None
    assert "This bill is already stored" in refused(where, RIGHT)
    assert "This bill is already stored" in refused(where, notice())


def test_the_day_of_an_invoice_completes_its_number(where: MeterLedger) -> None:
    bare = WRONG.replace(" Ngày: 03/11/2026", "")
    ((first, _),) = give(where, bare).bills
    assert first.bill.invoice is not None
    assert first.bill.invoice.date is None
    ((both, _),) = give(where, WRONG).bills
    assert both.entry == first.entry
    assert both.bill.invoice is not None
    assert both.bill.invoice.date == dt.date(2026, 11, 3)


@pytest.mark.parametrize("stored", [False, True])
def test_a_difference_is_told_and_never_judged(where: MeterLedger, stored: bool) -> None:
    entry = give(where, WRONG).bills[0][0].entry if stored else None
    said = refused(where, DIFFERENCE)
    assert "only adjusts another one (1K26TSD no. 4711 of 2026-11-03)" in said
    assert "It adds -100 kWh, -323,784 VND." in said
    assert (f"Together with bill {entry} that makes 298 kWh" in said) is stored
    assert said.endswith("Nothing was stored.")
    assert "only adjusts" in refused(where, DIFFERENCE, replaces=entry or 1)


def test_a_difference_beside_its_bill_is_told_with_it(where: MeterLedger) -> None:
    received = give(where, f"<DLieu>{xml(4711, 398)}{xml(5030, -100, related(2))}</DLieu>")
    ((stored, _),) = received.bills
    assert stored.bill.kwh == 398
    (told,) = received.told
    assert "It adds -100 kWh" in told


def test_a_difference_of_another_customer_is_refused(where: MeterLedger) -> None:
    other = DIFFERENCE.replace("PB05010009999", "PB05010008888")
    assert "PB05010008888 is not that of this meter" in refused(where, other)


def test_a_difference_may_change_no_amount(where: MeterLedger) -> None:
    nothing = (
        "<HDon><DLHDon><TTChung><KHHDon>K26TSD</KHHDon><SHDon>5031</SHDon><TTHDLQuan><TCHDon>2</TCHDon>"
        "<KHHDCLQuan>K26TSD</KHHDCLQuan><SHDCLQuan>4711</SHDCLQuan></TTHDLQuan></TTChung><NDHDon><NMua>"
        "<MKHang>PB05010009999</MKHang></NMua><TToan><TgTCThue>0</TgTCThue><TgTThue>0</TgTThue>"
        "<TgTTTBSo>0</TgTTTBSo></TToan></NDHDon></DLHDon></HDon>"
    )
    assert "It changes neither the kWh nor the amount." in refused(where, nothing)

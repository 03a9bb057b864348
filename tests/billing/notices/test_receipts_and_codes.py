"""Money that was paid is no bill, however the receipt says so; a code ends where it ends."""

import pytest

from sodien.billing.bill import Bill
from sodien.billing.notices.read import read

PAID = (
    "BIDV: Giao dich thanh toan hoa don dien thanh cong. "
    "Ma KH PE05000123456, ky 10/2026, so tien 636,768 VND.",
    "Dien luc Hoa Thanh xac nhan da nhan du so tien 474.876 dong tien dien cua KH PB05080077123.",
    "BIEN NHAN THANH TOAN TIEN DIEN\nMa KH: PB05010034567\n"
    "San luong: 250 kWh\nSo tien: 636,768 d\nDa thu tien ngay 05/11/2026",
)


def bills(text: str) -> list[Bill]:
    return [one.content for one in read(text).documents if isinstance(one.content, Bill)]


@pytest.mark.parametrize("text", PAID)
def test_a_receipt_is_no_bill(text: str) -> None:
    assert bills(text) == []
    assert read(text).problems != ()


def test_thanks_for_the_last_payment_leave_this_bill_a_bill() -> None:
    text = (
        "EVNHCMC cam on QK PE01000123456 da thanh toan HD T9/2026. "
        "Tien dien T10/2026: 250 kWh, so tien 636.768d."
    )
    assert [one.kwh for one in bills(text)] == [250]


def test_a_code_ends_where_the_next_sentence_begins() -> None:
    text = "Ma khach hang: PB08020011223.Tien dien thang 10 nam 2026 la 636.768 dong."
    assert [one.customer for one in bills(text)] == ["PB08020011223"]


def test_the_first_group_of_a_code_is_no_code() -> None:
    understood = read("Ma KH: PE0100 0123 456. Tien dien thang 10/2026 la 636.768 dong.")
    assert [one.content.customer for one in understood.documents if isinstance(one.content, Bill)] in (
        [""],
        [None],
    )
    assert [one.field for one in understood.problems if one.key == "unreadable"] == ["customer"]

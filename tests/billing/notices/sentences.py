"""Notices put together from what senders write for each field, in any order, with remarks in between.

Each is honest: indices, consumption and money add up by the household prices of 2025. What a person reads in
it is known, because it was put in.
"""

from __future__ import annotations

import calendar
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random

_SENDERS = (
    "EVNSPC thông báo", "Điện lực Gò Dầu kính báo", "HTX điện Tân Lập thông báo", "EVNHCMC", "EVNNPC TB",
    "BQL chung cư Sen Vàng", "[CSKH EVNCPC]", "Kính gửi Quý khách hàng", "HÓA ĐƠN TIỀN ĐIỆN",
)  # fmt: skip
_CUSTOMERS = (
    "mã KH {code}", "Mã khách hàng: {code}", "KH: {code}", "MKH {code}", "KH {name} ({code})", "({code})",
    "khách hàng {name}, mã {code}", "KH {name} - {code}", "{code}", "của quý khách {name} mã số {code}",
    "mã số khách hàng là {code}", "ông {name} ({code})", "Mã KH/Danh bộ: {code}",
)  # fmt: skip
_NAMES = (
    "Nguyễn Văn An",
    "Trần Thị Bé Tư",
    "CÔNG TY TNHH MAY ĐẠI PHÁT",
    "Võ Quang Sáu",
    "Đỗ Thị Mười",
    "Hồ Năm",
)
_MONTHS = (
    "tháng {m}/{y}", "tháng {m} năm {y}", "T{m}/{y}", "kỳ {m}/{y}", "kỳ 1 tháng {m}/{y}", "kỳ 1-{m}/{y}",
    "kỳ 1/{m}/{y}", "tháng {m:02}.{y}", "Kỳ: 1 - Tháng: {m} - Năm: {y}", "T{m}-{y}", "T.{m}/{y}",
    "HĐ T{m}/{y}",
)  # fmt: skip
_PERIODS = (
    "từ ngày {a} đến ngày {b}", "từ {a} đến {b}", "({a} - {b})", "từ {a}-{b}", "thời gian: {a} - {b}",
    "kỳ ghi: {a} đến {b}", "từ ngày {a} - {b}", "Từ ngày: {a} Đến ngày: {b}",
)  # fmt: skip
_INDICES = (
    "chỉ số cũ {o}, chỉ số mới {n}", "CS cũ: {o}; CS mới: {n}", "CSC {o} CSM {n}", "số cũ {o} số mới {n}",
    "chỉ số đầu kỳ: {o}, chỉ số cuối kỳ: {n}", "CSĐK={o}, CSCK={n}", "chỉ số: {o} - {n}", "CS {o} -> {n}",
    "chỉ số mới {n}, chỉ số cũ {o}", "đầu kỳ {o} cuối kỳ {n}", "chỉ số từ {o} đến {n}", "CSM({n})-CSC({o})",
    "Chỉ số tháng trước: {o}. Chỉ số tháng này: {n}",
)  # fmt: skip
_ENERGIES = (
    "sản lượng {k} kWh", "điện tiêu thụ: {k} kWh", "SL: {k}kWh", "tiêu thụ {k} kWh", "ĐNTT {k} kWh",
    "({k} kWh)",
    "dùng {k} số", "đã sử dụng hết {k} kWh", "lượng điện tiêu thụ là {k} kWh", "{k} kWh", "số kWh: {k}",
    "tiêu thụ: {k} số điện", "Tổng tiêu thụ: {k} kWh", "mức tiêu thụ {k} kWh",
)  # fmt: skip
_TOTALS = (
    "số tiền {t}", "tổng tiền: {t}", "tiền điện {t}", "tổng cộng {t}", "số tiền phải thanh toán: {t}",
    "ST {t}",
    "thành tiền {t}", "tiền điện là {t}", "phải trả {t}", "số tiền (gồm VAT): {t}", "thanh toán {t}",
    "tổng tiền sau thuế: {t}", "số tiền phải nộp là {t}",
)  # fmt: skip
_SUMS = (
    "tiền điện {a}, thuế GTGT {b}, tổng cộng {c}", "tiền chưa thuế: {a}; thuế: {b}; tổng: {c}",
    "thành tiền {a} + VAT {b} = {c}", "cộng tiền điện: {a}. Thuế GTGT (8%): {b}. Tổng thanh toán: {c}",
)  # fmt: skip
_REMARKS = (
    "Hạn thanh toán {day}", "nộp trước ngày {day}", "Hotline 19001006", "LH 0912345678",
    "bình quân 7,8 kWh/ngày",
    "Thu tại nhà văn hóa từ 8h đến 11h ngày {day}", "so với tháng trước tăng 12 kWh", "tháng trước {x} kWh",
    "cùng kỳ năm trước {x} kWh", "phí thu hộ 3.300đ", "điểm thưởng 4.200", "STK 0123456789 Agribank",
    "điện áp 220V", "công suất 3,2 kW", "trạm 250kVA", "giảm 8% so với tháng 3", "Mã tra cứu: 8H2K91",
    "nhân viên thu: Tư Hiền 0987654321", "ngày lập {day}", "nợ kỳ trước 0 đồng", "cột 23/4B", "tổ 7 ấp 3",
)  # fmt: skip
_SIGNS = (", ", "; ", ". ", " - ", "\n", " | ", ": ")
_CURRENCIES = (" đồng", " đ", "đ", " VND", "d", "")
#: kWh of each price of 10 May 2025, and the price in đồng.
_PRICES = ((50, 1984), (50, 2050), (100, 2380), (100, 2998), (100, 3350), (10**9, 3460))


@dataclass(frozen=True)
class Sentence:
    """A notice and what stands in it, by the fields of a bill; indices as ``old`` and ``new``."""

    text: str
    fields: dict[str, Decimal | int | str]


def sentence(random: Random) -> Sentence:
    """A notice with a customer, a month and some of the other fields."""
    kwh = random.choice((random.randint(1, 60), random.randint(50, 320), random.randint(300, 2500)))
    old = random.choice((random.randint(10, 999), random.randint(1000, 89999)))
    month, year = random.randint(1, 12), random.choice((2025, 2026))
    code = f"P{random.choice('ABCDEK')}{random.randrange(10**11):011}"
    fields: dict[str, Decimal | int | str] = {"customer": code, "month": month, "year": year}
    customer = random.choice(_CUSTOMERS).format(code=code, name=random.choice(_NAMES))
    head = [customer, random.choice(_MONTHS).format(m=month, y=year)]
    random.shuffle(head)
    if random.random() < 0.3:
        head[0] = f"tiền điện {head[0]}"
    body: list[str] = []
    if random.random() < 0.35:
        last = f"{calendar.monthrange(year, month)[1]:02}"
        body.append(random.choice(_PERIODS).format(a=f"01/{month:02}/{year}", b=f"{last}/{month:02}/{year}"))
        fields |= {"first": f"{year}-{month:02}-01", "last": f"{year}-{month:02}-{last}"}
    if random.random() < 0.55:
        shown = random.choice((str, _dotted, _commas))
        body.append(random.choice(_INDICES).format(o=shown(old), n=shown(old + kwh)))
        fields |= {"old": old, "new": old + kwh}
    net, tax = _charge(kwh)
    money, currency = random.choice((_dotted, _commas, str)), random.choice(_CURRENCIES)
    a, b, c = (f"{money(one)}{currency}" for one in (net, tax, net + tax))
    if random.random() < 0.25:
        body.append(random.choice(_SUMS).format(a=a, b=b, c=c))
        fields |= {"net": net, "tax": tax, "total": net + tax}
    else:
        body.append(random.choice(_TOTALS).format(t=c))
        fields["total"] = net + tax
    if random.random() < 0.85:
        body.append(random.choice(_ENERGIES).format(k=random.choice((str, _dotted))(kwh)))
        fields["kwh"] = kwh
    random.shuffle(body)
    for _ in range(random.choice((0, 1, 2))):
        day = f"{random.randint(1, 28):02}/{month % 12 + 1:02}/{year + month // 12}"
        remark = random.choice(_REMARKS).format(day=day, x=random.randint(50, 400))
        body.insert(random.randint(0, len(body)), remark)
    sign = random.choice(_SIGNS)
    begin = f"{random.choice(_SENDERS)}{random.choice((': ', ' ', chr(10)))}{', '.join(head)}"
    text = f"{begin}{sign}{sign.join(body)}."
    return Sentence(random.choice((str, _bare, str.upper))(text), fields)


def _charge(kwh: int) -> tuple[int, int]:
    """The money before tax and the tax of so many kWh in a month."""
    net, left = 0, kwh
    for width, price in _PRICES:
        net += min(width, left) * price
        left -= min(width, left)
    return net, int((Decimal(net) * 8 / 100).to_integral_value(ROUND_HALF_UP))


def _dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _commas(number: int) -> str:
    return f"{number:,}"


def _bare(text: str) -> str:
    """Without accents."""
    letters = (char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return "".join(letters).replace("đ", "d").replace("Đ", "D")

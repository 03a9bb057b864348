"""Vietnamese for installing, setting up, backing up, integrating."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "connection": "kết nối",
    "energy since installation": "điện năng từ khi lắp đặt",
    "register, lower bound": "chỉ số, cận dưới",
    "register, upper bound": "chỉ số, cận trên",
    "this billing period": "kỳ hóa đơn này",
    "cost of this billing period": "tiền điện kỳ hóa đơn này",
    "next reading day": "ngày ghi chỉ số kế tiếp",
    "time to read the dial": "đến lúc đọc mặt số",
    "problem": "sự cố",
}

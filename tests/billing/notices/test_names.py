"""Given names are words of every kind: whoever lives there, the numbers of a bill are the same."""

from __future__ import annotations

import unicodedata

import pytest

from sodien.billing.bill import Bill
from sodien.billing.notices.read import read

#: Given names, among them many that are also "electricity", "money", "cancelled", "before", "may" …
NAMES = """
    An Anh Ái Ân Bắc Bách Ban Băng Bảo Bích Bình Cảnh Công Cường Châu Chi Chí Chinh Chiến Chung Cúc
    Danh Dao Đào Đăng Đạt Diễm Điện Điền Diệp Diệu Định Đình Doan Đoàn Đông Đồng Dũ Đức Dung Dũng
    Dương Duy Duyên Gấm Gia Giang Giao Giàu Hà Hai Hải Hân Hạnh Hằng Hào Hảo Hậu Hiên Hiền Hiếu Hiệp
    Hồ Hoa Hòa Hoài Hoàn Hoàng Hội Hồng Hợp Huệ Hùng Hưng Hương Hường Hữu Huy Huyền Khải Khang Khánh
    Khoa Khôi Khuê Kiên Kiệt Kiều Kim Kỳ Lai Lam Lâm Lan Lành Lập Lê Liên Liễu Linh Loan Lộc Lợi
    Long Luân Lục Lương Lưu Ly Mai Mạnh Mẫn Mận Miên Minh Mười Mỹ Nam Năm Nga Ngân Nghĩa Ngọc Nguyên
    Nhân Nhật Nhi Nho Nhơn Như Nhung Ninh Oanh Phát Phong Phú Phúc Phụng Phước Phương Phượng Quan
    Quân Quang Quế Quốc Quý Quy Quyên Quyền Quyết Quỳnh Sang Sáu Sen Sinh Sơn Sương Tài Tâm Tám Tân
    Tấn Tăng Thạch Thái Thắm Thân Thắng Thanh Thành Thảo Thế Thi Thiện Thịnh Thọ Thoa Thông Thu
    Thuận Thục Thủy Thúy Thư Thương Thường Tiên Tiến Tiền Tín Tĩnh Tính Toàn Toán Tôn Tòng Trang
    Trâm Trân Trí Triều Trinh Trọng Trúc Trung Trường Trước Tứ Tú Từ Tuân Tuấn Tuyên Tuyến Tuyết Út
    Uyên Văn Vân Vi Viên Việt Vinh Vũ Vui Vương Vượng Xuân Xuyến Yên Yến Ba Bảy Bốn Chín
""".split()  # noqa: SIM905
TEXTS = [
    "DL Tay Ninh TB: KH {name}, ma KH PB05010012345, T10/2026 su dung 245 kWh, tong tien 612.300d. Han 9/11.",
    "Quy khach {name} da su dung 245 kWh dien thang 10/2026, so tien phai tra la 612.300 dong.",
    "HTX dien: ba {name} - cs cu 1200 - cs moi 1445 - tieu thu 245kWh - thanh tien 612.300 d - ky 10/2026",
    "Kinh gui ong {name}. Hoa don tien dien thang 10/2026: dien tieu thu 245 kWh, tien dien 566.944, "
    "thue GTGT 45.356, tong cong 612.300 dong.",
    "Ban dien thon 4: ho {name} so cu 1200 so moi 1445 dung 245 kWh tien 612.300d ky 10/2026",
]


def without_accents(name: str) -> str:
    plain = name.replace("đ", "d").replace("Đ", "D")
    return "".join(char for char in unicodedata.normalize("NFD", plain) if not unicodedata.combining(char))


def told(text: str) -> list[tuple[object, ...]]:
    contents = [document.content for document in read(text).documents]
    assert all(isinstance(one, Bill) for one in contents), text
    return [
        (one.month, one.year, one.kwh, one.net, one.tax, one.total, [(row.old, row.new) for row in one.rows])
        for one in contents
        if isinstance(one, Bill)
    ]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_name_is_no_word_of_the_bill(text: str) -> None:
    usual = told(text.format(name="Nguyễn Văn Dzũng"))
    assert usual
    assert usual[0][2] == 245
    for number, name in enumerate(NAMES, TEXTS.index(text)):
        plain = without_accents(name)
        spelled = (plain.upper(), f"Nguyen Van {plain}", name)[number % 3]
        assert told(text.format(name=spelled)) == usual, spelled

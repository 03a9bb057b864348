"""Numbers of other types, put into notices: whatever they count, no field of the bill may change.

The phrases stand where people and companies put them: between a label and its value, behind a sentence, at
the end of a line. Each has a number that an index, a consumption or a sum of money could be taken for.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import msgspec
import yaml

from sodien.billing.bill import Invoice
from sodien.billing.notices.model import Document
from sodien.billing.notices.read import read
from tests.billing.notices.mutations import corpus

#: What makes a value one of another time, where nothing proves it: then it is left out, and never changed.
OF_MONTHS = "trong 6 tháng"
#: Phrases that explain a value: they may stand between its label and itself.
BESIDE = (
    "trong 31 ngày", "trong 30 ngay", "(31 ngày)", "lần 2", "(lần 1)", "cho 4 người", "ngày 31", "lúc 8h30",
    "(30/9)", "đợt 1", "tại số nhà 31", "phòng 1205", "(tổ 5)", "hộ số 318", OF_MONTHS,
    "cho 3 pha", "tầng 12", "ngày 05/11/2026", "(căn T2-0903)", "phòng B4-312", "(lô 12/004567)",
)  # fmt: skip
#: Phrases that stand for themselves: behind a sentence or at the end of a line.
APART = (
    "Hotline 19001234.", "Gọi 0911000222 nếu cần.", "Tổ 5, ấp 12, xã 3.", "Giảm 10% cho 30 khách.",
    "Giá 1.984 đ/kWh.", "Bình quân 4,9 kWh/ngày.", "Có 31 ngày.",
    "Thu từ ngày 05/11/2026 đến ngày 08/11/2026.", "Tháng trước 161 kWh.", "Cùng kỳ 207 kWh.",
    "Phí 1.100 đồng.",
    "TK 2461009222222 tại 3 ngân hàng.",
    "Hợp đồng ký ngày 12/10/2019.", "Nộp trước ngày 20/11/2026.", "Số dư 1.846.902 đ.", "Định mức 400 kWh.",
    "Công suất 40 kW.", "Mở cửa 8h-11h.", "Mã tra cứu 45678.", "MST 0312345678-007.",
    "Giá 2.000đ/số.", "Điện phát lên lưới 310 kWh.", "So với T8 (161 kWh).", "Dự kiến kỳ tới 190 kWh.",
    "Trả qua app hoàn 5% tối đa 20.000đ.", "Kiểm định năm 2021, cấp 1,0.",
)  # fmt: skip


#: For notices that are read more than once as they stand.
read_once = functools.cache(read)


@functools.cache
def texts() -> list[tuple[str, str]]:
    """Name and text of every notice of the corpora that is read as one document or two."""
    written = yaml.safe_load(Path(__file__).with_name("written.yaml").read_text(encoding="utf-8"))
    found = [one for one in corpus() if one[0].endswith(".txt")]
    found += [  # of several registers, the name of each would have to be a label
        (f"written-{number}", case["text"])
        for number, case in enumerate(written)
        if not any("rows[1]" in field for bill in case.get("bill", ()) for field in bill)
    ]
    return [(name, text) for name, text in found if 0 < len(read_once(text).documents) <= 2]


def places(text: str, document: Document) -> Iterator[tuple[int, bool]]:
    """Where a phrase can stand without cutting a word or a number; whether it is in front of a value."""
    starts = {
        field.start
        for field in document.fields
        if _has_label(field.path)
        and " " not in text[field.start : field.end]  # of groups apart one is enough
    }
    for start in sorted(starts):
        if (
            start
            and text[start - 1] in " :="
            and text[max(0, start - 12) : start].strip()
            and "\t" not in text
            and not text[:start].casefold().endswith("thue ")  # "thue phong" is a rent
        ):
            yield start, True
    for at, char in enumerate(text):
        line = text[text.rfind("\n", 0, at) + 1 : at]
        if (
            char == "\n"
            and any(one.isdigit() for one in line)
            and any(one.isalpha() for one in line)
            and text[at + 1 : at + 2] not in ".,0123456789"
        ) or (text[at : at + 2] == ". " and text[at - 1].isalpha()):
            yield (at if char == "\n" else at + 1), False
    yield len(text), False


#: Values that stand in one line with others, parts of a date, and words.
_OTHERS = frozenset(
    """tiers term month year first last customer name serial day until read_at tax_rate arising_kind
    invoice_kind estimated register""".split()  # noqa: SIM905 - as words they are read faster
)


def _has_label(path: str) -> bool:
    """Whether a value has a label of its own in front of it."""
    return path.partition("[")[0] not in _OTHERS and path.rpartition(".")[2] not in _OTHERS


def inserted(text: str, place: int, phrase: str, beside: bool) -> str:
    """The text with one phrase more."""
    if beside:
        return (
            f"{text[:place]}{phrase} {text[place:]}"
            if text[place - 1] == " "
            else f"{text[:place]} {phrase} {text[place:]}"
        )
    end = "" if text[:place].rstrip()[-1:] in (".", "!", ":", ";", ",") else "."
    return f"{text[:place]}{end} {phrase}{text[place:]}"


def values(text: str) -> dict[str, object]:
    """Every field of every document of a text; where a text comes from is no field."""
    found: dict[str, object] = {}
    for number, document in enumerate(read(text).documents):
        for name, value in msgspec.structs.asdict(document.content).items():
            if name == "rows":
                for register in value:
                    parts = msgspec.structs.asdict(register).items()
                    row = f"{register.register}{register.serial or ''}"
                    found |= {f"{number}.rows[{row}].{part}": one for part, one in parts if one is not None}
            elif name == "tiers":
                for line, tier in enumerate(value):
                    parts = msgspec.structs.asdict(tier).items()
                    found |= {f"{number}.tiers[{line}].{part}": one for part, one in parts if one is not None}
            elif isinstance(value, Invoice):
                parts = msgspec.structs.asdict(value).items()
                found |= {f"{number}.{name}.{part}": one for part, one in parts if one is not None}
            elif value not in (None, (), False) and name != "source":
                found[f"{number}.{name}"] = value
    return found

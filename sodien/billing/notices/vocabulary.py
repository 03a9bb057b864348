"""The words in front of a value, in the many wordings of notices: folded, without blanks, dots or strokes.

"Chỉ số cũ", "CHI_SO_CU", "chi so  cu" and "ChiSoCu" are all ``chisocu`` here.
"""

from __future__ import annotations

from collections.abc import Sequence

from sodien.billing.notices.tokens import Token

#: Label → its wordings. Labels named ``skip…`` are known to be none of Sodien's business: they are here so
#: that a shorter label inside them ("thuế" in "mã số thuế") does not take their value.
_WORDINGS: dict[str, str] = {
    "customer": """
        ma kh|ma khach hang|ma khang|ma so khach hang|ma kh hang|makhang|mkh|ma so kh|ma pe|ma danh bo|
        customer code|customer id|customer no|customer number|account no|account number|customer|so kh""",
    "customer_or_name": """
        khach hang|ten khach hang|ho ten|ho va ten|ten kh|chu hop dong|customer name|ten chu ho|kh""",
    "serial": """
        so cong to|so cto|so c to|socto|ma cong to|cong to so|cong to|so che tao|so ct|serial|serial no|
        serial number|meter no|meter number|meter serial|meter serial number|meter|so che tao cong to|
        ma cto""",
    "from": """
        tu ngay|tu|ngay dau ky|ngay dky|from|from date|start date|period start|ngay bat dau|
        thoi gian tu ngay""",
    "to": """
        den ngay|den|ngay cuoi ky|ngay cky|to|to date|end date|period end|toi ngay|ngay ket thuc|
        den het ngay""",
    "last": """
        ngay ghi chi so|ngay ghi dien|ngay chot chi so|ngay chot so|ngay doc chi so|ngay ghi cs|
        ngay gcs|ngay chot cs|reading date|read date|date of reading|meter reading date|ngay ghi so""",
    "schedule": """
        se ghi dien|lich ghi dien|lich ghi chi so|ngay ghi dien tiep theo|ngay ghi chi so tiep theo|
        ngay ghi chi so ky toi|ngay ghi chi so du kien|du kien ghi chi so|se ghi chi so|
        ngay ghi chi so ky tiep theo|ngay ghi dien du kien|ngay ghi dien ky toi|du kien ghi dien|
        next reading date|next reading day|next meter reading|se tien hanh ghi chi so|se den ghi chi so|
        se chot chi so|lich ghi cs|lich chot chi so|ngay ghi chi so ke tiep|ngay ghi dien ke tiep""",
    "period": """
        thoi gian|thoi gian su dung|ky ghi chi so|billing period|period|ky hoa don tu|ky tieu thu|
        ky su dung|thoi gian tieu thu|ky tinh tien""",
    "term": "ky|ky hoa don|ky thu|ky cuoc|ky thanh toan|billing term",
    "month": "thang|thang hoa don|hoa don thang|billing month|month|ky thang",
    "bcs": "bcs|bo chi so|loai chi so|register",
    "old": """
        chi so cu|chi so dau ky|chi so dau|chi so ky truoc|chi so thang truoc|csc|cs cu|csdk|cs dau ky|
        cs dau|so cu|so dien cu|chi so dien cu|chi so cong to cu|previous reading|old index|old reading|
        previous index|last reading|opening reading|chi so ghi cu|so dau ky""",
    "new": """
        chi so moi|chi so cuoi ky|chi so cuoi|chi so ky nay|chi so thang nay|csm|cs moi|csck|cs cuoi ky|
        cs cuoi|so moi|so dien moi|chi so dien moi|chi so cong to moi|current reading|new index|
        new reading|current index|present reading|closing reading|chi so ghi moi|so cuoi ky|
        chi so hien tai""",
    "old new": "chi so cu moi|cs cu moi|chi so cu va moi|chi so dau cuoi|cs dau cuoi",
    "multiplier": """
        hsn|he so nhan|hs nhan|hsnhan|he so|he so n|multiplier|multiplication factor|meter factor|
        factor""",
    "kwh": """
        dien nang tieu thu|dien tieu thu|dien tthu|dntt|dien nang tthu|luong dien tieu thu|
        tong dien nang tieu thu|tong dien tieu thu|so dien tieu thu|tong so dien tieu thu|so dien|
        so kwh|so kwh tieu thu|tieu thu|tong tieu thu|dien nang|energy|energy consumption|consumption|
        electricity consumption|usage|energy used|total consumption|kwh used|tong so kwh|tong san luong|
        san luong dien tieu thu|san luong tieu thu|dien nang su dung|dntt kwh|so dien su dung|
        luong dien su dung|dien su dung|dien ttieu thu""",
    "row_kwh": "san luong|sl|san luong dien|sluong|units",
    "removed": "san luong thao|sl thao|sluong thao|san luong cong to thao|san luong treo thao",
    "price": """
        don gia|gia|gia dien|price|unit price|rate vnd kwh|don gia dong kwh|don gia vnd kwh|dgia""",
    "amount": "thanh tien|amount|line amount|thtien",
    "net": """
        tien dien chua thue|tong tien chua thue|tong tien dien chua thue|cong tien dien|tien truoc thue|
        tien dien truoc thue|tong tien truoc thue|tong tien dien chua vat|tien chua thue|cong tien hang|
        net|subtotal|net amount|amount before tax|amount before vat|before tax|
        tong tien dien chua thue gtgt|tien dien chua vat|tong tien chua vat|tien dien chua thue gtgt|
        so tien chua thue|tong tien chua thue gtgt|tong tien truoc vat|cong tien|thanh tien chua thue|
        tong cong tien dien chua thue|tien dien chua bao gom thue|tong tien dien chua bao gom thue|
        tong tien dien truoc thue""",
    "tax": """
        thue gtgt|tien thue gtgt|tien thue|thue|vat|thue vat|tien vat|tien thue vat|tax|vat amount|
        tien gtgt|thue gia tri gia tang|tong tien thue|tong thue|gtgt|tong tien thue gtgt|
        value added tax|tong thue gtgt""",
    "rate": """
        thue suat|thue suat gtgt|thue suat thue gtgt|ty le thue|tyle thue|vat rate|tax rate|
        thue suat vat""",
    "total": """
        tong tien|tong tien thanh toan|tong cong tien thanh toan|tong so tien|tong so tien thanh toan|
        so tien thanh toan|so tien phai thanh toan|so tien phai tra|tong so tien phai thanh toan|
        tong tien phai tra|tong tien phai thanh toan|tong so tien phai tra|phai thanh toan|phai tra|
        tong thanh toan|total|total amount|amount due|total due|amount payable|total payable|
        total amount due|tong cong thanh toan|tong tien dien|so tien can thanh toan|
        tong tien can thanh toan|tong so tien can thanh toan|tong cong tien dien|grand total|
        tong tien sau thue|tong tien gom thue|tong tien da bao gom thue|tong cong so tien thanh toan|
        can thanh toan|tong tien dien da bao gom thue|tong tien co thue|tong tien dien sau thue|
        tien dien da bao gom thue|tien dien da co thue|tong cong tien|tong tien dien phai thanh toan|
        tong tien dien phai tra|tien thanh toan""",
    "money": """
        tien dien|so tien|so tien dien|tong cong|tien|electricity charge|charge|hoa don tien dien|cong""",
    "households": """
        so ho|so ho dung chung|so ho dung dien|households|number of households|so ho su dung|so ho dung""",
    "arising": "tien phat sinh",
    "arising_tax": "thue phat sinh",
    "owed": "tien no",
    "owed_tax": "thue no",
    "arising_kind": "loai phat sinh",
    "invoice_kind": "loai hoa don",
    "owing": "dang no tien dien|con no tien dien",
    "estimated": """
        chi so tam tinh|chi so uoc tinh|ghi tam tinh|san luong tam tinh|san luong uoc tinh|
        estimated reading|hoa don tam tinh|chi so tam|reading estimated|estimated index|ghi uoc""",
    "outage": """
        lich cup dien|ngung giam cung cap dien|tam ngung cung cap dien|lich ngung cung cap dien|
        mat dien|ngung cung cap dien|cat dien|tam ngung cap dien|power cut|power outage|ngung cap dien|
        cup dien""",
    "tier": "bac|bac thang|tier|block|muc|bac thang thu",
    "ordinal": "stt|so tt",
    "skip": """
        ma so thue|mst|ma so thue gtgt|so hoa don|ky hieu|mau so|ma hoa don|seri|so seri|so tai khoan|
        ma so gcs|ma tram|ma gia|ma diem do|dien thoai|so dien thoai|hotline|tong dai|lien he|dia chi|
        han thanh toan|ngay thanh toan|han chot thanh toan|thanh toan truoc ngay|truoc ngay|
        ngay thong bao|ngay phat hanh|ngay lap|ngay ky|ngay in|thanh toan tu ngay|tinh den ngay|
        dien tieu thu thang truoc|dien nang tieu thu thang truoc|tien dien thang truoc|
        tien dien ky truoc|no ky truoc|no cu|cung ky|cung ky nam truoc|thang truoc|ky truoc|
        ngay ghi chi so ky truoc|ngay ghi chi so cu|ngay ghi chi so truoc|ngay ghi dien ky truoc|
        due date|payment due|invoice no|invoice number|invoice date|issue date|tax code|phone|address|
        tong tien no|tong no|tien dien tam tinh|so tien bang chu|bang chu|tien tam tinh|tam tinh|
        so tien da thanh toan|da thanh toan|tien coc|he so cong suat|cos phi|gia han|chi so vo cong|
        dien nang vo cong|cong suat|so tien giam|giam tru|tien giam|ma giao dich|trung binh|binh quan|
        dien tieu thu ky truoc|dien nang tieu thu ky truoc|gia ban dien|bieu gia|bieu gia dien|sai so|
        so ngay|so ngay su dung|ngay su dung|days|tien hoan|tien phat|phi|ma pin|ma tra cuu|
        ma thanh toan|hien no|tien con no|con no|tieu thu thang truoc|previous bill|last month|
        previous consumption|payment date|ngay hoa don|ngay giao dich|ngay den han|han cuoi|den han|
        den hien tai|thue no thue|gia tri|dien nang tieu thu binh quan|dien tieu thu binh quan|
        muc tieu thu|tieu thu binh quan|ngay thay cong to""",
}

#: Words that may stand between a label and its value.
FILLERS = frozenset(
    [
        "la",
        "ngay",
        "kwh",
        "kw",
        "dong",
        "vnd",
        "d",
        "cua",
        "so",
        "dien",
        "nang",
        "luc",
        "is",
        "was",
        "of",
        "trong",
        "nay",
        "thang_nay",
        "ky_nay",
        "kỳ",
        "bang",
        "the",
        "on",
        "at",
        "gtgt",
        "suat",
        "tien",
        "hd",
        "su",
        "dung",
        "da",
        "duoc",
        "vao",
        "gio",
        "quy",
    ]
)

#: Units behind a number.
ENERGY = frozenset({"kwh", "kw"})
MONEY = frozenset({"d", "vnd", "dong", "₫", "vnđ"})
#: Words that multiply the number in front of them: the value itself is not in the text.
SCALES = frozenset({"k", "nghin", "ngan", "trieu", "tr", "ty", "million", "thousand", "mwh", "gwh", "wh"})

LABELS: dict[str, str] = {
    "".join(wording.split()): label
    for label, wordings in _WORDINGS.items()
    for wording in wordings.split("|")
}

_MOST_WORDS = 9
_JOINTS = frozenset("._/-")


def label_at(tokens: Sequence[Token], start: int) -> tuple[str, int] | None:
    """The longest label that begins at this word, and the index behind it."""
    compact, at, best = "", start, None
    for _ in range(_MOST_WORDS):
        token = tokens[at]
        if token.kind != "word":
            break
        compact += token.text.replace("_", "")
        at += 1
        if label := LABELS.get(compact):
            best = (label, at)
        joint = at
        while joint < len(tokens) and tokens[joint].text in _JOINTS and joint - at < 2:
            joint += 1
        if joint >= len(tokens) or tokens[joint].kind != "word":
            break
        at = joint
    return best

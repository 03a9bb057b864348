"""The words in front of a value, in the many wordings of notices: folded, without blanks, dots or strokes.

"Chỉ số cũ", "CHI_SO_CU", "chi so  cu" and "ChiSoCu" are all ``chisocu`` here.
"""

from __future__ import annotations

from collections.abc import Sequence

from sodien.billing.notices.tokens import Token


def word_set(words: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(words.split())


#: Label → its wordings. Labels named ``skip…`` are known to be none of Sodien's business: they are here so
#: that a shorter label inside them ("thuế" in "mã số thuế") does not take their value.
_WORDINGS: dict[str, str] = {
    "customer": """
        ma|ma so|ma ho|ma ho su dung|ma so kh|ma kh hang|ma so khach|makh|ma k hang|ma khach|mkhg|
        customer s code|ma khach hang|
        ma so khach hang|mkh|ma pe|ma danh bo|customer code|customer id|customer no|customer number|
        account no|account number|customer|so kh""",
    "customer_or_name": """
        quy khach hang|quy khach|quy kh|chu ho|ten chu hop dong|ong ba|ho su dung dien|ho dan|khach hang|
        ten khach hang|ho ten|ho va ten|ten kh|chu hop dong|customer name|ten chu ho|kh""",
    "serial": """
        so cong to dien|so che tao ct|cto|cto so|so dong ho|dong ho so|cong to 1 pha so|
        cong to 3 pha so|cong to do dem|so seri cong to|socongto|so no cong to|
        so hieu cong to|ma so cong to|so may|so cto|ma cong to|cong to so|cong to|so che tao|so ct|serial|
        serial no|serial number|meter no|meter number|meter serial|meter serial number|meter|
        so che tao cong to|ma cto""",
    "from": """
        tungay|tu het ngay|tu|tn|ngay dau ky|ngay dky|from|from date|start date|period start|ngay bat dau|
        thoi gian tu ngay""",
    "to": """
        denngay|den het|toi|den|dn|ngay cuoi ky|ngay cky|to|to date|end date|period end|toi ngay|
        ngay ket thuc|den het ngay""",
    "last": """
        ngay ghi chi so cong to|ngay ghi|ngay chot|ngay ghi chi so|ngay ghi dien|ngay chot chi so|
        ngay chot so|ngay doc chi so|ngay ghi cs|ngay gcs|ngay chot cs|reading date|read date|
        date of reading|meter reading date|ngay ghi so""",
    "schedule": """
        se ghi chi so cong to|lich ghi chi so cong to|du kien ghi chi so cong to|se den ghi dien|
        se ghi cs|se di ghi chi so|se di ghi dien|ghi chi so du kien|se tien hanh ghi dien|du kien ghi cs|
        se ghi dien|lich ghi dien|lich ghi chi so|ngay ghi dien tiep theo|ngay ghi chi so tiep theo|
        ngay ghi chi so ky toi|ngay ghi chi so du kien|du kien ghi chi so|se ghi chi so|
        ngay ghi chi so ky tiep theo|ngay ghi dien du kien|ngay ghi dien ky toi|du kien ghi dien|
        next reading date|next reading day|next meter reading|se tien hanh ghi chi so|se den ghi chi so|
        se chot chi so|lich ghi cs|lich chot chi so|ngay ghi chi so ke tiep|ngay ghi dien ke tiep""",
    "period": """
        ky gcs|ky ghi|ky ghi dien|thoi gian su dung dien|thoi gian tinh tien dien|ky su dung dien|
        ky tinh tien dien|thoi gian ghi dien|ky doc|chu ky|thoi gian tinh tien|thoi gian|
        thoi gian su dung|ky ghi chi so|billing period|period|ky hoa don tu|ky tieu thu|ky su dung|
        thoi gian tieu thu|ky tinh tien""",
    "term": """
        ky|ky tt|ky hoa don|ky cuoc|ky so|ky hd|ky phi|ky thu|ky thanh toan|ky tien dien|billing term|ky ky|
        ky hoa don ky|hoa don ky|hd ky""",
    "month": """
        thang|thang hd|hd thang|ky hoa don thang|tien dien trong thang|thang hoa don|hoa don thang|
        billing month|month|ky thang""",
    "bcs": "khung gio mua dien|khung gio|bo cs|thoi gian mua dien|bcs|bo chi so|loai chi so|register",
    "old": """
        so dau|csdau|chi so dk|d ky|chiso cu|chi so cuoi ky truoc|cs ky truoc|chi so thang cu|cso cu|
        chi so lan truoc|chi so dau thang|chi so truoc|dau ky|so cu cong to|chi so bat dau|chisodauky|
        chi so dau|chi so ky truoc|chi so thang truoc|cs thang truoc|chi so luc dau|csc|csd|cs cu|csdk|
        cs dau ky|so cu|so dien cu|
        chi so dien cu|chi so cong to cu|previous reading|old index|old reading|previous index|
        last reading|opening reading|chi so ghi cu|so dau ky""",
    "new": """
        so cuoi|cscuoi|chi so ck|cs thang nay|c ky|chiso moi|cs ky nay|cso moi|chi so cuoi thang|
        chi so lan nay|
        cuoi ky|
        chiso cuoi|chi so sau|chi so ket thuc|chisocuoiky|chi so ky nay|chi so thang nay|csm|cs moi|csck|
        cs cuoi ky|so moi|so dien moi|chi so dien moi|chi so cong to moi|current reading|new index|
        new reading|current index|present reading|closing reading|chi so ghi moi|so cuoi ky|
        chi so hien tai""",
    "old new": "chi so cu moi|cs cu moi|chi so cu va moi|chi so dau cuoi|cs dau cuoi",
    "multiplier": """
        hsn|hs|he so nhan|hs nhan|he so|he so n|multiplier|multiplication factor|meter factor|factor""",
    "kwh": """
        kwh|tthu|t thu|muc tieu thu|so kw|so dien nang|dtt|dsd|dntieuthu|
        sl dien|sl tieu thu|dien nang tt|dien tt|dien ttu|so dien tt|luong dien|
        dien nang tieu thu trong ky|dien nang tieu thu dieu chinh|dien tieu thu trong ky|
        dien nang tieu thu ky nay|dien tieu thu ky nay|sl tthu|sltt|so dien da dung|so dien dung|
        kwh tieu thu|san luong tt|tieu thu thang nay|tieu thu ky nay|dien nang tieu thu thang nay|
        tieu thu trong ky|so kwh su dung|so luong dien|so luong kwh|dien nang tieuthu|dien nang thieu thu|
        dien tieu thu|dien tthu|dntt|dien nang tthu|luong dien tieu thu|so dien tieu thu|so kwh|
        so kwh tieu thu|tieu thu|dien nang|energy|energy consumption|consumption|electricity consumption|
        usage|energy used|kwh used|san luong dien tieu thu|san luong tieu thu|dien nang su dung|dntt kwh|
        so dien su dung|luong dien su dung|dien su dung|dien ttieu thu""",
    "kwh_all": """
        tong dien nang tieu thu|tong dien tieu thu|tong san luong|tong so dien tieu thu|tong so kwh|
        tong luong dien tieu thu|tong dien nang|tong tieu thu|tong san luong dien|total consumption|
        tong dien nang tieu thu trong ky|tong san luong tieu thu|tong so kwh tieu thu""",
    "kwh_or_index": "so dien",
    "used": """
        su dung|s dung|da su dung|sd|su dung dien|dung|tieu thu dien|da dung|dung het|su dung het|
        tieu thu het|dien dung""",
    "index": "chi so|cs|chi so cong to|chi so dien|so cong to chi",
    "removed_index": """
        chi so thao|cs thao|chi so luc thao|chi so chot cong to cu|chi so cong to thao|chi so khi thao""",
    "installed_index": """
        chi so treo|cs treo|chi so luc treo|chi so lap|chi so khi treo|chi so cong to treo|chi so ban dau""",
    "meter_old": "cong to cu|cong to thao|cong to thao ra",
    "meter_new": "cong to moi|cong to treo|cong to lap moi",
    "export": """
        chieu nhan|chieu phat|nhan tu khach hang|dien mat troi|dien phat len luoi|phat len luoi|
        san luong phat len luoi|chi so nhan|dien nang nhan|dien du|ban len luoi|phat luoi|
        day len luoi|dien ban|san luong ban|dien nang phat len luoi|chieu ban|export|exported""",
    "import": """
        chieu giao|giao cho khach hang|nhan tu luoi|nhan luoi|mua tu luoi|lay tu luoi|tieu thu tu luoi|
        dien mua|
        chieu mua|tu luoi|import|imported""",
    "direct": "dn truc tiep|san luong truc tiep|dien nang truc tiep|sluong ttiep",
    "sub_meter": "dn tru phu|san luong tru phu|dien nang tru phu|sluong trphu",
    "actual": "dn thuc te|dien nang thuc te|san luong thuc te",
    "before_tax": """
        chua vat|chua thue|chua gom vat|chua gom thue|chua bao gom vat|chua bao gom thue|chua co vat|
        chua co thue|chua tinh thue|chua thue gtgt|chua bao gom thue gtgt|excluding vat|before vat""",
    "included": """
        da gom vat|gom vat|co vat|da gom thue|gom thue|co thue|bao gom vat|bao gom thue|da bao gom thue|
        da co vat|da bao gom vat|da co thue|da gom thue gtgt|gom thue gtgt|da bao gom thue gtgt|
        bao gom thue gtgt|da tinh thue|including vat|incl vat|gom ca thue|da gom ca thue""",
    "aside": """
        cong ty|tong cong ty|cong ty dien luc|tong cong ty dien luc|dien luc|cong ty co phan|
        hoa don dien tu|hd dien tu|thanh cong|hop tac xa|cong to dien tu|gia luc|don gia tri""",
    "goods": "ten hang hoa dich vu|ten hang hoa|hang hoa dich vu|dien giai|noi dung|ten dich vu",
    "unit": "don vi tinh|dvt|dv tinh",
    "quantity": "so luong|quantity|sl kwh",
    "row_kwh": "san luong|sl|san luong dien|sluong|units",
    "removed": "san luong thao|sl thao|sluong thao|san luong cong to thao|san luong treo thao",
    "price": "don gia|gia|gia dien|price|unit price|rate vnd kwh|don gia dong kwh|don gia vnd kwh|dgia",
    "amount": "thanh tien|amount|line amount|thtien|thanh tien dong|t tien dong",
    "net": """
        tong tien hang|cong tien hang hoa|tien dien dieu chinh|tien hang|tien dien truoc vat|
        tien truoc vat|thanh tien truoc thue|so tien truoc thue|tien dien thuc te chua thue|
        cong tien hang chua thue|tien dien chua thue vat|tong cong chua thue|cong chua thue|
        tong tien dien chua thue dong|tien dien chua thue|tong tien chua thue|tong tien dien chua thue|
        cong tien dien|tien truoc thue|tien dien truoc thue|tong tien truoc thue|tong tien dien chua vat|
        tien chua thue|cong tien hang|net|subtotal|net amount|amount before tax|amount before vat|
        before tax|tong tien dien chua thue gtgt|tien dien chua vat|tong tien chua vat|
        tien dien chua thue gtgt|so tien chua thue|tong tien chua thue gtgt|tong tien truoc vat|cong tien|
        thanh tien chua thue|tong cong tien dien chua thue|tien dien chua bao gom thue|
        tong tien dien chua bao gom thue|tong tien dien truoc thue""",
    "tax": """
        thue gtgt dong|tien thue gtgt dong|thue gtgt phai tra|tien thue suat|thue gtgt vat|thue gtgt|
        tien thue gtgt|tien thue|thue|vat|thue vat|tien vat|tien thue vat|tax|vat amount|tien gtgt|
        thue gia tri gia tang|tong tien thue|tong thue|gtgt|tong tien thue gtgt|value added tax|
        tong thue gtgt""",
    "rate": "thue suat|thue suat gtgt|thue suat thue gtgt|ty le thue|vat rate|tax rate|thue suat vat",
    "total": """
        tc|tien mua dien|tong so tien phai nop|so tien phai nop|tien phai nop|so tien can nop|
        tien can nop|phai nop|
        tong tien phai nop|can nop|tien phai tra|tien dien phai tra|tien dien phai nop|
        so tien dien phai tra|so tien dien phai nop|tien phai thanh toan|tien dien phai thanh toan|
        so tien dien phai thanh toan|tien can thanh toan|tong so tien can nop|tong cong phai tra|
        tong cong phai nop|tong cong phai thanh toan|tong tien tt|so tien tt|tien tt|tien dien tt|tong tt|
        tong phai tra|tong phai thanh toan|tong cong so tien|tong cong tien phai tra|tong tien dien tt|
        thanh tien sau thue|thanh tien da co thue|so tien da bao gom thue|tong tien da gom thue|
        tong tien gom vat|tong tien co vat|tong tien bao gom vat|total of payment|tong so tien dien|
        t tien|tongtien|tong cong tien tt|tong tien dien thanh toan|so tien sau thue|
        tong so tien dien phai tra|so tien can tra|tong so tien phai dong|so tien phai dong|
        tien phai dong|tong cong can thanh toan|tong tien can nop|tong tien thanh toan|
        tong cong tien thanh toan|tong so tien|tong so tien thanh toan|so tien thanh toan|
        so tien phai thanh toan|so tien phai tra|tong so tien phai thanh toan|tong tien phai tra|
        tong tien phai thanh toan|tong so tien phai tra|phai thanh toan|phai tra|tong thanh toan|total|
        total amount|amount due|total due|amount payable|total payable|total amount due|
        tong cong thanh toan|tong tien dien|so tien can thanh toan|tong tien can thanh toan|
        tong so tien can thanh toan|tong cong tien dien|grand total|tong tien sau thue|tong tien gom thue|
        tong tien da bao gom thue|tong cong so tien thanh toan|can thanh toan|
        tong tien dien da bao gom thue|tong tien co thue|tong tien dien sau thue|
        tien dien da bao gom thue|tien dien da co thue|tong cong tien|tong tien dien phai thanh toan|
        tong tien dien phai tra|tien thanh toan""",
    "money": """
        phi dien|phi tien dien|tien dien nang|
        cuoc dien|tt|st|cuoc tien dien|tong cong|tien dien sinh hoat|tien dien sh|hoa don dien|
        tien hoa don|gia tri hoa don|
        hoa don tien dien sinh hoat|hd tien dien|tien dien su dung|so tien hoa don|tong|tien dien|so tien|
        so tien dien|tien|electricity charge|charge|hoa don tien dien|cong""",
    "households": """
        so ho dan|so ho tieu thu|so dinh muc|dinh muc ho|so ho|so ho dung chung|so ho dung dien|
        households|number of households|so ho su dung|so ho dung""",
    "arising": "tien phat sinh",
    "arising_tax": "thue phat sinh",
    "owed": "so tien no|so tien con no|tong tien no|tien dien no|tong no|tong so tien no|so no|tien no",
    "owed_tax": "thue no",
    "arising_kind": "loai phat sinh",
    "invoice_kind": "loai hoa don",
    "owing": """
        dang no tien dien|con no tien dien|con no|dang no|hien no|no tien dien|con no so tien|
        dang no so tien|hien con no|chua thanh toan tien dien|chua nop tien dien|chua thanh toan so tien|
        tong no tien dien|con thieu|chua tra tien dien|chua thanh toan""",
    "estimated": """
        tam tinh|uoc tinh|so tam tinh|estimated|tam ghi|chi so tam ghi|uoc luong|chi so tam tinh|
        chi so uoc tinh|ghi tam tinh|san luong tam tinh|san luong uoc tinh|estimated reading|
        hoa don tam tinh|chi so tam|reading estimated|estimated index|ghi uoc""",
    "outage": """
        gian doan cung cap dien|tam ngung cung cap|ngung giam|cat dien|mat dien|su co|
        tam ngung giam cung cap dien|gian doan cap dien|dong dien tro lai|co dien lai|khoi phuc cap dien|
        lich cup dien|ngung giam cung cap dien|tam ngung cung cap dien|lich ngung cung cap dien|
        ngung cung cap dien|tam ngung cap dien|power cut|power outage|ngung cap dien|cup dien""",
    "tier": "bac|bac thang|tier|block|muc|bac thang thu",
    "ordinal": "stt|so tt",
    "skip": """
        tien ban dien|tien dien mat troi|tien mua dien mat troi|so nha|ho so|so phong|so can ho|so to|
        so cua|so kiot|
        no truoc|tien no ky truoc|no ky cu|tien no cu|ky truoc no|no|phi tien ich|phi giao dich|le phi|
        phi dich vu|phi chuyen tien|phi thu ho|phi quan ly|so du|du no|so du tk|tien nuoc|tien rac|
        tien nha|tien mang|tien gas|tien phong|tien dich vu|tien thue nha|tien ho tro|tien giam tru|
        chiet khau|uu dai|khuyen mai|tien dien uu tien|tien uu tien|dia chi su dung dien|dia chi su dung|
        muc dich su dung dien|muc dich su dung|cap dien ap su dung|cap dien ap|so gcs|p gcs|ma gcs|
        phien gcs|ma lt|ma nn|ma to|ma t toan|ma thanh toan|id hd|cap da|han|han nop|han nop tien|han tt|
        nop truoc|nop truoc ngay|nop tien truoc ngay|truoc|chi so da ghi|chi so dung|chi so sai|
        chi so ghi sai|stk|so tk|tk|tai khoan|ref|ma gd|cong suat mat|cong suat su dung|cong suat dang ky|
        pmax|ngay tb|tnv|dt|sdt|dtkh|so dt|dt sua chua|dien thoai sua chua|dinh muc|han muc|toi thieu|
        toi da|hoi dap|ngay cap|nam truoc|cung ky nam ngoai|nam ngoai|thang lien ke|ky lien ke|so voi|
        ngay thay|thay cong to|thay cong to ngay|ngay thao|ngay treo|ngay thao cong to|ngay treo cong to|
        hop dong so|so hop dong|hop dong|hd so|seri hddt|so seri hddt|ngay gd|gio gd|in lan|lan in|
        phu phi|tien lai|lai cham tra|phat cham nop|tien thua|tien ung|tam ung|da nop|da tra|da thu|
        tien da tra|tien da nop|tien cong|phi lap dat|trong do|dien ap|dong dien|ma hd|ma hoa don|
        id khach|tien dien thang truoc|so tien thang truoc|tien ky truoc|tien thang truoc|luy ke|
        tong luy ke|tu dau nam|san luong luy ke|san luong thang truoc|san luong ky truoc|sl thang truoc|
        sl ky truoc|dntt thang truoc|dntt ky truoc|su dung thang truoc|ngay ghi chi so thang truoc|
        so ho kinh doanh|tien bao hiem|quy|phong chong|phi moi truong|tien trong|hoa don so|
        hoa don ky hieu|so|ma so thue|mst|ma so thue gtgt|so hoa don|ky hieu|mau so|seri|so seri|
        so tai khoan|ma so gcs|ma tram|ma gia|ma diem do|dien thoai|so dien thoai|hotline|tong dai|
        lien he|dia chi|han thanh toan|ngay thanh toan|han chot thanh toan|thanh toan truoc ngay|
        truoc ngay|ngay thong bao|ngay phat hanh|ngay lap|ngay ky|ngay in|thanh toan tu ngay|
        tinh den ngay|dien tieu thu thang truoc|dien nang tieu thu thang truoc|tien dien ky truoc|
        no ky truoc|no cu|cung ky|cung ky nam truoc|thang truoc|ky truoc|ngay ghi chi so ky truoc|
        ngay ghi chi so cu|ngay ghi chi so truoc|ngay ghi dien ky truoc|due date|payment due|invoice no|
        invoice number|invoice date|issue date|tax code|phone|address|tien dien tam tinh|so tien bang chu|
        bang chu|tien tam tinh|so tien da thanh toan|da thanh toan|tien coc|he so cong suat|cos phi|
        gia han|chi so vo cong|dien nang vo cong|cong suat|so tien giam|giam tru|tien giam|ma giao dich|
        trung binh|binh quan|dien tieu thu ky truoc|dien nang tieu thu ky truoc|gia ban dien|bieu gia|
        bieu gia dien|sai so|so ngay|so ngay su dung|ngay su dung|days|tien hoan|tien phat|phi|ma pin|
        ma tra cuu|tieu thu thang truoc|previous bill|last month|previous consumption|payment date|
        ngay hoa don|ngay giao dich|ngay den han|han cuoi|den han|den hien tai|thue no thue|gia tri|
        dien nang tieu thu binh quan|dien tieu thu binh quan|tieu thu binh quan|
        ngay thay cong to""",
}

#: Words that may stand between a label and its value.
FILLERS = word_set(
    """la ngay kwh kw dong vnd d cua so dien nang luc is was of trong nay bang the on at gtgt suat tien hd
    su dung da duoc vao gio quy ma co sh sinh hoat nha minh ban cho nguoi het tinh cuoi dau gom bao vat
    thue hien tai thang anh chi ong ba em kinh gui nam tron"""
)

#: Units behind a number.
ENERGY = frozenset({"kwh", "kw"})
MONEY = frozenset({"d", "vnd", "dong", "₫", "vnđ", "vn", "dg", "dongs", "đ"})
#: Words that multiply the number in front of them: the value itself is not in the text.
SCALES = frozenset({"k", "nghin", "ngan", "trieu", "tr", "ty", "million", "thousand", "mwh", "gwh", "wh"})

#: Names of registers, folded and without blanks.
REGISTER_NAMES = {
    "kt": "KT", "toanthoigian": "KT", "bt": "BT", "binhthuong": "BT", "giobinhthuong": "BT",
    "khunggiobinhthuong": "BT", "khungbinhthuong": "BT", "cd": "CD", "caodiem": "CD", "giocaodiem": "CD",
    "khunggiocaodiem": "CD", "khungcaodiem": "CD", "td": "TD", "thapdiem": "TD", "giothapdiem": "TD",
    "khunggiothapdiem": "TD", "khungthapdiem": "TD", "vc": "VC", "vocong": "VC", "sg": "SG",
}  # fmt: skip

LABELS: dict[str, str] = {}
for _label, _wordings in _WORDINGS.items():
    for _wording in _wordings.split("|"):
        if _compact := "".join(_wording.split()):
            LABELS.setdefault(_compact, _label)

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
            if (
                tokens[joint].text == "."
                and tokens[joint + 1 : joint + 2]
                and tokens[joint + 1].start > tokens[joint].end
            ):
                return best  # the end of a sentence, not of an abbreviation
            joint += 1
        if joint >= len(tokens) or tokens[joint].kind != "word":
            break
        at = joint
    return best

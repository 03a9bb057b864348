"""The words in front of a value, in the many wordings of notices: folded, without blanks, dots or strokes.

"Chỉ số cũ", "CHI_SO_CU", "chi so  cu" and "ChiSoCu" are all ``chisocu`` here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sodien.billing.notices.tokens import Token


def word_set(words: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(words.split())


#: Label → its wordings; what may stand in one place is in brackets: "so tien (con/) no". Those named ``skip``
#: are known to be none of Sodien's business: they are here so that a shorter label inside them ("thuế" in
#: "mã số thuế") does not take their value.
_WORDINGS: dict[str, str] = {
    "customer": """
        (ma/ma so) (khach hang/kh/kh hang/k hang/khach/)| ma (ho/ho su dung/pe)| (ma/so/) danh bo| makh|
        mkhg| mkh| customer (s code/code/id/no/number/)| account (no/number)| so kh""",
    "customer_or_name": """
        quy khach hang| quy khach| quy kh| chu ho| ten chu hop dong| ong ba| ho su dung dien| ho dan|
        khach hang| ten khach hang| ho ten| ho va ten| ten kh| chu hop dong| customer name| ten chu ho| kh""",
    "serial": """
        (so/ma/ma so/so hieu/so no/so seri/so che tao/) cong to (dien/do dem/phu/tong/) (so/)|
        cong to (1/3) pha so| so che tao (ct/)| (so/ma/) cto (so/)| so dong ho| dong ho so| so may| so ct|
        (meter/) serial (no/number/)| meter (no/number/)""",
    "from": """
        tungay| tu het ngay| tu| tn| ngay dau ky| ngay dky| from| from date| start date| period start|
        ngay bat dau| thoi gian tu ngay""",
    "to": """
        denngay| den het| toi| den| dn| ngay cuoi ky| ngay cky| to| to date| end date| period end| toi
        ngay| ngay ket thuc| den het ngay""",
    "last": """
        ngay (ghi/chot/doc) (chi so/chi so cong to/cs/dien/so/) (ky nay/thang nay/)|
        ngay (ghi/chot/gcs)| (meter/) reading
        date| read date| date of reading""",
    "schedule": """
        (se/se di/se den/den/se tien hanh/lich/du kien) (ghi/chot/doc) (chi so/chi so cong to/cs/dien/so
        dien/cong to)| (du kien/lich) gcs| (ngay/) (ghi/chot) (chi so/cs/dien) (tiep theo/ky toi/du
        kien/ky tiep theo/ke tiep/thang toi)| next (reading date/reading day/meter reading)""",
    "period": """
        (ky/thoi gian) (gcs/ghi/ghi dien/ghi chi so/doc/su dung/su dung dien/tieu thu/tinh tien/tinh tien
        dien)| chu ky| thoi gian| (billing/) period| ky hoa don tu""",
    "term": """
        ky (hoa don/cuoc/so/hd/phi/thu/tt/thanh toan/tien dien/ky/hoa don ky/)| (hoa don/hd) ky| billing
        term""",
    "month": """
        thang| thang hd| hd thang| ky hoa don thang| tien dien trong thang| thang hoa don| hoa don thang|
        billing month| month| ky thang| th""",
    "bcs": "khung gio mua dien|khung gio|bo cs|thoi gian mua dien|bcs|bo chi so|loai chi so|register",
    "old": """
        (chi so/cs/chiso/cso/so/so dien/chi so dien/chi so cong to/so cong to/chi so ghi) cu|
        (chi so/cs) (chot/) (ky/thang/lan) truoc| (chi so/cs/so) (dau/dau ky/dk)|
        (chi so/cs) (dau thang/truoc/bat dau/luc dau/cuoi ky truoc)| so cu cong to| dau ky| d ky|
        csc| csd| csdk| (previous/old/last/opening) (reading/index)""",
    "new": """
        (chi so/cs/chiso/cso/so/so dien/chi so dien/chi so cong to/chi so ghi) moi| (chi so/cs)
        (ky/thang/lan) nay| (chi so/cs/so/chiso) (cuoi/cuoi ky/ck)| (chi so/cs) (cuoi thang/sau/ket
        thuc/hien tai)| cuoi ky| c ky| csm| csck| (current/new/present/closing) (reading/index)""",
    "old new": "chi so cu moi|cs cu moi|chi so cu va moi|chi so dau cuoi|cs dau cuoi",
    "multiplier": """
        hsn| hs| he so nhan| hs nhan| he so| he so n| multiplier| multiplication factor| meter factor|
        factor""",
    "kwh": """
        kwh (tieu thu/used/)| (tthu/t thu/dtt/dsd/dntieuthu/dntt/dntt kwh/sltt)| (so kw/so kwh/so luong
        kwh/so luong dien/so dien nang/luong dien/dien nang/sl dien)| (dien nang/dien/luong dien/so
        dien/so kwh/san luong/san luong dien/sl/muc) (tieu thu/tthu/ttu/tt/tieuthu/thieu thu/ttieu thu)
        (trong ky/ky nay/thang nay/dieu chinh/)| tieu thu (trong ky/ky nay/thang nay/)| (dien/dien nang/so
        dien/so kwh/luong dien) su dung| so dien (dung/da dung)| (san luong/dien nang) giao| energy
        (consumption/used/)| (electricity/) consumption| usage""",
    "kwh_all": "total consumption",
    "kwh_or_index": "so dien",
    "used": "(da/) (su dung/dung) (het/)|(sd/s dung)|su dung dien|dien dung|tieu thu (dien/het)",
    "index": """
        (chi so/cs/so) (chot/ghi duoc/ghi nhan/doc duoc)| (chi so/cs) (giao/mua)| chi so| cs| chi so cong to|
        chi so dien| so cong to chi""",
    "removed_index": """
        chi so thao| cs thao| chi so luc thao| chi so chot cong to cu| chi so cong to thao| chi so khi
        thao""",
    "installed_index": """
        chi so treo| cs treo| chi so luc treo| chi so lap| chi so khi treo| chi so cong to treo| chi so
        ban dau""",
    "meter_old": "cong to cu|cong to thao|cong to thao ra",
    "meter_new": "cong to moi|cong to treo|cong to lap moi",
    "export": """
        (chieu/chi so/cs/dien) (nhan/phat)| nhan tu khach hang| dien mat troi| dien phat len luoi| phat
        len luoi| san luong phat len luoi| san luong nhan| dien nang nhan| dien du| ban len luoi| phat
        luoi| day len luoi| dien ban (ra/len/du)|
        (san luong/) (pv/mat troi/solar)| san luong dien mat troi| san luong ban| dien nang phat len luoi|
        chieu ban| export| exported""",
    "import": """
        (chieu/dien) giao| giao cho khach hang| nhan tu luoi| nhan luoi| mua tu luoi| lay tu luoi| tieu
        thu tu luoi| dien mua| chieu mua| tu luoi| import| imported""",
    "direct": "(dn/san luong/sl/dien nang/dien/sluong) (truc tiep/cong truc tiep/cong them/ttiep)",
    "sub_meter": "(dn/san luong/sl/dien nang/dien/sluong) (tru phu/trphu/tru cong to phu/cong to phu)",
    "actual": "(dn/dien nang/san luong) (thuc te/tinh gia)",
    "before_tax": """
        (chua/chua gom/chua bao gom/chua co/chua tinh) (thue/vat/thue gtgt/thue vat/gtgt)|
        (excluding/before) vat""",
    "included": """
        (da/) (gom/co/bao gom/tinh/gom ca) (thue/vat/thue gtgt/thue vat/gtgt)| (including/incl) vat""",
    "aside": """
        cong ty| tong cong ty| cong ty dien luc| tong cong ty dien luc| dien luc| cong ty co phan| hoa don
        dien tu| hd dien tu| thanh cong| hop tac xa| cong to dien tu| gia luc| don gia tri""",
    "goods": "ten hang hoa dich vu|ten hang hoa|hang hoa dich vu|dien giai|noi dung|ten dich vu",
    "unit": "don vi tinh|dvt|dv tinh",
    "quantity": "so luong|quantity|sl kwh",
    "row_kwh": "san luong|sl|san luong dien|sluong|units",
    "removed": "san luong thao|sl thao|sluong thao|san luong cong to thao|san luong treo thao",
    "price": "don gia|gia|gia dien|price|unit price|rate vnd kwh|don gia dong kwh|don gia vnd kwh|dgia",
    "amount": "thanh tien|amount|line amount|thtien|thanh tien dong|t tien dong",
    "net": """
        (tien/so tien/tong tien/tien dien/tong tien dien/tong cong/tong cong tien dien/cong/cong tien
        hang/thanh tien/tien dien thuc te) (chua/chua gom/chua bao gom/chua co/truoc) (thue/vat/thue
        gtgt/thue vat/gtgt) (dong/)| cong tien (dien/hang/hang hoa/)| (tong/) tien hang| tien dien dieu
        chinh| net amount| subtotal| (amount/) before (tax/vat)""",
    "tax": """
        (tong/) (tien/) thue (gtgt/vat/gtgt vat/gia tri gia tang/) (dong/)| tong thue| thue gtgt phai tra|
        tien thue suat| vat (amount/)| tien (vat/gtgt)| tax| gtgt| value added tax""",
    "rate": "thue suat (gtgt/thue gtgt/vat/)|ty le thue|(vat/tax) rate",
    "total": """
        (tong/tong so/tong cong/tong cong so/so/) tien (dien/) (phai/can) (tra/nop/dong/thanh toan/tt)|
        (tong/tong so/tong cong/tong cong so/so/) tien (dien/) (thanh toan/tt)| (tong/tong cong/)
        (phai/can) (tra/nop/dong/thanh toan/tt/thu)| (tong/tong so/tong cong) tien (dien/)| tien dien mua|
        tong cong so tien| (tien dien/so tien/tong tien/tong tien dien/tong cong/thanh tien)
        (sau/co/gom/bao gom/da co/da gom/da bao gom) (thue/vat/thue gtgt/thue vat/gtgt)| tong (thanh
        toan/tt)| tong cong thanh toan| t tien| tc| tongtien| tien mua dien| total (of
        payment/amount/amount due/due/payable/)| amount (due/payable)| grand total""",
    "money": """
        (tien/so tien/cuoc/hoa don/hd) tien dien| tien (dien/) (sinh hoat/sh/su dung/nang)| (cuoc/phi/hoa
        don) dien| phi tien dien| tien hoa don| thanh toan| gia tri (hoa don/)| so tien hoa don| hoa don
        tien dien sinh hoat| (so/) tien (dien/)| tt| st| tong (cong/)| cong| (electricity/) charge""",
    "households": """
        so ho (dan/tieu thu/dung/dung chung/dung dien/su dung/)| so dinh muc| dinh muc ho| (number of/)
        households""",
    "arising": "tien phat sinh",
    "arising_tax": "thue phat sinh",
    "owed": """
        outstanding (balance/amount)| (past due/overdue) amount| (so/tong/tong so) tien (con/) no| tien
        dien no| (tong/so/tien) no""",
    "owed_tax": "thue no",
    "arising_kind": "loai phat sinh",
    "invoice_kind": "loai hoa don",
    "owing": """
        (dang/con/hien/hien con) no (tien dien/so tien/)| (tong/) no tien dien| chua (nop/tra)
        (tien dien/so tien/)| chua thanh toan (tien dien/so tien)| con thieu| chua thanh toan""",
    "estimated": """
        (chi so/so/san luong/hoa don/ghi/) (tam tinh/uoc tinh)| (tam/uoc/chi so tam) ghi| uoc luong| chi
        so tam| ghi uoc| estimated (reading/index/)| reading estimated""",
    "outage": """
        (tam/lich/) (ngung/tam ngung) (giam/) (cung cap/cap) (dien/)| ngung giam| (cat/mat/lich cup/cup)
        dien| su co| gian doan (cung cap/cap) dien| dong dien tro lai| co dien lai| khoi phuc cap dien|
        power (cut/outage)""",
    "tier": "bac|bac thang|tier|block|muc|bac thang thu",
    "ordinal": "stt|so tt",
    "skip": """
        tien ban dien| tien dien mat troi| tien mua dien mat troi| so nha| ho so| so phong| so can ho| so
        to| so cua| so kiot| no truoc| tien no ky truoc| no ky cu| tien no cu| ky truoc no| no| phi tien
        ich| phi giao dich| le phi| phi dich vu| phi chuyen tien| phi thu ho| phi quan ly| so du| du no| so
        du tk| tien nuoc| tien rac| tien nha| tien mang| tien gas| tien phong| tien rent| tien dich vu| tien
        thue nha| tien ho tro| tien giam tru| chiet khau| uu dai| khuyen mai| tien dien uu tien| tien uu
        tien| dia chi su dung dien| dia chi su dung| muc dich su dung dien| muc dich su dung| cap dien ap su
        dung| cap dien ap| so gcs| p gcs| ma gcs| phien gcs| ma lt| ma nn| ma to| ma t toan| ma thanh toan|
        id hd| cap da| han| han nop| han nop tien| han tt| nop truoc| nop truoc ngay| nop tien truoc ngay|
        truoc| chi so da ghi| chi so dung| chi so sai| chi so ghi sai| stk| so tk| tk| tai khoan| ref| ma
        gd| cong suat mat| cong suat su dung| cong suat dang ky| pmax| ngay tb| tnv| dt| sdt| dtkh| so dt|
        dt sua chua| dien thoai sua chua| dinh muc| han muc| toi thieu| toi da| hoi dap| ngay cap| nam
        truoc| cung ky nam ngoai| nam ngoai| thang lien ke| ky lien ke| so voi| ngay thay| thay cong to|
        thay cong to ngay| ngay thao| ngay treo| ngay thao cong to| ngay treo cong to| hop dong so| so hop
        dong| hop dong| hd so| seri hddt| so seri hddt| ngay gd| gio gd| in lan| lan in| phu phi| tien lai|
        lai cham tra| phat cham nop| tien thua| tien ung| tam ung| da (nop/tra/thu/tt/dong)| tien da tra|
        tien da nop| tien cong| phi lap dat| trong do| dien ap| dong dien| ma hd| ma hoa don| id khach| luy
        ke| tu dau nam| su dung thang truoc| so ho kinh doanh| tien bao hiem| quy| phong chong| phi moi
        truong| tien trong| hoa don so| hoa don ky hieu| so| ma so thue| mst| ma so thue gtgt| so hoa don|
        ky hieu| mau so| seri| so seri| so tai khoan| ma so gcs| ma tram| ma gia| ma diem do| dien thoai| so
        dien thoai| hotline| tong dai| lien he| dia chi| han thanh toan| ngay thanh toan| han chot thanh
        toan| thanh toan truoc ngay| truoc ngay| ngay thong bao| ngay phat hanh| ngay lap| ngay ky| ngay in|
        thanh toan tu ngay| tinh den ngay| no ky truoc| no cu| cung ky| cung ky nam truoc| thang truoc| ky
        truoc| ngay ghi chi so cu| ngay ghi chi so truoc| due date| payment due| invoice no| invoice number|
        invoice date| issue date| tax code| phone| address| tien dien tam tinh| so tien bang chu| bang chu|
        tien tam tinh| so tien da thanh toan| da thanh toan| tien coc| he so cong suat| cos phi| gia han|
        chi so vo cong| dien nang vo cong| cong suat| so tien giam| giam tru| tien giam| ma giao dich| trung
        binh| binh quan| gia ban dien| bieu gia| bieu gia dien| sai so| so ngay| so ngay su dung| ngay su
        dung| days| tien hoan| tien phat| phi| ma pin| ma tra cuu| previous bill| last month| previous
        consumption| payment date| ngay hoa don| ngay giao dich| ngay den han| han cuoi| den han| den hien
        tai| thue no thue| ngay thay cong to""",
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

_CHOICE = re.compile(r"\(([^()]*)\)")


def _spelled(wording: str) -> list[str]:
    """Every label that a wording stands for."""
    choice = _CHOICE.search(wording)
    if choice is None:
        return ["".join(wording.split())]
    return [
        label
        for one in choice[1].split("/")
        for label in _spelled(f"{wording[: choice.start()]}{one}{wording[choice.end() :]}")
    ]


LABELS: dict[str, str] = {}
for _label, _wordings in _WORDINGS.items():
    for _wording in _wordings.split("|"):
        for _compact in filter(None, _spelled(_wording)):
            LABELS.setdefault(_compact, _label)
#: What a label behind these words, or in front of them, is instead.
_ALL = ("tong", "tongcong")
_OTHER_TIMES = ("thangtruoc", "kytruoc", "cungky", "namtruoc", "namngoai", "binhquan", "trungbinh", "luyke")
for _compact, _label in list(LABELS.items()):
    if _label in ("kwh", "row_kwh"):
        LABELS |= {one + _compact: "kwh_all" for one in _ALL if one + _compact not in LABELS}
    if _label in ("kwh", "row_kwh", "kwh_all", "total", "money", "net", "tax", "last"):
        LABELS |= {_compact + one: "skip" for one in _OTHER_TIMES}

_MOST_WORDS = 9
_JOINTS = frozenset("._/-")


def _reaches(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a label begins at ``start`` and goes on beyond ``end``: "so cong to | chi so moi"."""
    compact = ""
    for at in range(start, min(start + _MOST_WORDS, len(tokens))):
        if tokens[at].kind != "word":
            return False
        compact += tokens[at].text.replace("_", "")
        if at >= end and compact in LABELS:
            return True
    return False


def label_at(tokens: Sequence[Token], start: int, *, wrapped: bool = False) -> tuple[str, int] | None:
    """The longest label that begins at this word, and the index behind it; ``wrapped``: over one line end."""
    compact, at, best = "", start, None
    own = 0  # where a label of the next line itself ends
    for _ in range(_MOST_WORDS):
        token = tokens[at]
        if token.kind != "word":
            break
        compact += token.text.replace("_", "")
        at += 1
        if (label := LABELS.get(compact)) and at >= own:
            begun = best is not None and _reaches(tokens, best[1], at)
            best = best if begun else (label, at)
        joint = at
        while joint < len(tokens) and tokens[joint].text in _JOINTS and joint - at < 2:
            if (
                tokens[joint].text == "."
                and tokens[joint + 1 : joint + 2]
                and tokens[joint + 1].start > tokens[joint].end
            ):
                return best  # the end of a sentence, not of an abbreviation
            joint += 1
        if wrapped and joint < len(tokens) and tokens[joint].kind == "line":
            joint, wrapped = joint + 1, False
            own = (label_at(tokens, joint) or ("", 0))[1]
        if joint >= len(tokens) or tokens[joint].kind != "word":
            break
        at = joint
    return best

"""What programs call the fields of a bill: the billing system (CMIS), the national e-invoice, portals.

Names stand here without accents, signs and case.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Name → field and kind of value.
Table = Mapping[str, tuple[str, str]]


def _table(lines: Mapping[tuple[str, str], str]) -> dict[str, tuple[str, str]]:
    return {name: field for field, names in lines.items() for name in names.split()}


def _names(**lines: str) -> dict[str, str]:
    return {name: field for field, names in lines.items() for name in names.split()}


#: Programmers' prefixes for the kind of a value: strMaKH, iThang, dSanLuong, lTongTien, dtTuNgay.
_KINDS = ("STR", "DT", "I", "D", "L")


def _prefixed(table: Table) -> dict[str, tuple[str, str]]:
    return {kind + name: field for name, field in table.items() for kind in _KINDS} | dict(table)


#: Wherever it stands outside of rows. CMIS, the national e-invoice, and Vietnamese names of any style.
HEAD = _table(
    {
        ("customer", "text"): "MAKHANG MKHANG MAKHACHHANG MAKH CUSCODE BUYERCODE",
        ("name", "text"): "TENKHANG TENKHACHHANG TENKH CUSNAME BUYERNAME",
        ("serial", "text"): "SOCTO MACTO SOCONGTO",
        ("first", "date"): "NGAYDKY TUNGAY NGAYDAUKY",
        ("last", "date"): "NGAYCKY DENNGAY NGAYCUOIKY",
        ("term", "int"): "KY",
        ("month", "int"): "THANG THANGHOADON THANGHD",
        ("year", "int"): "NAM NAMHOADON NAMHD",
        ("kwh", "kwh"): "DIENTTHU DIENTIEUTHU DIENNANGTIEUTHU TONGDIENNANGTIEUTHU DNTT SLTT SANLUONGTIEUTHU",
        ("net", "money"): """SOTIEN TGTCTHUE TIENCHUATHUE TIENDIENCHUATHUE TIENTRUOCTHUE TOTALAMOUNTWITHOUTTAX
                             TOTALAMOUNTWITHOUTVAT""",
        ("tax", "money"): "TIENGTGT TGTTHUE TIENTHUE TIENTHUEGTGT TOTALTAXAMOUNT TOTALVATAMOUNT VATAMOUNT",
        ("tax_rate", "percent"): "TYLETHUE TSUAT THUESUAT THUESUATGTGT VATRATE",
        (
            "total",
            "money",
        ): """TONGTIEN TGTTTBSO TONGCONG TONGTIENTHANHTOAN TONGCONGTIENTHANHTOAN TOTALAMOUNTWITHTAX
              TOTALAMOUNTWITHVAT""",
        ("households", "count"): "SOHO SOHODUNGDIEN",
    }
)
#: Of a register of the meter.
INDEX = _table(
    {
        ("register", "text"): "BCS",
        ("new", "index"): "CHISOMOI CHISOCUOI CHISOCUOIKY CSMOI CSCK",
        ("old", "index"): "CHISOCU CHISODAU CHISODAUKY CSCU CSDK",
        ("multiplier", "factor"): "HSNHAN HSN HESONHAN",
        ("kwh", "kwh"): "SANLUONG DIENTTHU DIENTIEUTHU DIENNANGTIEUTHU DNTT SLTT SANLUONGTIEUTHU",
        ("removed", "kwh"): "SLUONGTHAO",
        ("sub", "kwh"): "SLUONGTRPHU",
        ("direct", "kwh"): "SLUONGTTIEP",
        ("serial", "text"): "SOCTO MACTO SOCONGTO",
    }
)
#: Of a line of the charge.
TIER = _table(
    {
        ("kwh", "kwh"): "DIENTTHU SLUONG SOLUONG SANLUONG DIENTIEUTHU PRODQUANTITY",
        ("price", "price"): "DONGIA DGIA PRODPRICE",
        ("amount", "money"): "SOTIEN THTIEN THANHTIEN ITEMTOTALAMOUNTWITHOUTTAX",
    }
)
#: Of the head of invoices that name the lines' sums so, before tax and with it: TOTAL, AMOUNT.
TOTAL_AMOUNT = _table({("net", "money"): "TOTAL", ("total", "money"): "AMOUNT"})
#: The national format prints the rate beside each line.
LINE_TAX = _table({("tax_rate", "percent"): "TSUAT"})

#: What else portals and what people save of them call the fields; in other documents these may mean anything.
PORTAL_HEAD = _prefixed(
    HEAD
    | _table(
        {
            ("customer", "text"): "CUSTOMERCODE CUSTOMERID CUSTOMERNUMBER",
            ("name", "text"): "CUSTOMERNAME",
            ("serial", "text"): "METERNUMBER METERNO METERSERIAL METERSERIALNUMBER",
            ("first", "date"): "FROM FROMDATE DATEFROM PERIODSTART PERIODFROM STARTDATE",
            ("last", "date"): "TO TODATE DATETO PERIODEND PERIODTO ENDDATE",
            ("term", "int"): "TERM KYHD KYHOADON",
            ("month", "int"): "MONTH BILLMONTH BILLINGMONTH",
            ("year", "int"): "YEAR BILLYEAR",
            ("kwh", "kwh"): """SANLUONG TIEUTHU DIENNANG LUONGDIEN SODIEN SOKWH TONGSANLUONG CONSUMPTION KWH
                               TOTALKWH CONSUMPTIONKWH USAGE""",
            ("net", "money"): "SUBTOTAL AMOUNTBEFORETAX BEFORETAX BEFOREVAT",
            ("tax", "money"): "VATAMOUNT TAXAMOUNT THUE VAT THUEGTGT TIENVAT",
            ("tax_rate", "percent"): "VATRATE TAXRATE",
            ("total", "money"): "TOTAL TOTALAMOUNT AMOUNTDUE",
            ("money", "money"): "SOTIEN TIENDIEN AMOUNT BILLAMOUNT THANHTIEN",
            ("households", "count"): "HOUSEHOLDS",
        }
    )
)
PORTAL_INDEX = _prefixed(
    INDEX
    | _table(
        {
            ("register", "text"): "BOCHISO REGISTER",
            ("new", "index"): "NEWINDEX NEWREADING CURRENTINDEX CURRENTREADING ENDINDEX ENDREADING",
            ("old", "index"): "OLDINDEX OLDREADING PREVIOUSINDEX PREVIOUSREADING STARTINDEX STARTREADING",
            ("multiplier", "factor"): "HESO MULTIPLIER",
            ("kwh", "kwh"): "CONSUMPTION KWH",
            ("serial", "text"): "METERNUMBER METERNO METERSERIAL METERSERIALNUMBER",
        }
    )
)
PORTAL_TIER = _prefixed(
    TIER
    | _table(
        {
            ("kwh", "kwh"): "KWH QUANTITY CONSUMPTION",
            ("price", "price"): "PRICE UNITPRICE",
            ("amount", "money"): "AMOUNT",
        }
    )
)
#: Money, unless it is a rate: "vat": 8, "thue": "8%".
TAXES = frozenset({"THUE", "VAT", "THUEGTGT"})
#: Short names that mean each other's opposite, by the one that stands beside them: old, new.
PAIRS = (("CSC", "CSM"), ("CSD", "CSC"), ("CSDAU", "CSCUOI"))
#: A register in a name: CHISO_CU_BT, "Chỉ số cũ (CĐ)", chiSoMoiCaoDiem.
REGISTERS = {"BINHTHUONG": "BT", "CAODIEM": "CD", "THAPDIEM": "TD"} | {
    one: one for one in ("KT", "BT", "CD", "TD", "VC")
}
#: A value of one of these may say the whole period: "Kỳ 1 - 10/2026 (31 ngày từ … đến …)", "10/2026".
PERIODS = frozenset({"KY", "THANG", "KYHOADON", "TERM", "MONTH", "PERIOD", "BILLINGPERIOD", "BILLMONTH"})
#: A group with one of these and no month is of one day or hour, no bill.
DAYS = frozenset({"NGAY", "DATE", "DAY", "STRTIME", "TIME", "TIMESTAMP", "THOIGIAN", "GIO", "HOUR"})

#: The invoice's own number, as CMIS, the national format and the tax office's portal name its parts: field of
#: :class:`sodien.billing.bill.Invoice`.
INVOICE = _names(
    form="KHMSHDON MAUSO MAUSOHOADON MAUSOHDON INVOICEPATTERN INVPATTERN",
    series="""KHHDON KIHIEUSERY KYHIEUSERY KIHIEU KYHIEU KYHIEUHOADON KYHIEUHDON INVOICESERIES INVOICESYMBOL
              SERIALNO INVSERIAL""",
    number="SHDON SOSERY SOHOADON SOHDON INVOICENO INVOICENUMBER INVNO",
    date="NLAP TDLAP NGAYLAP NGAYHOADON NGAYPHANH NGAYPHATHANH INVOICEDATE ARISINGDATE",
)
#: That of the invoice it changes.
CHANGED = _names(
    form="KHMSHDCLQUAN KHMSHDGOC MAUSODCHINH",
    series="KHHDCLQUAN KHHDGOC KYHIEUDCHINH KIHIEUDCHINH",
    number="SHDCLQUAN SHDGOC SERYDCHINH ORIGINALINVOICEID",
    date="NLHDCLQUAN TDLHDGOC ORIGINALINVOICEISSUEDATE",
)
#: How it changes it: name → value → field of the bill. CMIS: LL made out again, TT charged more, TH less.
CHANGES: Mapping[str, Mapping[str, str]] = {
    "TCHDON": {"1": "replaces", "2": "adjusts"},
    "LOAIDCHINH": {"LL": "replaces", "TT": "adjusts", "TH": "adjusts"},
    "TTHAI": {"2": "replaces", "3": "adjusts"},
    "ADJUSTMENTTYPE": {"3": "replaces", "5": "adjusts"},
    "TCHAT": {"2": "replaces", "3": "adjusts"},
}
#: The tax office's portal: what became of the invoice since.
REPLACED_SINCE, ADJUSTED_SINCE = frozenset({"4", "6"}), frozenset({"5"})

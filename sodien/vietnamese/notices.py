"""Vietnamese for what is said about notices and bills: names of fields, problems, faults."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "{field}: “{text}” is of one of several months in this text; paste one notice at a time.": (
        "{field}: “{text}” thuộc một trong nhiều tháng có trong văn bản này; hãy dán từng thông báo một."
    ),
    # notice_words.py: what a notice or bill is asked about
    "the customer code": "mã khách hàng",
    "the meter's serial number": "số công tơ",
    "the customer's name": "tên khách hàng",
    "the first day": "ngày đầu kỳ",
    "the last day": "ngày cuối kỳ",
    "the next reading day": "ngày ghi chỉ số tới",
    "the last possible reading day": "ngày ghi chỉ số muộn nhất",
    "the term": "kỳ",
    "the month": "tháng",
    "the year": "năm",
    "the register": "bộ chỉ số",
    "the old index": "chỉ số cũ",
    "the new index": "chỉ số mới",
    "the multiplier": "hệ số nhân",
    "the consumption": "điện năng tiêu thụ",
    "the energy of the removed meter": "sản lượng công tơ tháo",
    "the price": "đơn giá",
    "the amount": "thành tiền",
    "the money": "số tiền",
    "the money before tax": "tiền chưa thuế",
    "the tax": "tiền thuế",
    "the tax rate": "thuế suất",
    "the total": "tổng tiền",
    "the number of households": "số hộ",
    "the time of the reading": "giờ ghi chỉ số",
    "the lines of the charge": "các dòng tính tiền",
    "the money that was billed": "tiền phát sinh",
    "the tax that was billed": "thuế phát sinh",
    "the money owed": "tiền nợ",
    "the tax owed": "thuế nợ",
    "line {number}": "dòng {number}",
    "{field} in line {number} of the charge": "{field} ở dòng tính tiền {number}",
    "{field} of register {number}": "{field} của bộ chỉ số {number}",
    "The notice is empty: give it the text of a message or an e-invoice.": (
        "Thông báo trống: hãy đưa vào nội dung tin nhắn hoặc hóa đơn điện tử."
    ),
    "No bill, reading day or debt was found in this text: paste the whole notice, with its labels.": (
        "Không tìm thấy hóa đơn, ngày ghi chỉ số hay nợ tiền điện trong văn bản này: hãy dán toàn bộ "
        "thông báo, kèm các nhãn."
    ),
    "The file is larger than {most} bytes: it is no notice.": (
        "Tệp lớn hơn {most} byte: đây không phải là thông báo."
    ),
    "The text is longer than {most} characters: paste one notice at a time.": (
        "Văn bản dài hơn {most} ký tự: hãy dán từng thông báo một."
    ),
    "The file is not valid {encoding}: save it as UTF-8 and try again.": (
        "Tệp không đúng bảng mã {encoding}: hãy lưu lại bằng UTF-8 rồi thử lại."
    ),
    "The XML is damaged at line {line}: download the e-invoice again.": (
        "XML bị hỏng ở dòng {line}: hãy tải lại hóa đơn điện tử."
    ),
    "The XML declares a document type or entities, which no e-invoice needs: it is refused.": (
        "XML có khai báo kiểu tài liệu hoặc thực thể mà hóa đơn điện tử không bao giờ cần: từ chối đọc."
    ),
    "The XML has too many or too deeply nested elements: it is no e-invoice.": (
        "XML có quá nhiều phần tử hoặc lồng quá sâu: đây không phải là hóa đơn điện tử."
    ),
    "This announces a power cut, not a bill or a reading day.": (
        "Đây là thông báo ngừng cung cấp điện, không phải hóa đơn hay ngày ghi chỉ số."
    ),
    "There are {count} more problems like these.": "Còn {count} vấn đề tương tự.",
    "{field}: “{text}” is no day of the calendar.": "{field}: “{text}” không phải là ngày có thật.",
    "{field}: “{text}” has a year of two digits; write all four.": (
        "{field}: năm trong “{text}” chỉ có hai chữ số; hãy ghi đủ bốn chữ số."
    ),
    "{field}: “{text}” has no year; write day/month/year.": (
        "{field}: “{text}” thiếu năm; hãy ghi ngày/tháng/năm."
    ),
    "{field}: there is no month {text}.": "{field}: không có tháng {text}.",
    "{field}: {text} cannot be the year of a bill.": "{field}: {text} không thể là năm của hóa đơn.",
    "{field}: “{text}” is only one end of a period; write from and to, both with a year.": (
        "{field}: “{text}” chỉ là một đầu của kỳ; hãy ghi cả từ ngày và đến ngày, đều có năm."
    ),
    "{field}: “{text}” cannot be read for certain; write it plainly.": (
        "{field}: không thể đọc chắc chắn “{text}”; hãy ghi rõ ràng hơn."
    ),
    "{field}: “{text}” may mean {low} or {high}; write it without a separator.": (
        "{field}: “{text}” có thể là {low} hoặc {high}; hãy ghi không dùng dấu phân cách."
    ),
    "{field}: the text gives different values ({values}).": (
        "{field}: văn bản có các giá trị khác nhau ({values})."
    ),
    "“{text}” may be the money before or after tax; write which one it is.": (
        "“{text}” có thể là tiền trước thuế hoặc sau thuế; hãy ghi rõ là loại nào."
    ),
    "{field}: the number of values does not match these labels; write a label before each value.": (
        "{field}: số giá trị không khớp với các nhãn này; hãy ghi nhãn trước từng giá trị."
    ),
    "{field}: “{text}” lacks its kWh or its price.": "{field}: “{text}” thiếu số kWh hoặc đơn giá.",
    "{field}: in “{text}” kWh and price cannot be told apart.": (
        "{field}: trong “{text}” không phân biệt được số kWh và đơn giá."
    ),
    "{field}: the bill lists several meters ({values}).": "{field}: hóa đơn có nhiều công tơ ({values}).",
    "{field} does not add up: ({new} − {old}) × {multiplier} gives {expected} kWh, the notice says {kwh}.": (
        "{field} không khớp: ({new} − {old}) × {multiplier} được {expected} kWh, thông báo ghi {kwh}."
    ),
    "{field} does not add up: from {old} over the roll-over at {digits} digits to {new}, × {multiplier}, "
    "gives {expected} kWh, the notice says {kwh}.": (
        "{field} không khớp: từ {old} quay vòng ở {digits} chữ số đến {new}, × {multiplier}, được "
        "{expected} kWh, thông báo ghi {kwh}."
    ),
    "{field} does not add up: the registers give {expected} kWh, the notice says {kwh}.": (
        "{field} không khớp: các bộ chỉ số cộng lại được {expected} kWh, thông báo ghi {kwh}."
    ),
    "{field} does not add up: {kwh} kWh × {price} gives {expected}, the notice says {amount}.": (
        "{field} không khớp: {kwh} kWh × {price} được {expected}, thông báo ghi {amount}."
    ),
    "{field} does not add up: the lines of the charge give {expected} kWh, the notice says {kwh}.": (
        "{field} không khớp: các dòng tính tiền cộng lại được {expected} kWh, thông báo ghi {kwh}."
    ),
    "{field} does not add up: the lines of the charge give {expected}, the notice says {net}.": (
        "{field} không khớp: các dòng tính tiền cộng lại được {expected}, thông báo ghi {net}."
    ),
    "{field} does not add up: {rate} % of {net} gives {expected}, the notice says {tax}.": (
        "{field} không khớp: {rate} % của {net} được {expected}, thông báo ghi {tax}."
    ),
    "{field} does not add up: {net} + {tax} gives {expected}, the notice says {total}.": (
        "{field} không khớp: {net} + {tax} được {expected}, thông báo ghi {total}."
    ),
    "{field}: {first} is after the last day, {last}.": "{field}: {first} sau ngày cuối kỳ, {last}.",
    "{field}: a period from {first} to {last} is longer than a year.": (
        "{field}: kỳ từ {first} đến {last} dài hơn một năm."
    ),
    "{field}: {new} is below the old index {old}, too far for a roll-over, and no removed meter is named.": (
        "{field}: {new} nhỏ hơn chỉ số cũ {old}, lệch quá xa để là quay vòng, và không ghi công tơ tháo nào."
    ),
    "{field}: {value} is negative.": "{field}: {value} là số âm.",
    "{field} cannot be {value}.": "{field} không thể là {value}.",
    "{field}: {value} is not the customer of the bills before, {other}.": (
        "{field}: {value} không phải khách hàng của các hóa đơn trước, {other}."
    ),
    "The same bill is there already ({which}).": "Hóa đơn này đã có rồi ({which}).",
    "{field}: there is another bill already for {other_first} to {other_last}.": (
        "{field}: đã có hóa đơn khác cho kỳ {other_first} đến {other_last}."
    ),
    "{field}: there is another bill already for {last}.": "{field}: đã có hóa đơn khác cho ngày {last}.",
    "{field}: {first} to {last} overlaps the bill of {other_first} to {other_last}.": (
        "{field}: {first} đến {last} chồng lên hóa đơn {other_first} đến {other_last}."
    ),
}

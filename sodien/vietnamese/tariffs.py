"""Vietnamese for what is wrong in a tariff file; the sentences are put together as those of the settings."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    (
        "{where}: the tariff {tariff} has no {key}; write it, or use the tariff of a packaged "
        "file that you mean to add to."
    ): (
        "{where}: biểu giá {tariff} không có {key}; hãy ghi vào, hoặc dùng mã biểu giá của tệp đi kèm mà bạn "
        "muốn bổ sung."
    ),
    "is rounded {mode}, not one of {modes}": "được làm tròn kiểu {mode}, không phải một trong {modes}",
    "has a step that is not more than 0": "có bước không lớn hơn 0",
    "has no step behind the mode": "không có bước sau kiểu làm tròn",
    "write 0 to 3 decimals": "hãy ghi 0 đến 3 chữ số thập phân",
    "has no table that is in force": "không có bảng giá nào đang áp dụng",
    "add one with the day from which it applies": "hãy thêm một bảng kèm ngày bắt đầu áp dụng",
    "has two rates from the same day": "có hai thuế suất từ cùng một ngày",
    "has no rate": "không có thuế suất",
    "write the day from which it applies, or in_force: false": (
        "hãy ghi ngày bắt đầu áp dụng, hoặc in_force: false"
    ),
    "is {value}, before the first day": "là {value}, trước ngày đầu",
    "write the last day on which it applies": "hãy ghi ngày cuối cùng còn áp dụng",
    "write one tier at least; one without width is a flat price": (
        "hãy ghi ít nhất một bậc; một bậc không có width là giá đồng nhất"
    ),
    "write the number of a tier, 1 to {most}": "hãy ghi số của một bậc, 1 đến {most}",
    "write {thousand} for that, or {price}0 if it is meant": (
        "hãy ghi {thousand} nếu vậy, hoặc {price}0 nếu đúng là thế"
    ),
    "is {price}, but {percent} % of the average price {average} is {expected}": (
        "là {price}, nhưng {percent} % của giá bình quân {average} là {expected}"
    ),
    "correct the one that is mistyped, or leave percent out": "hãy sửa số gõ nhầm, hoặc bỏ percent",
    "table {id}": "bảng {id}",
    "stands there twice": "có hai lần",
    "give each table an id of its own": "hãy đặt cho mỗi bảng một mã riêng",
    "tax {name}": "thuế {name}",
    "give one rate for each day from which it changes": "hãy ghi một thuế suất cho mỗi ngày thay đổi",
    "write it; only the last tier has none": "hãy ghi vào; chỉ bậc cuối không có",
    "leave it out of the last tier, which takes all the rest": (
        "hãy bỏ nó ở bậc cuối, bậc này nhận tất cả phần còn lại"
    ),
    "write the kWh of the tier, more than 0": "hãy ghi số kWh của bậc, lớn hơn 0",
    "write the price per kWh, 0 or more": "hãy ghi giá mỗi kWh, từ 0 trở lên",
    "write the price per kWh, or in_force: false": "hãy ghi giá mỗi kWh, hoặc in_force: false",
    "write an amount of 0 or more": "hãy ghi số tiền từ 0 trở lên",
    "begins on {day} like {other}": "bắt đầu ngày {day} giống {other}",
    "change its first day, or use the same id if it is meant to replace the other": (
        "hãy đổi ngày đầu của nó, hoặc dùng cùng mã nếu nó thay cho bảng kia"
    ),
    "name a tariff file, or a folder that holds some": "hãy chỉ một tệp biểu giá, hoặc thư mục chứa chúng",
    "config/tariffs/vn-residential.yaml of the project": "config/tariffs/vn-residential.yaml của dự án",
    "is {value}, not a date": "là {value}, không phải ngày tháng",
    "is {value}, not a day of the year": "là {value}, không phải ngày trong năm",
    "is {value}: it {error}": "là {value}: nó {error}",
    "{path} cannot be listed ({why}); {remedy}.": "Không liệt kê được {path} ({why}); {remedy}.",
    "is {value} once more": "lại là {value}",
    "give each table its own": "hãy cho mỗi bảng một mã riêng",
    "keep one": "hãy giữ một",
    "a date as YYYY-MM-DD": "ngày dạng YYYY-MM-DD",
    "a day of the year as MM-DD": "ngày trong năm dạng MM-DD",
    "a mode and a step, such as half-up 1 (modes: half-up, half-even, down, up)": (
        "kiểu và bước làm tròn, chẳng hạn half-up 1 (các kiểu: half-up, half-even, down, up)"
    ),
    "begin, end, before, or a number of days (the days of a month)": (
        "begin, end, before, hoặc số ngày (số ngày của một tháng)"
    ),
    "how sure the source makes it": "nguồn chắc chắn đến đâu",
    "no tiering per part where all fits the first tier": (
        "không chia bậc từng phần khi tất cả nằm trong bậc đầu"
    ),
    "quotas by the days used": "định mức theo số ngày sử dụng",
    "small letters, digits, dots and hyphens, such as vn-residential": (
        "chữ thường, chữ số, dấu chấm và gạch nối, chẳng hạn vn-residential"
    ),
    "text of one line": "chữ trên một dòng",
    "the average price per kWh of the decision": "giá bình quân mỗi kWh của quyết định",
    "the currency's three letters, such as VND": "ba chữ cái của đơn vị tiền, chẳng hạn VND",
    "the day that picks the rate": "ngày quyết định thuế suất",
    "the days a check is good for a later period": "số ngày mà một lần kiểm tra còn dùng được cho kỳ sau",
    "the decimals of the currency": "số chữ số thập phân của đơn vị tiền",
    "the money before taxes, or with the taxes before this one": (
        "tiền trước thuế, hoặc cả các thuế trước thuế này"
    ),
    "the money for each, before tax, in units of the currency": (
        "số tiền cho mỗi đơn vị, trước thuế, theo đơn vị tiền"
    ),
    "the months a check is good for": "số tháng mà một lần kiểm tra còn dùng được",
    "the number of the tier undeclared tenants pay": "số của bậc mà người thuê chưa kê khai phải trả",
    "the people that have one quota": "số người dùng chung một định mức",
    "the percentage of the average price": "tỷ lệ phần trăm của giá bình quân",
    "the price per kWh in units of the currency": "giá mỗi kWh theo đơn vị tiền",
    "the rate in percent, such as 8": "thuế suất theo phần trăm, chẳng hạn 8",
    "the width of the tier in kWh": "độ rộng của bậc theo kWh",
    "what people call the tariff": "tên thường gọi của biểu giá",
    "what the amount is for": "số tiền tính cho gì",
    "what the width of a tier is for": "độ rộng của bậc tính cho gì",
    "whether it may be used for a bill": "có được dùng để tính hóa đơn không",
}

"""Vietnamese for notices, bills, tariffs, verdicts and the evidence sheet."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # What a cost takes for granted.
    "The prices of {decision} come from a weak source; compare them with an old bill.": (
        "Giá của {decision} lấy từ nguồn chưa chắc chắn; hãy đối chiếu với một hóa đơn cũ."
    ),
    "Nobody has confirmed the prices of {decision}; compare them with the bill.": (
        "Chưa ai xác nhận giá của {decision}; hãy đối chiếu với hóa đơn."
    ),
    (
        "The price table {decision} was last checked on {checked_on} and the period ends on {last}: see "
        "whether a newer decision applies."
    ): (
        "Biểu giá {decision} được kiểm tra lần cuối ngày {checked_on}, còn kỳ này kết thúc ngày {last}: "
        "hãy xem đã có quyết định mới hơn chưa."
    ),
    (
        "Nobody has confirmed the price table {decision} since {checked_on}, for more than {months} "
        "months: see whether a newer decision applies."
    ): (
        "Chưa ai xác nhận lại biểu giá {decision} từ ngày {checked_on}, đã quá {months} tháng: hãy xem "
        "đã có quyết định mới hơn chưa."
    ),
    (
        "{pending} is decided, but was not in force when the tables were checked; {decision} is taken to "
        "apply still."
    ): (
        "{pending} đã ban hành nhưng chưa áp dụng khi biểu giá được kiểm tra; coi như {decision} vẫn còn "
        "hiệu lực."
    ),
    "All kWh cost the price of tier {tier}, the rule where tenants were not declared.": (
        "Mọi kWh tính theo giá bậc {tier}, quy định khi người thuê nhà chưa được kê khai."
    ),
    (
        "Quotas for part of a month are counted with T = {month_days} days, the calendar month in which "
        "the period begins (likely: it fits every published example)."
    ): (
        "Định mức cho một phần tháng tính với T = {month_days} ngày, là số ngày của tháng dương lịch có "
        "ngày đầu kỳ (khả năng cao: khớp mọi ví dụ đã công bố)."
    ),
    (
        "Quotas for part of a month are counted with T = {month_days} days, the calendar month in which "
        "the period ends (a setting of the tariff file)."
    ): (
        "Định mức cho một phần tháng tính với T = {month_days} ngày, là số ngày của tháng dương lịch có "
        "ngày cuối kỳ (theo cài đặt trong tệp biểu giá)."
    ),
    (
        "Quotas for part of a month are counted with T = {month_days} days, the calendar month before "
        "that in which the period ends (a setting of the tariff file)."
    ): (
        "Định mức cho một phần tháng tính với T = {month_days} ngày, là số ngày của tháng dương lịch "
        "liền trước tháng có ngày cuối kỳ (theo cài đặt trong tệp biểu giá)."
    ),
    "Quotas are counted by days, {days} days of {month_days} to a month.": (
        "Định mức tính theo ngày, {days} ngày với {month_days} ngày là một tháng."
    ),
    (
        "The period counts as whole months ({months}) and the days left over ({days} of {month_days}) "
        "(likely: no official text was seen)."
    ): (
        "Kỳ được tính thành số tháng tròn ({months}) và số ngày lẻ ({days} trên {month_days}) (khả năng "
        "cao: chưa thấy văn bản chính thức)."
    ),
    (
        "The quotas are those of whole months ({months}) for a period of {days} days: quotas go by days only "
        "for new supply, another contract holder, an end of the contract or an agreed change of reading day."
    ): (
        "Định mức là của số tháng tròn ({months}) cho kỳ có {days} ngày: định mức chỉ tính theo ngày khi cấp "
        "điện mới, đổi chủ hợp đồng, chấm dứt hợp đồng hoặc thỏa thuận đổi ngày ghi chỉ số."
    ),
    ("The quotas of the parts add up to those of the period; the last part takes the difference (likely)."): (
        "Định mức của các đoạn cộng lại đúng bằng định mức cả kỳ; đoạn cuối nhận phần chênh lệch (khả "
        "năng cao)."
    ),
    (
        "Nobody read the meter when the price changed ({decisions}): the kWh are shared by days, rounded "
        "{mode} to {step} kWh (the rounding is likely: no source states it)."
    ): (
        "Không ai ghi chỉ số vào ngày đổi giá ({decisions}): số kWh được chia theo ngày, làm tròn ({mode}) "
        "đến {step} kWh (khả năng cao: không nguồn nào nói rõ cách làm tròn)."
    ),
    (
        "The tiers change within the period ({decisions}): each part has the quotas of its own tiers by "
        "days; no source says how the utility does this."
    ): (
        "Các bậc thay đổi trong kỳ ({decisions}): mỗi đoạn có định mức theo bậc của mình và theo số "
        "ngày; không nguồn nào nói công ty điện lực làm thế nào."
    ),
    (
        "All kWh fit the first tier of the whole period, {quota} kWh: each part costs its own first price "
        "(likely)."
    ): (
        "Toàn bộ kWh nằm trong bậc 1 của cả kỳ, {quota} kWh: mỗi đoạn tính theo giá bậc 1 của mình (khả "
        "năng cao)."
    ),
    (
        "{tax} is {percent} %, the rate on the last day of the period, {day}; no source says which day "
        "counts, and the rate on the bill wins."
    ): (
        "Thuế {tax} là {percent} %, thuế suất vào ngày cuối kỳ, {day}; không nguồn nào nói tính theo "
        "ngày nào, và thuế suất in trên hóa đơn được ưu tiên."
    ),
    (
        "{tax} is {percent} %, the rate on the first day of the period, {day}; no source says which day "
        "counts, and the rate on the bill wins."
    ): (
        "Thuế {tax} là {percent} %, thuế suất vào ngày đầu kỳ, {day}; không nguồn nào nói tính theo ngày "
        "nào, và thuế suất in trên hóa đơn được ưu tiên."
    ),
    "The rate of {tax} from {first}, {percent} %, is likely, not confirmed.": (
        "Thuế suất {tax} từ ngày {first}, {percent} %, có khả năng cao nhưng chưa được xác nhận."
    ),
    (
        "The rate of {tax} from {first} is not known yet; {percent} % is what applies unless the law is "
        "changed."
    ): ("Thuế suất {tax} từ ngày {first} chưa biết; {percent} % là mức áp dụng nếu luật không thay đổi."),
    (
        "Bills count whole kWh: both indices lose their decimals, so the billed kWh may be up to 1 kWh "
        "(times the multiplier {multiplier}) less or more than the energy used."
    ): (
        "Hóa đơn tính kWh nguyên: cả hai chỉ số đều bỏ phần lẻ, nên số kWh trên hóa đơn có thể ít hơn "
        "hoặc nhiều hơn điện năng đã dùng tối đa 1 kWh (nhân với hệ số nhân {multiplier})."
    ),
    ("The cost so far is what the kWh used so far would cost if they were the whole period's consumption."): (
        "Tiền điện tạm tính là tiền của số kWh đã dùng đến nay, coi như đó là điện năng tiêu thụ của cả kỳ."
    ),
    # What cannot be worked out by a tariff.
    "The tariff has no rate of {tax} for {day}; add one to a tariff file (percent: 0 for none).": (
        "Biểu giá không có thuế suất {tax} cho ngày {day}; hãy thêm vào một tệp biểu giá "
        "(percent: 0 nếu không có thuế)."
    ),
    (
        "The tariff {tariff} has no price table in force on {day}; "
        "add the decision of that time to a tariff file."
    ): (
        "Biểu giá {tariff} không có bảng giá nào áp dụng cho ngày {day}; "
        "hãy thêm quyết định của thời gian đó vào một tệp biểu giá."
    ),
    "The period ends on {last}, before it begins on {first}; correct one of the two.": (
        "Kỳ kết thúc ngày {last}, trước khi bắt đầu ngày {first}; hãy sửa một trong hai ngày."
    ),
    "The period from {first} to {last} is longer than {days} days or too far ahead; check the years.": (
        "Kỳ từ ngày {first} đến ngày {last} dài hơn {days} ngày hoặc quá xa về sau; hãy xem lại năm."
    ),
    "The tariff {tariff} has no rule for the number of people; give the households.": (
        "Biểu giá {tariff} không có quy định theo số người; hãy cho biết số hộ."
    ),
    "{people} people cannot share a meter; give at least 1.": (
        "Không thể có {people} người dùng chung công tơ; hãy ghi ít nhất 1."
    ),
    "The consumption is {kwh} kWh; it cannot be less than 0.": (
        "Điện năng tiêu thụ là {kwh} kWh; không thể nhỏ hơn 0."
    ),
    "The number of households is {number}; it has to be more than 0.": "Số hộ là {number}; phải lớn hơn 0.",
    "The tariff {tariff} has no tax {tax}; its taxes: {known}.": (
        "Biểu giá {tariff} không có thuế {tax}; các thuế có: {known}."
    ),
    "The rate of {tax} is {rate}; write it as a fraction of 1, such as 0.08.": (
        "Thuế suất {tax} là {rate}; hãy ghi dưới dạng phần của 1, ví dụ 0.08."
    ),
    "The table of {decision} has no price for prepayment; add it to a tariff file.": (
        "Biểu giá {decision} không có giá bán điện trả trước; hãy thêm vào một tệp biểu giá."
    ),
    (
        "The table of {decision} does not say which tier undeclared tenants pay; "
        "add undeclared to a tariff file."
    ): (
        "Biểu giá {decision} không cho biết người thuê nhà chưa kê khai trả theo bậc nào; "
        "hãy thêm undeclared vào một tệp biểu giá."
    ),
    "The tariff files define {tariffs}; keep one of them, or choose by its name.": (
        "Các tệp biểu giá có {tariffs}; hãy giữ một biểu giá, hoặc chọn theo tên."
    ),
    "There is no tariff {tariff}; those known are {known}.": (
        "Không có biểu giá {tariff}; các biểu giá đã biết là {known}."
    ),
}

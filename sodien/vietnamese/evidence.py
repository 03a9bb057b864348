"""Vietnamese for the evidence sheet."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "kWh per day with bounds, and the share of each day that was counted": (
        "kWh mỗi ngày cùng các cận, và tỷ lệ thời gian được đếm của mỗi ngày"
    ),
    "Made by Sodien {version} on {time}.": "Lập bằng Sodien {version} lúc {time}.",
    (
        "The LED and the dial are driven by the same chip in the meter. This sheet can show a reading that "
        "was misread, estimated, mistyped, swapped or dated wrongly, wrong arithmetic, quotas and prices. It "
        "cannot show that the meter itself runs fast; for that, a known load has to be measured."
    ): (
        "Đèn LED và mặt số do cùng một chip trong công tơ điều khiển. Phiếu này có thể chỉ ra chỉ số bị đọc "
        "sai, ước lượng, gõ nhầm, lẫn với công tơ khác hoặc ghi sai ngày, tính toán, định mức và giá sai. "
        "Phiếu không thể chỉ ra rằng chính công tơ chạy nhanh; muốn biết điều đó phải đo với một tải đã "
        "biết."
    ),
    (
        "A private log is no legal measuring device. It is a good reason to ask for a check; it does not "
        "prove the amount."
    ): (
        "Sổ ghi riêng không phải là phương tiện đo pháp định. Đó là lý do chính đáng để yêu cầu kiểm tra; nó "
        "không chứng minh số tiền."
    ),
    "Call {name}: {hotline}, or use its app; note the number of your request.": (
        "Gọi {name}: {hotline}, hoặc dùng ứng dụng của công ty; hãy ghi lại mã số yêu cầu."
    ),
    "Call your power company or use its app; note the number of your request.": (
        "Gọi công ty điện lực hoặc dùng ứng dụng của công ty; hãy ghi lại mã số yêu cầu."
    ),
    (
        "Hand this sheet with the letter to the local power branch (điện lực) and let them confirm that "
        "they received it. For a wrong reading an answer is promised within 24 hours; a check of the meter "
        "within 3 days of a request (Electricity Law; the numbers are those of 2004, the law of 2024 is "
        "said to keep them)."
    ): (
        "Nộp phiếu này cùng thư cho điện lực địa phương và lấy giấy xác nhận đã nhận. Ghi sai chỉ số thì "
        "được hứa trả lời trong 24 giờ; kiểm tra công tơ trong 3 ngày kể từ khi yêu cầu (Luật Điện lực; các "
        "con số theo luật năm 2004, nghe nói luật năm 2024 giữ nguyên)."
    ),
    (
        "If the answer does not satisfy you: the provincial Department of Industry and Trade (Sở Công "
        "Thương), for Tây Ninh through the 1022 portal; it can have the meter tested independently."
    ): (
        "Nếu chưa thỏa đáng: gửi Sở Công Thương của tỉnh, với Tây Ninh là qua cổng 1022; Sở có thể cho kiểm "
        "định độc lập công tơ."
    ),
    "After that: consumer protection, and the court. Sign nothing that says you have no more questions.": (
        "Sau đó: cơ quan bảo vệ người tiêu dùng và tòa án. Đừng ký giấy nào ghi rằng quý vị không còn thắc "
        "mắc."
    ),
    "the power company": "công ty điện lực",
    "To: {name}": "Kính gửi: {name}",
    "Concerning: {title}, customer code {customer}, meter {serial}": (
        "Về việc: {title}, mã khách hàng {customer}, công tơ {serial}"
    ),
    "I compared this bill with my own record of the meter's pulses and dial readings. {headline}": (
        "Tôi đã so hóa đơn này với sổ ghi riêng về xung và chỉ số mặt số của công tơ. {headline}"
    ),
    (
        "Please check the reading on site together with me, correct the bill if it is wrong, and answer in "
        "writing. My record, with its bounds and its gaps, is attached."
    ): (
        "Kính đề nghị quý công ty cùng tôi kiểm tra lại chỉ số tại chỗ, sửa hóa đơn nếu sai và trả lời bằng "
        "văn bản. Sổ ghi của tôi, cùng các cận và các khoảng trống, được đính kèm."
    ),
    "Date, name, signature: ……………………………………": "Ngày, họ tên, chữ ký: ……………………………………",
    "Electricity bill {first} to {last}": "Hóa đơn tiền điện từ {first} đến {last}",
    "Electricity bill {month}/{year}": "Hóa đơn tiền điện tháng {month}/{year}",
    "Electricity bill read on {last}": "Hóa đơn tiền điện ghi chỉ số ngày {last}",
    "Electricity bill": "Hóa đơn tiền điện",
    "Customer": "Khách hàng",
    "Meter": "Công tơ",
    "Constant": "Hằng số",
    "Multiplier": "Hệ số nhân",
    "Power company": "Công ty điện lực",
    "To be paid": "Phải trả",
    "old index": "chỉ số cũ",
    "new index": "chỉ số mới",
    "our register did not show it in the weeks around": (
        "sổ của hộ không có chỉ số này trong các tuần quanh đó"
    ),
    "our register can have shown it from {start} to {end}": (
        "theo sổ của hộ, công tơ có thể chỉ số này từ {start} đến {end}"
    ),
    "our register showed it outside the reading day: {start} to {end}": (
        "theo sổ của hộ, công tơ chỉ số này ngoài ngày ghi: từ {start} đến {end}"
    ),
    "{share} of the period was counted; {hours} hours were not.": (
        "{share} thời gian của kỳ được đếm; {hours} giờ không được đếm."
    ),
    "Nothing is sealed yet.": "Chưa có gì được niêm phong.",
    (
        "Ledger {ledger}, entries up to {last}, sealed {time}: {digest}. Anyone with the ledger can check "
        "it: sodien verify --against {digest}"
    ): (
        "Sổ {ledger}, các bản ghi đến số {last}, niêm phong lúc {time}: {digest}. Ai có sổ đều kiểm tra "
        "được: sodien verify --against {digest}"
    ),
    "not known": "không biết",
    "{money} đồng": "{money} đồng",
    "Whose bill it is": "Hóa đơn của ai",
    "Does it continue the bill before?": "Có nối tiếp hóa đơn trước không?",
    "Does it add up?": "Cộng trừ có khớp không?",
    "The indices beside your own register": "Các chỉ số so với sổ của hộ",
    "The consumption beside your own": "Điện năng tiêu thụ so với sổ của hộ",
    "The printed lines": "Các dòng in trên hóa đơn",
    "Prices, quotas, tax, total": "Giá, định mức, thuế, tổng tiền",
    "Evidence sheet": "Phiếu bằng chứng",
    "The two indices": "Hai chỉ số",
    "on the bill": "trên hóa đơn",
    "our register, kWh (best [low … high])": "sổ của hộ, kWh (ước tính [thấp … cao])",
    "result": "kết quả",
    "when was it read?": "được đọc lúc nào?",
    "Consumption, kWh": "Điện năng tiêu thụ, kWh",
    "smallest difference that would have been noticed": "sai lệch nhỏ nhất có thể nhận ra",
    "Check by check": "Từng điểm kiểm tra",
    "Day by day": "Từng ngày",
    (
        "Bars: kWh of the day, with a line from the lowest to the highest possible value. Strip below: share "
        "of the day that was counted."
    ): (
        "Cột: kWh trong ngày, với vạch từ giá trị thấp nhất đến cao nhất có thể. Dải bên dưới: phần của ngày "
        "được đếm."
    ),
    "low": "thấp nhất",
    "best": "ước tính",
    "high": "cao nhất",
    "counted": "được đếm",
    "Dial readings": "Các lần đọc mặt số",
    "time": "thời điểm",
    "reading": "chỉ số đọc được",
    "read by": "người đọc",
    "not used because": "không dùng vì",
    "Not counted": "Không được đếm",
    "from": "từ",
    "to": "đến",
    "reason": "lý do",
    "kWh that can have flowed": "kWh có thể đã chạy qua",
    "What may have happened, the likeliest first": "Điều có thể đã xảy ra, khả năng cao nhất trước",
    "What was taken for granted": "Những điều được giả định",
    "What to do": "Nên làm gì",
    "What this sheet cannot show": "Những điều phiếu này không thể chỉ ra",
    "Seal": "Niêm phong",
    "Letter": "Thư",
    "If you want to go on": "Nếu muốn khiếu nại tiếp",
    "The notice gave no occasion for a check.": "Thông báo không có gì để kiểm tra.",
    "contradicts the other readings and the count": "mâu thuẫn với các lần đọc khác và số xung đếm được",
    "{reading} on {time}, SHA-256 {digest}": "{reading} lúc {time}, SHA-256 {digest}",
    "The evidence sheet is in {path}": "Phiếu bằng chứng ở {path}",
    "{path} is not a file; name another one with -o.": "{path} không phải là tệp; hãy chọn tệp khác bằng -o.",
    "{path} cannot be written ({error}); name another file with -o.": (
        "Không ghi được {path} ({error}); hãy chọn tệp khác bằng -o."
    ),
    (
        "a PDF needs the package weasyprint ({error}); install it with: pip install 'sodien[pdf]', or "
        "print the HTML sheet from a browser."
    ): (
        "PDF cần gói weasyprint ({error}); hãy cài bằng: pip install 'sodien[pdf]', hoặc in phiếu HTML từ "
        "trình duyệt."
    ),
    "The sheet to hand over for the wrong one: {file}": "Phiếu để nộp cho thông báo sai: {file}",
}

"""Vietnamese for entering and judging bills, the cost so far and the reminder."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # sodien bill
    "The utility's bill": "Hóa đơn của điện lực",
    "Enter a notice or bill; it is checked against your own register.": (
        "Nhập thông báo hay hóa đơn; đối chiếu ngay với chỉ số của chính bạn."
    ),
    "Check the bills anew from what is known now.": "Xét lại hóa đơn theo những gì biết được đến nay.",
    "Enter the utility's notices and bills; each is judged against your own register at once.": (
        "Nhập thông báo và hóa đơn của điện lực; mỗi cái được đối chiếu ngay với chỉ số của chính bạn."
    ),
    (
        "Read a notice or bill of the utility from FILE (- is standard input), store it and judge it.\n\n"
        "FILE is the text of an SMS, of Zalo or an app as it was pasted, or the XML of an e-invoice. What "
        "was "
        "not\n"
        "understood is said, never guessed: on a terminal you are asked, else the exit code is 2. An option "
        "gives a\n"
        "field by hand. A notice of the next reading day sets that day. Exit code 1: the bill disagrees."
    ): (
        "Đọc thông báo hay hóa đơn của điện lực từ FILE (- là đầu vào chuẩn), lưu lại và đối chiếu.\n\n"
        "FILE là nội dung tin nhắn SMS, Zalo hay ứng dụng được dán nguyên văn, hoặc XML của hóa đơn điện "
        "tử.\n"
        "Chỗ nào không hiểu thì nói rõ, không bao giờ đoán: ở cửa sổ dòng lệnh bạn sẽ được hỏi, nếu không "
        "thì "
        "mã thoát\n"
        "là 2. Mỗi tùy chọn cho phép ghi tay một mục. Thông báo lịch ghi điện sẽ đặt ngày ghi đó. Mã "
        "thoát 1: hóa "
        "đơn không khớp."
    ),
    "Store it without the fields that are not clear.": "Lưu, bỏ qua những mục không rõ.",
    "Only show what was understood; nothing is stored or judged.": (
        "Chỉ cho xem đã hiểu được gì; không lưu và không đối chiếu."
    ),
    "Who enters it.": "Ai nhập.",
    "Who corrects it.": "Ai sửa.",
    "Why it is corrected.": "Vì sao sửa.",
    "Customer code (mã khách hàng).": "Mã khách hàng.",
    "Serial number of the meter (số công tơ).": "Số công tơ.",
    "First day of the period (từ ngày), 2026-10-01 or 1/10/2026.": (
        "Ngày đầu kỳ (từ ngày), 2026-10-01 hoặc 1/10/2026."
    ),
    "Last day of the period (đến ngày): the reading day.": "Ngày cuối kỳ (đến ngày): ngày ghi chỉ số.",
    "Month of the bill (kỳ hóa đơn), such as 10/2026.": "Tháng của kỳ hóa đơn, ví dụ 10/2026.",
    "Old index (chỉ số cũ).": "Chỉ số cũ.",
    "New index (chỉ số mới).": "Chỉ số mới.",
    "Multiplier (hệ số nhân).": "Hệ số nhân.",
    "Consumption (điện năng tiêu thụ).": "Điện năng tiêu thụ.",
    "Energy of a meter taken down in the period.": "Điện năng của công tơ đã tháo trong kỳ.",
    "Money before tax (tiền điện chưa thuế).": "Tiền điện chưa thuế.",
    "Tax (tiền thuế).": "Tiền thuế.",
    "Tax rate, such as 8.": "Thuế suất, ví dụ 8.",
    "Money to be paid (tổng tiền thanh toán).": "Tổng tiền thanh toán.",
    "Number of households (số hộ).": "Số hộ.",
    "Local time of the reading on the last day.": "Giờ ghi chỉ số trong ngày cuối kỳ.",
    "A printed line of the charge, such as 50x1984=99200; once for each line.": (
        "Một dòng tính tiền in trên hóa đơn, ví dụ 50x1984=99200; mỗi dòng ghi một lần."
    ),
    "The notice says that it was estimated.": "Thông báo ghi rằng chỉ số là tạm tính.",
    "Enter a bill by hand, store it and judge it. Leave out what it does not say.\n\n"
    "Exit code 1: the bill disagrees.": (
        "Nhập hóa đơn bằng tay, lưu lại và đối chiếu. Mục nào hóa đơn không ghi thì bỏ trống.\n\n"
        "Mã thoát 1: hóa đơn không khớp."
    ),
    (
        "Put other values in the place of what bill ENTRY says, and judge it anew; the old entry stays.\n\n"
        "For what was typed or read wrongly. What the utility itself got wrong is for the verdict to find."
    ): (
        "Ghi giá trị khác thay cho hóa đơn ENTRY và đối chiếu lại; bản ghi cũ vẫn còn.\n\n"
        "Dùng khi gõ nhầm hay đọc nhầm. Điện lực ghi sai thì để phần đối chiếu phát hiện."
    ),
    "Say that bill ENTRY, or the reading day announced in ENTRY, does not count; the old entry stays.": (
        "Báo rằng hóa đơn ENTRY, hay ngày ghi chỉ số ở bản ghi ENTRY, không còn hiệu lực; bản ghi cũ vẫn còn."
    ),
    "List the bills by period, each with its number and the verdict stored on it.": (
        "Liệt kê hóa đơn theo kỳ, kèm số bản ghi và kết luận đã lưu."
    ),
    "Show bill ENTRY, what was said of it, and the verdict that was stored. 'sodien audit' judges anew.": (
        "Hiện hóa đơn ENTRY, những gì đã ghi thêm về nó và kết luận đã lưu. 'sodien audit' xét lại từ đầu."
    ),
    "Also show the text of the notice as it was given.": "Hiện cả nguyên văn thông báo đã nhập.",
    "{path}: the notice cannot be read ({reason}); name a file, or - for standard input.": (
        "{path}: không đọc được thông báo ({reason}); hãy nêu tên một tệp, hoặc - cho đầu vào chuẩn."
    ),
    "The text holds {count} bills; import them one at a time to give fields by hand.": (
        "Văn bản có {count} hóa đơn; muốn ghi tay từng mục thì hãy nhập từng hóa đơn một."
    ),
    "{option} (Enter leaves it out)": "{option} (bấm Enter để bỏ qua)",
    "Give it by hand ({options})": "Hãy ghi tay ({options})",
    "Correct the text": "Hãy sửa văn bản",
    "{sentence} {how}, or store the rest with --partial; nothing was stored.": (
        "{sentence} {how}, hoặc lưu phần còn lại bằng --partial; chưa lưu gì."
    ),
    "Bill {number}:": "Hóa đơn {number}:",
    "Understood:": "Đã hiểu:",
    "Nothing was stored (--dry-run).": "Chưa lưu gì (--dry-run).",
    "The next reading day is {day}.": "Ngày ghi chỉ số kế tiếp là {day}.",
    "The notice says that {money} is owed; that is not stored.": (
        "Thông báo ghi còn nợ {money}; mục này không được lưu."
    ),
    "Not clear: {sentence}": "Không rõ: {sentence}",
    "Not used: {text}": "Không dùng đến: {text}",
    "The reading day {day} is more than a year away; check the year. Nothing was stored.": (
        "Ngày ghi chỉ số {day} cách đây hơn một năm; hãy xem lại năm. Chưa lưu gì."
    ),
    "The customer code {code} is not that of this meter, {own} (billing.customer); nothing was stored.": (
        "Mã khách hàng {code} không phải của công tơ này, {own} (billing.customer); chưa lưu gì."
    ),
    "There is nothing to check: give the indices (--old, --new), --kwh or --total.": (
        "Không có gì để đối chiếu: hãy ghi chỉ số (--old, --new), --kwh hoặc --total."
    ),
    "The same bill is there already (entry {entry}); nothing was stored.": (
        "Đã có hóa đơn y như vậy (bản ghi {entry}); chưa lưu gì."
    ),
    "{sentence} Nothing was stored.": "{sentence} Chưa lưu gì.",
    "{meter}: bill {entry} is stored.": "{meter}: đã lưu hóa đơn {entry}.",
    "{meter}: bill {entry}": "{meter}: hóa đơn {entry}",
    "Give what the bill says, for example --last 2026-10-31 --old 12345 --new 12645.": (
        "Hãy ghi những gì hóa đơn có, ví dụ --last 2026-10-31 --old 12345 --new 12645."
    ),
    "Give what is to be corrected, for example --new 12645.": "Hãy ghi mục cần sửa, ví dụ --new 12645.",
    "Bill {entry} was withdrawn; enter it again instead.": "Hóa đơn {entry} đã bị rút lại; hãy nhập lại "
    "từ đầu.",
    "{meter}: entry {entry} does not count any more.": "{meter}: bản ghi {entry} không còn hiệu lực.",
    "{option} '{text}': {remedy}.": "{option} '{text}': {remedy}.",
    "it cannot be negative": "không thể là số âm",
    "that is not a number; write digits, such as 12345": "không phải là số; hãy ghi bằng chữ số, ví dụ 12345",
    "that may mean {low} or {high}; write it without a separator": (
        "có thể hiểu là {low} hoặc {high}; hãy ghi không có dấu phân cách"
    ),
    "write it as on the bill, letters and digits only": "hãy ghi như trên hóa đơn, chỉ gồm chữ cái và chữ số",
    "that is no day; write it like 2026-10-31 or 31/10/2026": (
        "không phải là ngày; hãy ghi như 2026-10-31 hoặc 31/10/2026"
    ),
    "that is no month; write it like 10/2026": "không phải là tháng; hãy ghi như 10/2026",
    "that is no time of day; write it like 08:30": "không phải là giờ; hãy ghi như 08:30",
    "write it like 50x1984=99200": "hãy ghi như 50x1984=99200",
    "The bill has several registers; correct it by importing the right notice instead.": (
        "Hóa đơn có nhiều bộ chỉ số; hãy sửa bằng cách nhập lại thông báo đúng."
    ),
    "There is no bill {entry}; 'sodien bill list' lists them.": (
        "Không có hóa đơn {entry}; 'sodien bill list' liệt kê các hóa đơn."
    ),
    "No bill has been entered yet; see 'sodien bill import --help'.": (
        "Chưa nhập hóa đơn nào; xem 'sodien bill import --help'."
    ),
    "Added to or corrected on {when} (entry {entry})": "Bổ sung hoặc sửa lúc {when} (bản ghi {entry})",
    "Withdrawn: {because}": "Đã rút lại: {because}",
    "{day} (not on the bill: by the reading day)": "{day} (hóa đơn không ghi: theo ngày ghi chỉ số)",
    "line {number} of the charge": "dòng tính tiền {number}",
    "the reading": "việc ghi chỉ số",
    "estimated, as the notice says": "tạm tính, theo thông báo",
    "What would explain it, the likeliest first:": "Có thể do, khả năng cao nhất trước:",
    "What to do:": "Nên làm gì:",
    "Taken for granted:": "Đã coi là đúng:",
    "consistent": "khớp",
    "Hotline of {company}: {hotlines}": "Tổng đài của {company}: {hotlines}",
    # sodien audit
    (
        "Judge a bill anew from what is known now (the last one, BILL by its number, or --all).\n\n"
        "A dial reading also narrows the past, so a verdict may become firmer; the stored one is shown "
        "beside "
        "it.\n"
        "Says when the indices were read and, over several bills, the utility's usual hour. Nothing is "
        "stored.\n"
        "Exit code 1: a bill disagrees."
    ): (
        "Xét lại một hóa đơn theo những gì biết được đến nay (hóa đơn cuối, BILL theo số, hoặc --all).\n\n"
        "Lần đọc mặt số mới cũng thu hẹp cận của quá khứ, nên kết luận có thể chắc hơn; kết luận đã lưu "
        "được hiện "
        "bên cạnh.\n"
        "Cho biết chỉ số được ghi lúc nào và, qua nhiều hóa đơn, giờ điện lực thường ghi. Không lưu gì.\n"
        "Mã thoát 1: có hóa đơn không khớp."
    ),
    "All bills, not only the last one.": "Mọi hóa đơn, không chỉ hóa đơn cuối.",
    "Name one bill or give --all, not both.": "Hãy nêu một hóa đơn hoặc --all, không dùng cả hai.",
    "The {label} {index} was on your register from {start} to {end}.": (
        "Theo sổ của bạn, {label} {index} hiện trên công tơ từ {start} đến {end}."
    ),
    "The same as the verdict stored on {then}.": "Giống kết luận đã lưu lúc {then}.",
    "The verdict stored on {then} was: {verdict}.": "Kết luận đã lưu lúc {then} là: {verdict}.",
    (
        "The readings fit {hour}, give or take {minutes} minutes. If the utility confirms it, write "
        "reading_hour: {hour} and billing.reading: hour into the settings; verdicts get sharper."
    ): (
        "Các lần ghi đều hợp với {hour}, xê dịch {minutes} phút. Nếu điện lực xác nhận, hãy ghi "
        "reading_hour: {hour} và billing.reading: hour vào cấu hình; kết luận sẽ chặt hơn."
    ),
    # status, doctor
    "billing period": "kỳ hóa đơn",
    "cost so far": "tiền điện tạm tính",
    "only what was counted since {since}": "chỉ tính phần đếm được từ {since}",
    "(tier {tier} begins above {kwh} kWh, {price} {currency} a kWh before tax)": (
        "(bậc {tier} bắt đầu từ trên {kwh} kWh, {price} {currency} mỗi kWh chưa thuế)"
    ),
    "tier": "bậc",
    "by {day}": "đến {day}",
    "{meter}: the tariff is {tariff}": "{meter}: biểu giá là {tariff}",
    "{meter}: the cost cannot be worked out": "{meter}: không tính được tiền điện",
    "see docs/how-to/new-price-decision.md; counting goes on without it.": (
        "xem docs/how-to/new-price-decision.md; việc đếm vẫn tiếp tục bình thường."
    ),
    # The reminder.
    "{meter}: read the dial today ({day}), the utility reads it too.": (
        "{meter}: hôm nay ({day}) hãy đọc mặt số công tơ, điện lực cũng ghi chỉ số hôm nay."
    ),
    "{meter}: the utility reads the meter tomorrow ({day}); read the dial then.": (
        "{meter}: ngày mai ({day}) điện lực ghi chỉ số; hãy đọc mặt số công tơ vào ngày đó."
    ),
    # The demo.
    "A notice that is over-read by {over} kWh:": "Thông báo ghi thừa {over} kWh:",
    "The notice as the utility corrected it:": "Thông báo đã được điện lực sửa lại:",
    "The bill, line by line: sodien audit -c {file}": "Xem từng dòng của hóa đơn: sodien audit -c {file}",
    "the verdict on a notice is wrong": "kết luận về một thông báo bị sai",
}

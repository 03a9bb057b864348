"""Vietnamese for the help of the command line: sections, commands and their options."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "Simulated days (1 to 400).": "Số ngày mô phỏng (1 đến 400).",
    "Which household and story; the same seed gives the same numbers.": (
        "Hộ gia đình và diễn biến nào; cùng hạt giống thì cùng con số."
    ),
    "Folder for the demo's files (default: demo-output); its own old files there are replaced.": (
        "Thư mục cho các tệp chạy thử (mặc định: demo-output); các tệp cũ của chính nó ở đó bị thay thế."
    ),
    "Keep running in real time afterwards, until Ctrl-C.": (
        "Sau đó chạy tiếp theo thời gian thực, cho đến khi bấm Ctrl-C."
    ),
    (
        "Forty simulated days of a household, from the meter's LED to the reading-day snapshot.\n\n"
        "The LED and the time are simulated; input device, filter, ledger, publisher, broker and "
        "collector are\n"
        "real. With two power cuts and six hours without broker. Exit code 1: something is missing or "
        "wrong."
    ): (
        "Bốn mươi ngày mô phỏng của một hộ gia đình, từ đèn LED của công tơ đến bản chốt chỉ số ngày "
        "ghi.\n\n"
        "Đèn LED và thời gian là mô phỏng; thiết bị đầu vào, bộ lọc, sổ, bộ gửi, broker và bộ thu là "
        "thật.\n"
        "Có hai lần mất điện và sáu giờ không có broker. Mã thoát 1: có gì đó thiếu hoặc sai."
    ),
    "Try it": "Chạy thử",
    "Services": "Dịch vụ",
    "Every day": "Hằng ngày",
    "When something is wrong": "Khi có trục trặc",
    "Forty simulated days, from the meter's LED to the reading-day snapshot.": (
        "Bốn mươi ngày mô phỏng, từ đèn LED của công tơ đến bản chốt chỉ số ngày ghi."
    ),
    "Count the meter's pulses; runs beside the meter.": "Đếm xung của công tơ; chạy ngay cạnh công tơ.",
    "Bring the entries from MQTT into the database; runs anywhere.": (
        "Đưa các bản ghi từ MQTT vào cơ sở dữ liệu; chạy ở đâu cũng được."
    ),
    "The register with its bounds, power, today, this period, queue.": (
        "Chỉ số kèm cận dưới, cận trên, công suất, hôm nay, kỳ này, hàng đợi."
    ),
    "Note what the meter's dial shows; this pins the register.": (
        "Ghi số đang hiện trên mặt công tơ; nhờ đó biết được chỉ số."
    ),
    "The register at the start and end of each reading day.": "Chỉ số đầu và cuối mỗi ngày ghi chỉ số.",
    "Emit known pulses and see that every one arrives, and when.": (
        "Phát một loạt xung biết trước và xem từng xung có đến đủ, đúng lúc không."
    ),
    (
        "Check on this machine that no pulse is lost: count, widths and times of known trains.\n\n"
        "Needs a wire from a spare output pin (--out) to the input, and nothing else on either; without "
        "--out it\nreports only what it can. 'sodien run' must not use the line meanwhile. Exit code 1: "
        "something was lost,\nlate or too much. The report can be attached to an issue."
    ): (
        "Kiểm tra trên máy này rằng không mất xung nào: số đếm, độ rộng và thời điểm của những loạt xung "
        "biết trước.\n\n"
        "Cần một sợi dây nối một chân ra còn trống (--out) với chân vào, ngoài ra không có gì khác trên hai "
        "chân; không có --out thì chỉ báo những gì có thể. 'sodien run' không được dùng đường này cùng lúc. "
        "Mã thoát 1: có xung bị mất, trễ hoặc thừa. Có thể đính kèm báo cáo khi báo lỗi."
    ),
    "Input pin (default: the first meter's).": "Chân vào (mặc định: của công tơ đầu tiên).",
    "Spare output pin, joined to the input by a wire.": (
        "Chân ra còn trống, nối với chân vào bằng một sợi dây."
    ),
    "Check what can go wrong, with a remedy for each finding.": (
        "Kiểm tra những gì có thể hỏng, kèm cách khắc phục từng vấn đề."
    ),
    (
        "Sodien: your own witness to the number on the electricity meter.\n\n"
        "Counts the meter's LED, keeps the register with honest bounds, and checks the utility's "
        "reading."
    ): (
        "Sodien: nhân chứng của riêng bạn cho con số trên công tơ điện.\n\n"
        "Đếm nháy đèn LED của công tơ, giữ chỉ số kèm cận trung thực, và đối chiếu với chỉ số của điện "
        "lực."
    ),
    "Language (default: SODIEN_LANG, then LANG).": "Ngôn ngữ (mặc định: SODIEN_LANG, rồi đến LANG).",
    "Print the version.": "In phiên bản.",
    (
        "Count the meter's pulses, keep the ledger and publish it. Runs beside the meter until it is stopped."
    ): ("Đếm xung của công tơ, giữ sổ và gửi đi. Chạy cạnh công tơ cho đến khi bị dừng."),
    "Settings file (default: $SODIEN_CONFIG, then /etc/sodien/sodien.yaml).": (
        "Tệp cấu hình (mặc định: $SODIEN_CONFIG, rồi đến /etc/sodien/sodien.yaml)."
    ),
    "Log more.": "Ghi nhật ký chi tiết hơn.",
    (
        "Bring the entries of all devices from MQTT into the database. Runs anywhere, until it is "
        "stopped.\n\n"
        "Exit code 1: it has to be started again (systemd does); 2: the settings cannot be used."
    ): (
        "Đưa bản ghi của mọi thiết bị từ MQTT vào cơ sở dữ liệu. Chạy ở đâu cũng được, cho đến khi bị "
        "dừng.\n\n"
        "Mã thoát 1: phải khởi động lại (systemd tự làm); 2: cấu hình không dùng được."
    ),
    "Append line protocol to FILE instead of writing to a database.": (
        "Ghi nối line protocol vào FILE thay vì vào cơ sở dữ liệu."
    ),
    "MQTT client id; give each collector of a share group its own.": (
        "Mã client MQTT; mỗi bộ thu trong một nhóm chia sẻ phải có mã riêng."
    ),
    (
        "Show each meter's register with bounds, power, today, this billing period, coverage, queue "
        "and broker.\n\n"
        "With --at only the register at that instant is shown."
    ): (
        "Hiện chỉ số từng công tơ kèm cận, công suất, hôm nay, kỳ hóa đơn này, tỷ lệ đếm, hàng đợi và "
        "broker.\n\n"
        "Với --at chỉ hiện chỉ số tại thời điểm đó."
    ),
    "Print JSON; kWh are decimal strings.": "In JSON; kWh là chuỗi thập phân.",
    "Any instant, e.g. '2026-11-30 07:30' (meter's time zone).": (
        "Thời điểm bất kỳ, ví dụ '2026-11-30 07:30' (múi giờ của công tơ)."
    ),
    (
        "Note the READING on the meter's dial, e.g. 12345.6; this pins the register, also in the "
        "past.\n\n"
        "The dial truncates: 12345.6 means from 12345.6 up to 12345.7. Readings are kept side by side "
        "and never\n"
        "overwrite each other; one that contradicts the count is kept too, and said to. "
        "A mistake is put right by a\n"
        "new entry (--correct, --withdraw): the old one stays, marked."
    ): (
        "Ghi số READING trên mặt công tơ, ví dụ 12345.6; nhờ đó biết chỉ số, kể cả trong quá khứ.\n\n"
        "Mặt số cắt bớt phần lẻ: 12345.6 nghĩa là từ 12345.6 đến dưới 12345.7. Các lần đọc được giữ "
        "cạnh nhau,\n"
        "không ghi đè lên nhau; lần nào mâu thuẫn với số xung cũng được giữ và báo rõ. Ghi nhầm thì sửa bằng "
        "bản ghi\n"
        "mới (--correct, --withdraw): bản ghi cũ vẫn còn, có đánh dấu."
    ),
    "Which meter (needed only with several).": "Công tơ nào (chỉ cần khi có nhiều công tơ).",
    "When it was read (default: now).": "Đọc lúc nào (mặc định: bây giờ).",
    "How exactly the time is known (default: 1m).": "Thời điểm biết chính xác đến mức nào (mặc định: 1m).",
    "Who read it.": "Ai đã đọc.",
    "Only show what it would change.": "Chỉ cho xem điều sẽ thay đổi.",
    (
        "List the register at the start and end of each reading day, as it was known when the day "
        "ended.\n\n"
        "Later dial readings may have narrowed it: where what is known now differs, that is shown beside "
        "it.\n"
        "Compare it with the index on the utility's notice: the notice's \"đến ngày\" is the reading "
        "day."
    ): (
        "Liệt kê chỉ số đầu và cuối mỗi ngày ghi chỉ số, như đã biết khi ngày đó kết thúc.\n\n"
        "Các lần đọc mặt số về sau có thể đã thu hẹp nó: chỗ nào điều biết được bây giờ khác đi thì hiện "
        "bên cạnh.\n"
        'Hãy so với chỉ số trên thông báo của điện lực: "đến ngày" trên thông báo là ngày ghi chỉ số.'
    ),
    "What the dial moved against what was counted, between readings.": (
        "Mặt số đã tăng bao nhiêu so với số đếm được, giữa các lần đọc."
    ),
    (
        "Compare what the dial moved with what was counted, from each dial reading to the next and over "
        "all.\n\n"
        "With --from or --to only between those two readings. Where they disagree the likeliest reasons are "
        "named,\n"
        "and the exit code is 1."
    ): (
        "So mức tăng trên mặt số với số đếm được, từ mỗi lần đọc đến lần kế tiếp và trên toàn bộ.\n\n"
        "Với --from hoặc --to chỉ so giữa hai lần đọc đó. Chỗ nào lệch nhau thì nêu các nguyên nhân dễ xảy "
        "ra nhất\n"
        "và mã thoát là 1."
    ),
    "The first dial reading: its entry number, or from a time on.": (
        "Lần đọc mặt số đầu: số thứ tự bản ghi, hoặc từ một thời điểm trở đi."
    ),
    "The last dial reading: its entry number, or up to a time.": (
        "Lần đọc mặt số cuối: số thứ tự bản ghi, hoặc đến một thời điểm."
    ),
    (
        "Write ticks, snapshots or gaps as CSV. Times are RFC 3339 in UTC, kWh carry low, best and high.\n\n"
        "Entries is the whole ledger as it is sealed, so that anybody can re-compute the seals."
    ): (
        "Xuất số đếm từng phút (ticks), bản chốt (snapshots) hoặc khoảng trống (gaps) ra CSV. Thời "
        "gian theo RFC 3339, UTC; kWh gồm cận dưới, giá trị tốt nhất và cận trên.\n\n"
        "Entries là cả sổ đúng như khi được niêm phong, để ai cũng tính lại được các dấu."
    ),
    "Only from this time on (meter's time zone).": "Chỉ từ thời điểm này (múi giờ của công tơ).",
    "Only before this time.": "Chỉ trước thời điểm này.",
    "Write here instead of to standard output.": "Ghi vào đây thay vì ra màn hình.",
    (
        "Check settings, ledger, disk, counting, clock, GPIO, pulses, broker and database; nothing is "
        "changed.\n\n"
        "Exit code 1 when there is something to do about."
    ): (
        "Kiểm tra cấu hình, sổ, ổ đĩa, việc đếm, đồng hồ, GPIO, xung, broker và cơ sở dữ liệu; không "
        "thay đổi gì.\n\n"
        "Mã thoát 1 khi có việc cần xử lý."
    ),
    "Setting up": "Lắp đặt",
    "Watch the sensor while you place it; check the constant with a known load.": (
        "Xem cảm biến trong lúc đặt; kiểm tra hằng số bằng một tải đã biết."
    ),
    (
        "Watch the sensor while you place it: every flash, its width and spacing, noise, power, "
        "a verdict.\n\n"
        "With --watts it also says whether the constant on the plate fits a known load: switch everything "
        "else off.\n"
        "'sodien run' must not use the line meanwhile. Exit code 1: the aim is not good yet, or the constant "
        "does\n"
        "not fit."
    ): (
        "Xem cảm biến trong lúc đặt: từng lần nháy, độ rộng và khoảng cách, nhiễu, công suất, "
        "kết luận.\n\n"
        "Với --watts còn cho biết hằng số ghi trên mặt công tơ có khớp với một tải đã biết không: hãy "
        "tắt mọi thứ khác.\n"
        "Trong lúc đó 'sodien run' không được dùng đường tín hiệu này. Mã thoát 1: chưa đặt tốt, hoặc "
        "hằng số không\n"
        "khớp."
    ),
    "Stop after N seconds (default: Ctrl-C; 30 with --json).": (
        "Dừng sau N giây (mặc định: bấm Ctrl-C; 30 với --json)."
    ),
    "Calibrate: the only load on this meter, in watts, as a plug meter shows it.": (
        "Hiệu chuẩn: tải duy nhất trên công tơ này, tính bằng oát, như công tơ cắm chỉ."
    ),
    "How exactly that load is known (default: 3).": "Biết tải đó chính xác đến đâu (mặc định: 3).",
    "Make bucket or database, InfluxQL mapping and tokens, then end.": (
        "Tạo bucket hoặc cơ sở dữ liệu, ánh xạ InfluxQL và các token, rồi kết thúc."
    ),
    "For --setup on InfluxDB 2: file with a token that may do that.": (
        "Cho --setup trên InfluxDB 2: tệp chứa token được phép làm việc đó."
    ),
    "For --setup: put a new token that may only write the bucket into FILE.": (
        "Cho --setup: ghi vào TỆP một token mới chỉ được ghi bucket."
    ),
    "For --setup: put a new token that may only read the bucket into FILE.": (
        "Cho --setup: ghi vào TỆP một token mới chỉ được đọc bucket."
    ),
    ("Ask for the settings that matter, try them, write them."): (
        "Hỏi các cấu hình cần thiết, thử và ghi lại."
    ),
    "Which meter; one that is not there yet is added.": "Công tơ nào; nếu chưa có thì thêm vào.",
    "Name of this Pi.": "Tên của máy Pi này.",
    "GPIO pin (BCM number) of the sensor.": "Chân GPIO (số BCM) của cảm biến.",
    "Level while the LED is lit: high or low.": "Mức khi đèn LED sáng: high hoặc low.",
    "Meter constant in imp/kWh.": "Hằng số công tơ, xung/kWh.",
    ("What the dial shows now; tells digits and decimals."): (
        "Mặt số đang chỉ; cho biết số chữ số nguyên và lẻ."
    ),
    "Main breaker in amperes.": "Áptômát tổng, ampe.",
    "Number of phases.": "Số pha.",
    "Reading day: 1 to 31 or last.": "Ngày ghi chỉ số: 1 đến 31 hoặc last.",
    "MQTT broker.": "Broker MQTT.",
    "InfluxDB's URL.": "URL của InfluxDB.",
    "Any other setting, e.g. mqtt.user=nha-toi.": "Cấu hình khác, ví dụ mqtt.user=nha-toi.",
    ("Do not try the sensor, the broker and the database."): ("Không thử cảm biến, broker và cơ sở dữ liệu."),
    "Ask nothing: only what the options say changes.": "Không hỏi: chỉ thay đổi theo các tùy chọn.",
    (
        "Ask for the settings that matter, try them, and write the settings file with its comments kept.\n"
        "\n"
        "Every question is an option too. Run it again at any time: what is set is offered as it is. Exit "
        "code 1:\n"
        "written, but the sensor, the broker or the database did not answer as they should."
    ): (
        "Hỏi các cấu hình cần thiết, thử chúng và ghi tệp cấu hình, giữ nguyên chú thích.\n"
        "\n"
        "Mỗi câu hỏi cũng là một tùy chọn. Có thể chạy lại bất cứ lúc nào: giá trị đang có được đề nghị "
        "sẵn. Mã thoát 1:\n"
        "đã ghi, nhưng cảm biến, broker hoặc cơ sở dữ liệu không trả lời như mong đợi."
    ),
    "Re-compute the seals: was anything changed since it was written?": (
        "Tính lại các dấu niêm phong: từ khi ghi có gì bị sửa không?"
    ),
    "Write ticks, snapshots, gaps or all entries as CSV.": (
        "Xuất số đếm từng phút, bản chốt, khoảng trống hoặc mọi bản ghi ra CSV."
    ),
    "Compare with a seal (or a file of seals) that was kept elsewhere.": (
        "So với một dấu niêm phong (hoặc một tệp các dấu) đã giữ ở nơi khác."
    ),
    "Another ledger than that of the settings, e.g. one set aside.": (
        "Một sổ khác với sổ trong phần cài đặt, ví dụ sổ đã để riêng ra."
    ),
    (
        "Re-compute the ledger's seals and name the first entry that was changed, lost or put in since.\n\n"
        "Nothing is written, and the service may go on. Exit code 1 when something does not fit."
    ): (
        "Tính lại các dấu niêm phong của sổ và chỉ ra bản ghi đầu tiên bị sửa, mất hoặc chèn thêm từ đó.\n\n"
        "Không ghi gì cả, dịch vụ cứ chạy tiếp. Mã thoát 1 khi có gì đó không khớp."
    ),
    "Ledger, settings and photos into one verified file.": (
        "Sao lưu sổ, phần cài đặt và ảnh vào một tệp đã kiểm tra."
    ),
    "Go on from a backup; what was there is set aside.": (
        "Chạy tiếp từ một bản sao lưu; cái đang có được để riêng ra."
    ),
    "Then keep only the N newest in that folder.": "Sau đó chỉ giữ N bản mới nhất trong thư mục ấy.",
    "Only verify the backup.": "Chỉ kiểm tra bản sao lưu.",
    (
        "Back up the ledger, the settings and the photos into one verified file; the service may go on.\n\n"
        "Without FILE or DIR it goes into the folder backups beside the ledger. Passwords and tokens are not "
        "in it."
    ): (
        "Sao lưu sổ, phần cài đặt và ảnh vào một tệp đã kiểm tra; dịch vụ cứ chạy tiếp.\n\n"
        "Không nêu FILE hay DIR thì tệp nằm trong thư mục backups cạnh sổ. Mật khẩu và token không nằm trong "
        "đó."
    ),
    (
        "Put the backup FILE in the place of the ledger; stop 'sodien run' first.\n\n"
        "A backup that does not verify is refused. A ledger that is there is set aside, never deleted, and\n"
        "settings that are there stay. What was counted after the backup becomes a gap that says so."
    ): (
        "Đặt bản sao lưu FILE vào chỗ của sổ; hãy dừng 'sodien run' trước.\n\n"
        "Bản sao lưu không khớp khi kiểm tra thì bị từ chối. Sổ đang có được để riêng ra, không bao giờ bị\n"
        "xóa, và phần cài đặt đang có giữ nguyên. Những gì đếm sau bản sao lưu trở thành khoảng trống có ghi "
        "rõ."
    ),
    "The evidence sheet of a bill: one page to print or to send.": (
        "Phiếu bằng chứng của một hóa đơn: một trang để in hoặc gửi."
    ),
    "Write here (default: sodien-bill-BILL.html, or .pdf, in this folder).": (
        "Ghi vào đây (mặc định: sodien-bill-SỐ.html, hoặc .pdf, trong thư mục này)."
    ),
    "Make a PDF; needs the extra: pip install 'sodien[pdf]'.": (
        "Tạo PDF; cần gói thêm: pip install 'sodien[pdf]'."
    ),
    (
        "Make the evidence sheet of BILL (by its number; the last one without): one page to print or to "
        "send.\n"
        "\n"
        "Both indices beside yours with bounds, the period day by day, photos of the dial, each check, "
        "every\n"
        "assumption, the seal, what it cannot show; a letter to the utility where the bill disagrees, and "
        "the steps\n"
        "of a complaint. In the language in use (--lang). The verdict on it is made anew from what is known "
        "now."
    ): (
        "Lập phiếu bằng chứng của hóa đơn BILL (theo số; không ghi thì là hóa đơn cuối): một trang để in "
        "hoặc gửi.\n"
        "\n"
        "Hai chỉ số cạnh chỉ số của quý vị kèm các cận, từng ngày trong kỳ, ảnh mặt số, từng điểm kiểm tra, "
        "mọi\n"
        "giả định, niêm phong, những điều không thể chỉ ra; thư gửi điện lực nếu hóa đơn không khớp, và các "
        "bước\n"
        "khiếu nại. Theo ngôn ngữ đang dùng (--lang). Kết luận được tính lại từ những gì biết đến lúc này."
    ),
}

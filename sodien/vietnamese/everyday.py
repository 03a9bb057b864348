"""Vietnamese for counting, status, doctor and demo."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "There is no meter '{wanted}'; the settings know: {known}.": (
        "Không có công tơ '{wanted}'; trong cấu hình có: {known}."
    ),
    "There are several meters; choose one with --meter: {known}.": (
        "Có nhiều công tơ; hãy chọn một bằng --meter: {known}."
    ),
    "'{text}' is not a time; write it like 2026-11-30 07:30 (or: now).": (
        "'{text}' không phải là thời điểm; hãy viết như 2026-11-30 07:30 (hoặc: now)."
    ),
    "--within '{text}' is not a duration; write it like 30s, 1m or 2h.": (
        "--within '{text}' không phải là khoảng thời gian; hãy viết như 30s, 1m hoặc 2h."
    ),
    "{when} lies in the future; give the time of the reading.": (
        "{when} nằm ở tương lai; hãy ghi đúng lúc đọc công tơ."
    ),
    "{meter}: the dial showed {reading} at {at}.": "{meter}: mặt số chỉ {reading} lúc {at}.",
    "Nothing was noted (--dry-run).": "Chưa ghi gì (--dry-run).",
    "connected": "đã kết nối",
    "connecting": "đang kết nối",
    "disconnected": "mất kết nối",
    "off": "tắt",
    "not running": "không chạy",
    "the clock is not set yet": "đồng hồ chưa được chỉnh",
    "The register as of {at}:": "Chỉ số tính đến {at}:",
    "The ledger ends then: nothing was counted after it.": (
        "Sổ kết thúc vào lúc đó: sau đó không đếm được gì."
    ),
    "The ledger begins then: nothing was counted before it.": (
        "Sổ bắt đầu vào lúc đó: trước đó không đếm được gì."
    ),
    "register before": "chỉ số trước đó",
    "register now": "chỉ số bây giờ",
    "{folder}: {free} MiB free": "{folder}: còn trống {free} MiB",
    "{folder}: cannot be looked into ({reason})": "{folder}: không xem được ({reason})",
    "create the folder, correct ledger.path, or run as its owner (sudo -u sodien …).": (
        "hãy tạo thư mục, sửa ledger.path, hoặc chạy bằng người dùng sở hữu nó (sudo -u sodien …)."
    ),
    "{path}: sound, {entries} entries, {size} KiB": "{path}: nguyên vẹn, {entries} bản ghi, {size} KiB",
    "'sodien run' is counting (process {pid})": "'sodien run' đang đếm (tiến trình {pid})",
    "the clock is not set: pulses are counted, but get their times only later": (
        "đồng hồ chưa được chỉnh: xung vẫn được đếm, nhưng sau này mới biết thời điểm"
    ),
    "connect to the network (timedatectl), or write 'clock: trust' where a hardware clock is right.": (
        "hãy nối mạng (xem timedatectl), hoặc ghi 'clock: trust' nếu máy có đồng hồ phần cứng chạy đúng."
    ),
    "GPIO chip: {found}": "Chip GPIO: {found}",
    "{meter}: {pulses} pulses by {at}": "{meter}: {pulses} xung tính đến {at}",
    "{meter}: {readings} dial readings agree with the count": (
        "{meter}: {readings} lần đọc mặt số đều khớp với số xung đếm được"
    ),
    "{queue} entries are not confirmed by the database yet": (
        "{queue} bản ghi chưa được cơ sở dữ liệu xác nhận"
    ),
    "{queue} entries are not confirmed by the database yet; the last confirmation is {age} min old": (
        "{queue} bản ghi chưa được cơ sở dữ liệu xác nhận; lần xác nhận gần nhất cách đây {age} phút"
    ),
    "see whether 'sodien collect' runs: journalctl -u sodien-collector -n 50. Nothing is lost.": (
        "hãy xem 'sodien collect' có chạy không: journalctl -u sodien-collector -n 50. Không mất gì cả."
    ),
    "the broker {host}:{port} answers": "broker {host}:{port} có trả lời",
    "the database {url} cannot be reached from here ({reason})": (
        "từ máy này không nối được tới cơ sở dữ liệu {url} ({reason})"
    ),
    "start it (sudo systemctl start influxdb), or correct influxdb.url. Entries wait meanwhile.": (
        "hãy khởi động nó (sudo systemctl start influxdb), hoặc sửa influxdb.url. Trong lúc đó các bản "
        "ghi vẫn chờ."
    ),
    "{meter}: the next reading day is {day}": "{meter}: ngày ghi chỉ số kế tiếp là {day}",
    "the settings are sound": "cấu hình hợp lệ",
    "mend this first, then run 'sodien doctor' again.": (
        "hãy sửa lỗi này trước, rồi chạy lại 'sodien doctor'."
    ),
    "free some space; without it the count is only in memory.": (
        "hãy giải phóng bộ nhớ lưu trữ; nếu không, số đếm chỉ nằm trong RAM."
    ),
    "'sodien run' is not running: nothing is being counted now": (
        "'sodien run' không chạy: hiện không đếm được gì"
    ),
    "start it: sudo systemctl start sodien-firmware, or 'sodien run' in a terminal.": (
        "hãy khởi động: sudo systemctl start sodien-firmware, hoặc gõ 'sodien run' trong cửa sổ lệnh."
    ),
    "see the log: journalctl -u sodien-firmware -n 50.": (
        "hãy xem nhật ký: journalctl -u sodien-firmware -n 50."
    ),
    "'sodien run' (process {pid}) has not answered for {age} s": (
        "'sodien run' (tiến trình {pid}) không phản hồi đã {age} giây"
    ),
    "restart it: sudo systemctl restart sodien-firmware.": (
        "hãy khởi động lại: sudo systemctl restart sodien-firmware."
    ),
    "the clock is set": "đồng hồ đã được chỉnh đúng",
    "the pulses are simulated (gpio.factory)": "xung là mô phỏng (gpio.factory)",
    "there is no GPIO chip {name} on this machine": "máy này không có chip GPIO {name}",
    "run on a Raspberry Pi, correct gpio.chip, or set gpio.factory: simulated to try.": (
        "hãy chạy trên Raspberry Pi, sửa gpio.chip, hoặc đặt gpio.factory: simulated để chạy thử."
    ),
    "no permission to use {found}": "không có quyền dùng {found}",
    "join the group: sudo adduser $USER gpio, then log in again.": (
        "hãy vào nhóm gpio: sudo adduser $USER gpio, rồi đăng nhập lại."
    ),
    "{meter}: nothing has been counted yet": "{meter}: chưa đếm được gì",
    "{meter}: no pulse for more than 24 hours (count {pulses})": (
        "{meter}: hơn 24 giờ không có xung nào (số đếm {pulses})"
    ),
    "see whether the sensor still sits over the meter's LED and its own LED blinks.": (
        "hãy xem cảm biến còn áp đúng đèn LED của công tơ không và đèn của cảm biến có nháy không."
    ),
    "{meter}: no dial reading yet, so the register is not known": (
        "{meter}: chưa có lần đọc mặt số nào nên chưa biết chỉ số"
    ),
    "type 'sodien dial' with what the meter shows.": "hãy gõ 'sodien dial' kèm số đang hiện trên công tơ.",
    "see 'sodien drift'; read the dial again and note it with 'sodien dial'.": (
        "hãy xem 'sodien drift'; đọc lại mặt số và ghi bằng 'sodien dial'."
    ),
    "the broker {host}:{port} answers, but 'sodien run' is not connected ({reason})": (
        "broker {host}:{port} có trả lời, nhưng 'sodien run' không kết nối được ({reason})"
    ),
    "check mqtt.user, mqtt.password_file and mqtt.tls, and the broker's log.": (
        "hãy kiểm tra mqtt.user, mqtt.password_file, mqtt.tls và nhật ký của broker."
    ),
    "the database {url} answers": "cơ sở dữ liệu {url} có trả lời",
    "Findings: {count}.": "Số vấn đề: {count}.",
    "Nothing to do.": "Không có gì phải làm.",
    "stop the service, keep a copy of the file, and start it: it salvages what can be read.": (
        "hãy dừng dịch vụ, giữ một bản sao của tệp, rồi khởi động lại: nó sẽ cứu những gì còn đọc được."
    ),
    "the broker {host}:{port} cannot be reached ({reason})": (
        "không nối được tới broker {host}:{port} ({reason})"
    ),
    "start it (sudo systemctl start mosquitto), or correct mqtt.host and mqtt.port.": (
        "hãy khởi động nó (sudo systemctl start mosquitto), hoặc sửa mqtt.host và mqtt.port."
    ),
    "{path}: cannot be written ({reason}); choose another --output.": (
        "{path}: không ghi được ({reason}); hãy chọn --output khác."
    ),
    "did you mean '{near}'?": "có phải ý bạn là '{near}'?",
    "see 'sodien --help'.": "hãy xem 'sodien --help'.",
    "There is no command '{name}'; {hint}": "Không có lệnh '{name}'; {hint}",
    "Stopped.": "Đã dừng.",
    "No reading day has ended yet since counting began.": (
        "Từ khi bắt đầu đếm chưa có ngày ghi chỉ số nào kết thúc."
    ),
    "start of day": "đầu ngày",
    "usual hour": "giờ thường ghi",
    "end of day": "cuối ngày",
    "queue {queue} · broker {broker} · ledger {path}": "hàng đợi {queue} · broker {broker} · sổ {path}",
    "at most {most}": "nhiều nhất {most}",
    "'sodien run' is not running: nothing is being counted now.": (
        "'sodien run' không chạy: hiện không đếm được gì."
    ),
    "register": "chỉ số",
    "as of": "tính đến",
    "pulses": "số xung",
    "power": "công suất",
    "today": "hôm nay",
    "this period": "kỳ này",
    "coverage today": "tỷ lệ đếm hôm nay",
    "rejected": "xung bị loại",
    "{path}: the ledger could not be written ({text}).": "{path}: không ghi được vào sổ ({text}).",
    "{path}: another program holds the ledger; try again.": (
        "{path}: một chương trình khác đang giữ sổ; hãy thử lại."
    ),
    "{path}: the disk is full; free some space.": "{path}: ổ đĩa đã đầy; hãy giải phóng chỗ trống.",
    "{path}: no permission to use the ledger; run as the user that owns it (sudo -u sodien …).": (
        "{path}: không có quyền dùng sổ; hãy chạy bằng người dùng sở hữu nó (sudo -u sodien …)."
    ),
    "{path}: the ledger is damaged ({text}); 'sodien run' sets it aside and salvages it.": (
        "{path}: sổ bị hỏng ({text}); 'sodien run' sẽ cất bản hỏng sang bên và cứu dữ liệu."
    ),
    "{path}: there is no ledger yet; start 'sodien run' first, or name another --config.": (
        "{path}: chưa có sổ; hãy chạy 'sodien run' trước, hoặc chỉ ra --config khác."
    ),
    "{path}: the folder does not exist; create it or change ledger.path.": (
        "{path}: thư mục không tồn tại; hãy tạo nó hoặc sửa ledger.path."
    ),
    "{path}: written by a newer Sodien (schema {schema}); update this one.": (
        "{path}: do bản Sodien mới hơn ghi (lược đồ {schema}); hãy cập nhật bản này."
    ),
    "{path}: this SQLite file is not a Sodien ledger; choose another ledger.path.": (
        "{path}: tệp SQLite này không phải sổ của Sodien; hãy chọn ledger.path khác."
    ),
    "no dial reading yet; type 'sodien dial' with what the meter shows": (
        "chưa có lần đọc mặt số nào; hãy gõ 'sodien dial' kèm số đang hiện trên công tơ"
    ),
    "nothing has been counted yet": "chưa đếm được gì",
    "Between these readings the dial may have gone round more often: {readings}.": (
        "Giữa các lần đọc này mặt số có thể đã quay hết vòng nhiều lần hơn: {readings}."
    ),
    "{path}: another 'sodien run' is counting into this ledger; stop it first.": (
        "{path}: một 'sodien run' khác đang đếm vào sổ này; hãy dừng nó trước."
    ),
    "{path}: the lock file cannot be used ({error}); let the service's user write in its folder.": (
        "{path}: không dùng được tệp khóa ({error}); hãy cho người dùng của dịch vụ ghi vào thư mục đó."
    ),
    "mqtt.tls: a certificate cannot be read ({error}); check its path.": (
        "mqtt.tls: không đọc được chứng chỉ ({error}); hãy kiểm tra đường dẫn."
    ),
    "the GPIO chip {name} cannot be opened ({error}); check gpio.chip": (
        "không mở được chip GPIO {name} ({error}); hãy kiểm tra gpio.chip"
    ),
    (
        "no GPIO chip (/dev/gpiochip*) on this machine; run on a Raspberry Pi, or set gpio.factory: "
        "simulated to try without hardware"
    ): (
        "máy này không có chip GPIO (/dev/gpiochip*); hãy chạy trên Raspberry Pi, hoặc đặt "
        "gpio.factory: simulated để thử không cần phần cứng"
    ),
    ("lgpio must be able to write in {folder}; start Sodien in a directory of its own or set LG_WD to one"): (
        "lgpio phải ghi được vào {folder}; hãy chạy Sodien trong một thư mục riêng hoặc đặt LG_WD trỏ "
        "tới thư mục như vậy"
    ),
    (
        "this machine has no Raspberry Pi revision code, so its pins are not known; run on a Raspberry "
        "Pi, or set gpio.factory: simulated to try without hardware"
    ): (
        "máy này không có mã phiên bản Raspberry Pi nên không biết các chân của nó; hãy chạy trên "
        "Raspberry Pi, hoặc đặt gpio.factory: simulated để thử không cần phần cứng"
    ),
    (
        "no permission to open {name}; add the user to the group gpio (sudo adduser USER gpio) and log "
        "in again"
    ): (
        "không có quyền mở {name}; hãy thêm người dùng vào nhóm gpio (sudo adduser USER gpio) rồi đăng "
        "nhập lại"
    ),
    "{place}: this board has no GPIO{pin}; name a BCM pin of its header": (
        "{place}: bo mạch này không có GPIO{pin}; hãy ghi số chân BCM có trên đầu nối"
    ),
    "{place}: GPIO{pin} has a fixed pull-up resistor; choose another pin, or pull: up": (
        "{place}: GPIO{pin} có điện trở kéo lên cố định; hãy chọn chân khác, hoặc pull: up"
    ),
    "{place}: GPIO{pin} is in use by another program or a kernel driver; stop it or choose another pin": (
        "{place}: GPIO{pin} đang được chương trình khác hoặc driver của nhân dùng; hãy dừng nó hoặc "
        "chọn chân khác"
    ),
    "{place}: GPIO{pin} cannot be opened ({error}); check the pin number and the wiring": (
        "{place}: không mở được GPIO{pin} ({error}); hãy kiểm tra số chân và cách đấu dây"
    ),
    (
        "the package lgpio cannot be loaded ({error}); install it with: pip install 'sodien[pi]', or "
        "set gpio.factory: simulated to try without hardware"
    ): (
        "không nạp được gói lgpio ({error}); hãy cài bằng: pip install 'sodien[pi]', hoặc đặt "
        "gpio.factory: simulated để thử không cần phần cứng"
    ),
    (
        "lgpio cannot make its pipes in {folder} ({error}); start Sodien in a directory it may write "
        "in or set LG_WD to one"
    ): (
        "lgpio không tạo được đường ống trong {folder} ({error}); hãy chạy Sodien trong thư mục ghi "
        "được hoặc đặt LG_WD trỏ tới thư mục như vậy"
    ),
    "{path} has fewer than two rows; give at least two, so that their spacing is known": (
        "{path} có ít hơn hai dòng; hãy cho ít nhất hai dòng để biết khoảng cách giữa chúng"
    ),
    "{place}: give an offset from UTC with every time or with none": (
        "{place}: hãy ghi độ lệch so với UTC ở mọi thời điểm hoặc không ghi ở thời điểm nào"
    ),
    "{place}: {text} is not later than the row before; sort the rows": (
        "{place}: {text} không muộn hơn dòng trước; hãy sắp xếp các dòng theo thời gian"
    ),
    "{place}: {text} is not a load in kilowatts between 0 and {limit}; divide watts by 1000": (
        "{place}: {text} không phải phụ tải tính bằng kilôoát từ 0 đến {limit}; nếu là oát hãy chia cho 1000"
    ),
    "the load profile {path} cannot be read ({error}); check gpio.simulated.profile": (
        "không đọc được biểu đồ phụ tải {path} ({error}); hãy kiểm tra gpio.simulated.profile"
    ),
    "{path} is not a CSV file in UTF-8; save it as CSV with the columns time,power_kw": (
        "{path} không phải tệp CSV mã UTF-8; hãy lưu thành CSV với các cột time,power_kw"
    ),
    "{place}: {text} is not an ISO 8601 time; write it like 2026-11-23T17:00": (
        "{place}: {text} không phải thời điểm theo ISO 8601; hãy viết như 2026-11-23T17:00"
    ),
    "{path} line 1: expected the header time,power_kw": "{path} dòng 1: cần dòng tiêu đề time,power_kw",
    "{place}: expected two values, time,power_kw; found {n}": (
        "{place}: cần hai giá trị time,power_kw; lại thấy {n}"
    ),
    (
        "the load profile exceeds the main breaker of meter {meter}, so its pulses come late at times; "
        "raise breaker_amps or use a smaller profile"
    ): (
        "biểu đồ phụ tải vượt aptomat tổng của công tơ {meter} nên có lúc xung đến muộn; hãy tăng "
        "breaker_amps hoặc dùng biểu đồ nhỏ hơn"
    ),
    "{path} line {number} is not a line of a truth log; name another file in gpio.simulated.truth": (
        "{path} dòng {number} không phải dòng của nhật ký xung phát ra; hãy chỉ ra tệp khác trong "
        "gpio.simulated.truth"
    ),
    "the truth log {path} cannot be written ({error}); check gpio.simulated.truth": (
        "không ghi được nhật ký xung phát ra {path} ({error}); hãy kiểm tra gpio.simulated.truth"
    ),
    "The output file {path} cannot be opened ({error}); choose another with --to.": (
        "Không mở được tệp kết quả {path} ({error}); hãy chọn tệp khác bằng --to."
    ),
    "Another process writes to {path}; give this one a file of its own.": (
        "Một tiến trình khác đang ghi vào {path}; hãy cho tiến trình này một tệp riêng."
    ),
    "The collector stops because {fault}; start it again.": "Bộ thu dừng vì {fault}; hãy khởi động lại.",
    "the package amqtt cannot be loaded ({error}); install it with: pip install 'sodien[demo]'": (
        "không nạp được gói amqtt ({error}); hãy cài bằng: pip install 'sodien[demo]'"
    ),
    "the demo's broker cannot listen on {port} ({error}); try again": (
        "broker của bản chạy thử không mở được cổng {port} ({error}); hãy thử lại"
    ),
    "{path} already holds other files; name an empty or new folder with --output": (
        "{path} đã chứa tệp khác; hãy chỉ ra thư mục trống hoặc mới bằng --output"
    ),
    "{path} cannot be used for the demo's files ({error}); name another folder with --output": (
        "không dùng được {path} cho các tệp chạy thử ({error}); hãy chỉ ra thư mục khác bằng --output"
    ),
    "the demo cannot go on: {fault}; see {log}": "bản chạy thử không tiếp tục được: {fault}; hãy xem {log}",
    "the demo's programs do not find each other; see {log}": (
        "các chương trình của bản chạy thử không tìm thấy nhau; hãy xem {log}"
    ),
    "--live is for people and --json for scripts; choose one.": (
        "--live dành cho người xem còn --json dành cho chương trình; hãy chọn một."
    ),
    "time in the demo": "giờ trong bản chạy thử",
    "queue": "hàng đợi",
    "broker": "broker",
    "The same home at the pace of real time; stop with Ctrl-C.": (
        "Vẫn hộ gia đình ấy, chạy theo nhịp thời gian thực; bấm Ctrl-C để dừng."
    ),
    "The files are in {path}: ledger.db, database.lp, demo.log, report.json.": (
        "Các tệp nằm trong {path}: ledger.db, database.lp, demo.log, report.json."
    ),
    "Look at them: sodien snapshots -c {file}": "Hãy xem: sodien snapshots -c {file}",
    (
        "Between the two power cuts nobody read the dial; on {when} it showed {reading}. Type it and see "
        "what was known before and after:"
    ): (
        "Giữa hai lần mất điện không ai đọc mặt số; lúc {when} nó hiện {reading}. Hãy gõ số ấy rồi xem trước "
        "và sau đó biết được gì:"
    ),
    "somebody reads the dial": "có người đọc mặt số",
    "the Pi loses its power": "Pi bị mất điện",
    "the power is back, the clock is not set": "có điện lại, đồng hồ chưa được chỉnh",
    "the network sets the clock": "mạng chỉnh lại đồng hồ",
    "the broker is gone": "broker ngừng chạy",
    "the broker is back, with an empty memory": "broker chạy lại, không nhớ gì",
    "Pulses the meter's LED gave": "Số xung đèn LED công tơ phát ra",
    "  counted": "  đếm được",
    "  not counted (declared: at most {most})": "  không đếm được (đã khai báo: nhiều nhất {most})",
    "Entries in the device's ledger": "Bản ghi trong sổ của thiết bị",
    "  arrived in the database": "  đã tới cơ sở dữ liệu",
    "  missing / twice": "  thiếu / trùng",
    "Register at the end, kWh": "Chỉ số lúc kết thúc, kWh",
    "  what the meter's dial really was": "  mặt số công tơ thật sự là",
    "day {day}: {what}": "ngày {day}: {what}",
    "Reading day {day}: start": "Ngày ghi chỉ số {day}: đầu ngày",
    "  after later dial readings": "  sau các lần đọc mặt số về sau",
    "  true": "  thật",
    "Reading day {day}: end": "Ngày ghi chỉ số {day}: cuối ngày",
    "Nothing missing, nothing twice, and the truth is inside every bound.": (
        "Không thiếu, không trùng, và giá trị thật nằm trong mọi cận."
    ),
    "{day} of {days} days in {spent} s": "{day} trên {days} ngày trong {spent} giây",
    "day": "ngày",
    "more pulses were counted than emitted": "số xung đếm được nhiều hơn số xung phát ra",
    "pulses are missing that no gap declares": "thiếu xung mà không khoảng trống nào khai báo",
    "entries are missing in the database": "cơ sở dữ liệu thiếu bản ghi",
    "the database holds points that are not in the ledger": "cơ sở dữ liệu có điểm không nằm trong sổ",
    "entries were not confirmed": "có bản ghi chưa được xác nhận",
    "the collector put payloads aside": "bộ thu đã phải cất bản tin hỏng sang bên",
    "the true register is outside its bounds": "chỉ số thật nằm ngoài cận",
    "the true register was outside its bounds at a midnight": "có lúc nửa đêm chỉ số thật nằm ngoài cận",
    "the true register is outside the bounds of a snapshot": "chỉ số thật nằm ngoài cận của một bản chốt",
}

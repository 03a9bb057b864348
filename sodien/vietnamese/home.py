"""Vietnamese for installing, setting up, backing up, integrating."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "connection": "kết nối",
    "energy since installation": "điện năng từ khi lắp đặt",
    "register, lower bound": "chỉ số, cận dưới",
    "register, upper bound": "chỉ số, cận trên",
    "this billing period": "kỳ hóa đơn này",
    "cost of this billing period": "tiền điện kỳ hóa đơn này",
    "next reading day": "ngày ghi chỉ số kế tiếp",
    "time to read the dial": "đến lúc đọc mặt số",
    "problem": "sự cố",
    (
        "InfluxDB at {url} refused ({status} {reason}); the token in --admin-token must be allowed "
        "to make buckets and tokens, as the one that 'influx setup' printed is."
    ): (
        "InfluxDB tại {url} từ chối ({status} {reason}); token trong --admin-token phải được phép tạo "
        "bucket và token, như token mà 'influx setup' đã in ra."
    ),
    "InfluxDB at {url} cannot be reached ({error}).": "Không nối được tới InfluxDB tại {url} ({error}).",
    "database {name}: there": "cơ sở dữ liệu {name}: đã có",
    "InfluxDB at {url} has no organisation {org}; correct influxdb.org.": (
        "InfluxDB tại {url} không có tổ chức {org}; hãy sửa influxdb.org."
    ),
    "bucket {name}: made, without expiry": "bucket {name}: đã tạo, không có thời hạn",
    (
        "bucket {name}: there, but it forgets after {days} days; change that with: "
        "influx bucket update --id {id} --retention 0"
    ): (
        "bucket {name}: đã có, nhưng sẽ xóa dữ liệu sau {days} ngày; hãy đổi bằng lệnh: "
        "influx bucket update --id {id} --retention 0"
    ),
    "bucket {name}: there": "bucket {name}: đã có",
    "InfluxQL mapping of {name}: there": "ánh xạ InfluxQL của {name}: đã có",
    "InfluxQL mapping of {name}: made": "ánh xạ InfluxQL của {name}: đã tạo",
    "{file}: there already, left as it is": "{file}: đã có sẵn, giữ nguyên",
    "{file} cannot be written ({error}); name another file.": (
        "Không ghi được {file} ({error}); hãy chọn tệp khác."
    ),
    "{file}: a token that may only write {name}, for influxdb.token_file": (
        "{file}: token chỉ được ghi {name}, dùng cho influxdb.token_file"
    ),
    "{file}: a token that may only read {name}, for Grafana": (
        "{file}: token chỉ được đọc {name}, dùng cho Grafana"
    ),
    "--admin-token, --write-token and --read-token go with --setup.": (
        "--admin-token, --write-token và --read-token phải đi cùng --setup."
    ),
    "InfluxDB 2 needs --admin-token FILE with --setup.": "InfluxDB 2 cần --admin-token TỆP khi dùng --setup.",
    "Name of this Pi": "Tên của máy Pi này",
    ("without spaces or accents; it becomes part of topics and dashboards"): (
        "không dấu, không khoảng trắng; tên này có trong topic và bảng điều khiển"
    ),
    "GPIO pin of the sensor": "Chân GPIO của cảm biến",
    "the BCM number, 17 is place 11 on the header": "số BCM; 17 là vị trí 11 trên hàng chân",
    ("Level of the pin while the LED is lit (high or low)"): (
        "Mức của chân khi đèn LED sáng (high hoặc low)"
    ),
    ("many modules pull their output low; 'sodien aim' tells when it is wrong"): (
        "nhiều mô-đun kéo ngõ ra xuống thấp; 'sodien aim' sẽ báo nếu sai"
    ),
    "Meter constant, imp/kWh": "Hằng số công tơ, xung/kWh",
    ("printed on the meter's plate beside the LED, such as 1600 or 1000"): (
        "in trên mặt công tơ cạnh đèn LED, như 1600 hoặc 1000"
    ),
    "What the dial shows now": "Mặt số đang chỉ bao nhiêu",
    ("digit by digit, the decimals (often red) after a point, such as 12345.6"): (
        "từng chữ số, phần lẻ (thường màu đỏ) sau dấu chấm, như 12345.6"
    ),
    "Main breaker, amperes": "Áptômát tổng, ampe",
    ("it limits what can have flowed while nothing was counted"): (
        "nó giới hạn điện năng có thể đã chạy qua khi không đếm được"
    ),
    "Phases (1 or 3)": "Số pha (1 hoặc 3)",
    "a meter with one live wire has one": "công tơ một dây nóng là một pha",
    "Day of the month on which the utility reads the meter": "Ngày trong tháng mà điện lực ghi chỉ số",
    ("1 to 31, or last; on the bill it is the date after 'đến ngày'"): (
        "1 đến 31, hoặc last; trên hóa đơn là ngày sau chữ 'đến ngày'"
    ),
    "Customer code (mã khách hàng), or nothing": "Mã khách hàng, hoặc để trống",
    "on every notice, such as PB05010001234; it tells the power company and its hotline": (
        "có trên mọi thông báo, chẳng hạn PB05010001234; cho biết công ty điện lực và số tổng đài"
    ),
    "Serial number of the meter (số công tơ), or nothing": "Số công tơ (số chế tạo), hoặc để trống",
    "on the meter's plate and on the notice; a notice for another meter is then noticed": (
        "có trên mặt công tơ và trên thông báo; nhờ đó nhận ra thông báo của công tơ khác"
    ),
    "Customer code on the bill; '' for none.": "Mã khách hàng trên hóa đơn; '' nếu không có.",
    "Serial number on the meter's plate; '' for none.": "Số chế tạo ghi trên công tơ; '' nếu không có.",
    "MQTT broker, HOST or HOST:PORT": "Broker MQTT, MÁY hoặc MÁY:CỔNG",
    "localhost when Mosquitto runs on this Pi": "localhost nếu Mosquitto chạy trên chính Pi này",
    "InfluxDB, its URL": "URL của InfluxDB",
    "http://localhost:8086 when it runs on this Pi": "http://localhost:8086 nếu chạy trên chính Pi này",
    ("setup asks questions: run it in a terminal, or give options and --yes."): (
        "setup cần hỏi: hãy chạy trong cửa sổ lệnh, hoặc cho tùy chọn kèm --yes."
    ),
    "Write {path}?": "Ghi {path}?",
    "Written: {path}": "Đã ghi: {path}",
    "What was there before: {path}": "Bản trước đó: {path}",
    "Nothing changes.": "Không có gì thay đổi.",
    ("{meter} is a new meter; it needs --pin and --constant."): (
        "{meter} là công tơ mới; cần --pin và --constant."
    ),
    ("'{said}' is not what a dial shows; type only its digits, like 12345.6"): (
        "'{said}' không phải số trên mặt công tơ; chỉ gõ các chữ số, như 12345.6"
    ),
    ("--set {pair}: write it as KEY=VALUE, such as mqtt.user=nha-toi."): (
        "--set {pair}: hãy viết dạng KHÓA=GIÁ_TRỊ, như mqtt.user=nha-toi."
    ),
    ("Trying the sensor ({seconds} s), the broker and the database …"): (
        "Đang thử cảm biến ({seconds} giây), broker và cơ sở dữ liệu …"
    ),
    "see 'sodien aim' once it can be used.": "xem 'sodien aim' khi dùng được.",
    "place it with 'sodien aim'.": "hãy đặt cảm biến bằng 'sodien aim'.",
    ("Next: sudo systemctl enable --now sodien-firmware sodien-collector"): (
        "Tiếp theo: sudo systemctl enable --now sodien-firmware sodien-collector"
    ),
    "Then read the dial and note what it shows, such as: sudo -u sodien sodien dial 12345.6": (
        "Rồi đọc mặt số và ghi lại số trên đó, chẳng hạn: sudo -u sodien sodien dial 12345.6"
    ),
    ("Then read the dial again and type: sudo -u sodien sodien dial {reading}"): (
        "Rồi đọc lại mặt số và gõ: sudo -u sodien sodien dial {reading}"
    ),
    ("The settings are no YAML mapping; start from the commented example."): (
        "Tệp cấu hình không phải bảng YAML; hãy bắt đầu từ tệp mẫu có chú thích."
    ),
    ("{path} cannot be written ({error}); try: sudo sodien setup."): (
        "Không ghi được {path} ({error}); hãy thử: sudo sodien setup."
    ),
    "correct the settings under mqtt.": "hãy sửa phần mqtt trong cấu hình.",
    ("no connection to the broker {host}:{port} ({error})"): (
        "không nối được tới broker {host}:{port} ({error})"
    ),
    ("check mqtt.host, mqtt.port and mqtt.tls, and whether the broker runs."): (
        "hãy kiểm tra mqtt.host, mqtt.port, mqtt.tls và xem broker có chạy không."
    ),
    "no answer": "không trả lời",
    ("the broker {host}:{port} does not let the device in ({reason})"): (
        "broker {host}:{port} không cho thiết bị đăng nhập ({reason})"
    ),
    ("check mqtt.user and mqtt.password_file, and the broker's users."): (
        "hãy kiểm tra mqtt.user, mqtt.password_file và người dùng của broker."
    ),
    ("the broker {host}:{port} does not let {device} publish its ledger"): (
        "broker {host}:{port} không cho {device} gửi sổ"
    ),
    ("give the user the rights of docs/reference/mqtt.md (config/mosquitto/sodien.acl)."): (
        "hãy cấp quyền theo docs/reference/mqtt.md (config/mosquitto/sodien.acl)."
    ),
    ("the broker takes messages of {largest} bytes at most, a backlog needs more"): (
        "broker chỉ nhận bản tin tối đa {largest} byte, khi gửi dồn cần nhiều hơn"
    ),
    ("raise its limit to {needed} (Mosquitto: message_size_limit)."): (
        "hãy nâng giới hạn lên {needed} (Mosquitto: message_size_limit)."
    ),
    "the broker {host}:{port} lets the device publish": "broker {host}:{port} cho thiết bị gửi",
    "correct the settings under influxdb.": "hãy sửa phần influxdb trong cấu hình.",
    "the database {name} will be made by the collector": "bộ thu sẽ tạo cơ sở dữ liệu {name}",
    ("the database {url} does not let the collector write ({status})"): (
        "cơ sở dữ liệu {url} không cho bộ thu ghi ({status})"
    ),
    ("check influxdb.org, bucket and token_file (or user); 'sodien collect --setup' makes them."): (
        "hãy kiểm tra influxdb.org, bucket và token_file (hoặc user); 'sodien collect --setup' tạo chúng."
    ),
    "the database {url} takes what the collector writes": "cơ sở dữ liệu {url} nhận những gì bộ thu ghi",
    ("the database {url} does not answer InfluxQL about {name}"): (
        "cơ sở dữ liệu {url} không trả lời InfluxQL về {name}"
    ),
    ("dashboards ask in InfluxQL: run 'sodien collect --setup', or use InfluxDB."): (
        "bảng điều khiển hỏi bằng InfluxQL: hãy chạy 'sodien collect --setup', hoặc dùng InfluxDB."
    ),
    "the database {name} forgets after {time}": "cơ sở dữ liệu {name} xóa dữ liệu sau {time}",
    ("keep everything: ALTER RETENTION POLICY {policy} ON {name} DURATION INF"): (
        "giữ lại tất cả: ALTER RETENTION POLICY {policy} ON {name} DURATION INF"
    ),
    ("Sodien {version}"): ("Sodien {version}"),
    ("Grafana answers at {url}"): ("Grafana có trả lời tại {url}"),
    ("no Grafana at {url}; one somewhere else is fine"): (
        "không có Grafana tại {url}; chạy ở nơi khác cũng được"
    ),
    ("the daemon has written {size} MB in {time}, {per_day} MB a day"): (
        "trình đếm đã ghi {size} MB trong {time}, {per_day} MB mỗi ngày"
    ),
    ("raise ledger.at_risk_wh, or put the ledger on a disk that takes more writing."): (
        "hãy tăng ledger.at_risk_wh, hoặc đặt sổ trên ổ đĩa chịu ghi tốt hơn."
    ),
    "{path}: not a sound backup ({reason}); choose another file.": (
        "{path}: không phải bản sao lưu lành lặn ({reason}); hãy chọn tệp khác."
    ),
    "it has no manifest": "không có bản kê",
    "it was written by a newer Sodien": "do bản Sodien mới hơn ghi",
    "{name} is missing": "thiếu {name}",
    "its manifest cannot be read: {error}": "không đọc được bản kê: {error}",
    "{name} does not belong in it": "{name} không thuộc về bản sao lưu",
    "{name} is not as it was written": "{name} không còn như lúc ghi",
    "{path}: is there already; name another file.": "{path}: đã có sẵn; hãy nêu tệp khác.",
    "The ledger does not fit its seals from entry {seq} on; 'sodien verify' says more.": (
        "Từ bản ghi {seq} trở đi sổ không khớp với các dấu niêm phong; 'sodien verify' cho biết thêm."
    ),
    "{path}: the backup cannot be written ({reason}); free space or name another place.": (
        "{path}: không ghi được bản sao lưu ({reason}); hãy giải phóng chỗ trống hoặc nêu nơi khác."
    ),
    "{path}: {entries} entries, {size} KiB, verified.": "{path}: {entries} bản ghi, {size} KiB, đã kiểm tra.",
    "--keep goes with a folder; name one instead of a file.": (
        "--keep đi cùng một thư mục; hãy nêu thư mục thay cho tệp."
    ),
    "  removed: {path}": "  đã xóa: {path}",
    "{path}: there is no such folder; make it, or connect the disk it is on.": (
        "{path}: không có thư mục này; hãy tạo nó, hoặc cắm ổ đĩa chứa nó."
    ),
    "{path}: cannot be made ({reason}); name a folder for the backup.": (
        "{path}: không tạo được ({reason}); hãy nêu một thư mục cho bản sao lưu."
    ),
    "Restored {entries} entries of {made} to {path}.": (
        "Đã khôi phục {entries} bản ghi của bản sao lưu lúc {made} vào {path}."
    ),
    "  From the backup's last count to the next start there will be a gap; read the dial to close it.": (
        "  Từ lần đếm cuối của bản sao lưu đến lần khởi động tới sẽ là khoảng trống; hãy đọc mặt số để khép "
        "lại."
    ),
    "{path}: sound. Device {device}, {entries} entries, made {made}.": (
        "{path}: lành lặn. Thiết bị {device}, {entries} bản ghi, tạo lúc {made}."
    ),
    "{path}: there is no such backup; name its file.": (
        "{path}: không có bản sao lưu này; hãy nêu tệp của nó."
    ),
    "  The settings were restored to {path}; passwords and tokens are not in a backup.": (
        "  Phần cài đặt đã được khôi phục vào {path}; mật khẩu và token không nằm trong bản sao lưu."
    ),
    "  The ledger that was there: {path}": "  Sổ có ở đó trước đây: {path}",
    "{path}: there are no settings, nor are there any in the backup; write them first.": (
        "{path}: không có phần cài đặt, trong bản sao lưu cũng không; hãy viết nó trước."
    ),
    ("  The settings in {path} were kept; those of the backup differ: tar -xzOf {file} sodien.yaml"): (
        "  Phần cài đặt trong {path} được giữ nguyên; bản trong bản sao lưu thì khác: "
        "tar -xzOf {file} sodien.yaml"
    ),
    (
        "{path}: the ledger is restored, but the settings cannot be written ({reason}); write them by hand."
    ): "{path}: sổ đã được khôi phục, nhưng không ghi được phần cài đặt ({reason}); hãy tự viết.",
    "{path}: the manifest does not fit the ledger; choose another file.": (
        "{path}: bản kê không khớp với sổ; hãy chọn tệp khác."
    ),
    ("{path}: the backup cannot be put there ({reason}); run as the user that owns it (sudo -u sodien …)."): (
        "{path}: không đặt được bản sao lưu vào đó ({reason}); hãy chạy bằng người dùng sở hữu nó "
        "(sudo -u sodien …)."
    ),
    (
        "{path}: a backup of device {theirs}, but the settings are for {ours}; correct 'device' first."
    ): "{path}: bản sao lưu của thiết bị {theirs}, nhưng cài đặt là cho {ours}; hãy sửa 'device' trước.",
}

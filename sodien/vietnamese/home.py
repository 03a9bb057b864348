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
}

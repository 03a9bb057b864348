"""Vietnamese for what is wrong in a settings file: a key, what is wrong with it, and a remedy."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "{file}, line {line}: {what}; {remedy}.": "{file}, dòng {line}: {what}; {remedy}.",
    "or": "hoặc",
    "empty": "chỗ trống",
    "the file": "tệp",
    "the top level": "cấp ngoài cùng",
    "a list": "một danh sách",
    "a group of keys": "một nhóm khóa",
    "a single value": "một giá trị đơn",
    "marked with a YAML tag (!)": "mang thẻ YAML (!)",
    "{path} does not exist; {remedy}.": "Không có {path}; {remedy}.",
    "{path} is a folder; name the file inside it.": "{path} là thư mục; hãy chỉ đúng tệp trong đó.",
    "{path} may not be read by this user; give it read permission (ls -l shows who has it).": (
        "Người dùng này không được đọc {path}; hãy cấp quyền đọc (ls -l cho biết ai có quyền)."
    ),
    "{path} cannot be read ({why}); {remedy}.": "Không đọc được {path} ({why}); {remedy}.",
    "{path} is larger than 1 MiB, too large to be the right file; {remedy}.": (
        "{path} lớn hơn 1 MiB, quá lớn nên chắc không phải đúng tệp; {remedy}."
    ),
    "{path} is empty; start from {example}.": "{path} trống; hãy bắt đầu từ {example}.",
    "{path} is empty; write the secret for {what} into it.": (
        "{path} trống; hãy ghi mật khẩu hoặc token của {what} vào đó."
    ),
    "{path} holds more than one line of text; leave only the secret for {what} in it.": (
        "{path} có nhiều hơn một dòng chữ; hãy chỉ để lại mật khẩu hoặc token của {what} trong đó."
    ),
    "write the secret for {what} into it, readable by this user only, or correct the name": (
        "hãy ghi mật khẩu hoặc token của {what} vào đó, chỉ người dùng này đọc được, hoặc sửa lại tên tệp"
    ),
    (
        "copy the commented example config/sodien.yaml there, or name your file with --config or "
        "SODIEN_CONFIG"
    ): (
        "hãy chép tệp mẫu có chú thích config/sodien.yaml vào đó, hoặc chỉ tệp của bạn bằng --config hay "
        "SODIEN_CONFIG"
    ),
    "the commented example, config/sodien.yaml of the project": (
        "tệp mẫu có chú thích, config/sodien.yaml của dự án"
    ),
    "start from {example}": "hãy bắt đầu từ {example}",
    "this is not UTF-8": "chỗ này không phải UTF-8",
    "save the file as UTF-8": "hãy lưu tệp theo UTF-8",
    "there is a character that YAML does not allow": "có ký tự mà YAML không cho phép",
    "delete it and write the line again": "hãy xóa nó và viết lại dòng này",
    "this is not YAML ({problem})": "chỗ này không đúng YAML ({problem})",
    "check the indentation, and quote text that begins with a sign or holds ': ' or ' #'": (
        "hãy xem lại thụt đầu dòng, và đặt trong dấu nháy chữ nào bắt đầu bằng ký hiệu hoặc có ': ' hay ' #'"
    ),
    "a tab stands where YAML wants spaces": "có dấu tab ở chỗ YAML cần dấu cách",
    "replace tabs by spaces": "hãy thay tab bằng dấu cách",
    "a second document begins here": "một tài liệu thứ hai bắt đầu ở đây",
    "keep one and remove the line ---": "hãy giữ một tài liệu và bỏ dòng ---",
    "the same &name is given twice": "cùng một &tên được đặt hai lần",
    "this is not a settings file (nested too deeply, or an escape or number that cannot be)": (
        "đây không phải tệp cấu hình (lồng quá sâu, hoặc có ký tự thoát hay số không thể có)"
    ),
    "is {kind}, not a group of keys": "là {kind}, không phải một nhóm khóa",
    "write its keys, each with a colon ({keys})": (
        "hãy ghi các khóa của nó, mỗi khóa kèm dấu hai chấm ({keys})"
    ),
    "is {kind}, not a single value": "là {kind}, không phải một giá trị đơn",
    "is {kind}, not a list": "là {kind}, không phải danh sách",
    "write at least one entry, beginning with '- '": "hãy ghi ít nhất một mục, bắt đầu bằng '- '",
    "is empty": "để trống",
    "{remedy}, or remove the line for the default": "{remedy}, hoặc bỏ dòng này để dùng mặc định",
    "{where} has a list or group as a key": "{where} có khóa là danh sách hoặc nhóm",
    "write one word before each colon": "hãy ghi một từ trước mỗi dấu hai chấm",
    "{key} is written twice": "{key} được ghi hai lần",
    "keep one of the two lines": "hãy giữ một trong hai dòng",
    "{key} would put a secret into this file": "{key} sẽ đưa mật khẩu hoặc token vào tệp này",
    "write it into a file of its own and name that file with {keys}": (
        "hãy ghi nó vào một tệp riêng và chỉ tệp đó bằng {keys}"
    ),
    "{where} has no key {name}": "{where} không có khóa {name}",
    "write it as {keys}": "hãy ghi nó thành {keys}",
    "write {key} if that is meant": "hãy ghi {key} nếu ý bạn là vậy",
    "remove it, or write one of {keys}": "hãy bỏ nó, hoặc ghi một trong các khóa {keys}",
    "write {what}": "hãy ghi {what}",
    "write {what}, from {low} to {high}": "hãy ghi {what}, từ {low} đến {high}",
    "write {what}, a whole number from {low} to {high}": "hãy ghi {what}, là số nguyên từ {low} đến {high}",
    "write {what}, more than {low} and at most {high}": "hãy ghi {what}, lớn hơn {low} và nhiều nhất {high}",
    "write {words} or {last} ({what})": "hãy ghi {words} hoặc {last} ({what})",
    "write the path of {what}": "hãy ghi đường dẫn của {what}",
    "write true or false ({what})": "hãy ghi true hoặc false ({what})",
    "{remedy}, without quotes": "{remedy}, không có dấu nháy",
    "{remedy}, with a decimal point": "{remedy}, dùng dấu chấm thập phân",
    "{remedy}, without a unit behind it": "{remedy}, không kèm đơn vị phía sau",
    "{remedy}, without a separator (such as {such})": "{remedy}, không có dấu phân cách (chẳng hạn {such})",
    "is {value}": "là {value}",
    "is the text {value}, not a number": "là chữ {value}, không phải số",
    "is {value}, with a comma": "là {value}, có dấu phẩy",
    "is {value}, not a number alone": "là {value}, không chỉ có số",
    "is {value}, not a number": "là {value}, không phải số",
    "is {value}, not a whole number": "là {value}, không phải số nguyên",
    "is {value}, which is too small": "là {value}, quá nhỏ",
    "is {value}, which is too large": "là {value}, quá lớn",
    "is {value}, which could mean thousands": "là {value}, có thể hiểu là hàng nghìn",
    "holds a line break or another character that cannot be seen": (
        "có dấu xuống dòng hoặc ký tự khác không nhìn thấy được"
    ),
    "is longer than {most} characters": "dài hơn {most} ký tự",
    "is {value}, which is not a valid id": "là {value}, không phải tên hợp lệ",
    "write 1 to 63 of the characters A-Z a-z 0-9 _ . -, beginning with a letter or digit": (
        "hãy ghi 1 đến 63 ký tự trong số A-Z a-z 0-9 _ . -, bắt đầu bằng chữ cái hoặc chữ số"
    ),
    "(such as {hint})": "(chẳng hạn {hint})",
    "is {value}, a word the MQTT topics need": "là {value}, một từ mà các chủ đề MQTT cần dùng",
    "write another id than {words}": "hãy ghi tên khác với {words}",
    "is {value}, which is not a known time zone": "là {value}, không phải múi giờ đã biết",
    "write its name in the IANA list, such as {meant} (all of Viet Nam is Asia/Ho_Chi_Minh)": (
        "hãy ghi tên của nó trong danh mục IANA, chẳng hạn {meant} (cả Việt Nam là Asia/Ho_Chi_Minh)"
    ),
    "is {value}, not a day of the month": "là {value}, không phải ngày trong tháng",
    "is {value}, not a time of day": "là {value}, không phải giờ trong ngày",
    "is {value}, not a customer code": "là {value}, không phải mã khách hàng",
    "is {value}, not a power company": "là {value}, không phải công ty điện lực",
    "is {value}, not a number of households": "là {value}, không phải số hộ",
    "is {value}, not more than 0 and at most 1000": (
        "là {value}, không nằm trong khoảng lớn hơn 0 và nhiều nhất 1000"
    ),
    "holds an @": "có ký tự @",
    "write the host alone; user and password_file have keys of their own": (
        "hãy chỉ ghi tên máy; user và password_file có khóa riêng"
    ),
    "write the host alone, such as localhost; port and tls have keys of their own": (
        "hãy chỉ ghi tên máy, chẳng hạn localhost; port và tls có khóa riêng"
    ),
    "is {value}, not a host name or address": "là {value}, không phải tên máy hay địa chỉ",
    "write the URL alone; user, password_file and token_file have keys of their own": (
        "hãy chỉ ghi URL; user, password_file và token_file có khóa riêng"
    ),
    "is {value}, not a URL of that kind": "là {value}, không phải URL loại đó",
    "is {value}, which is not a valid topic prefix": "là {value}, không phải tiền tố chủ đề hợp lệ",
    "is {value}, which is not a valid name for a shared subscription": (
        "là {value}, không phải tên hợp lệ cho đăng ký dùng chung"
    ),
    "looks like the secret itself, not the name of a file": (
        "trông như chính mật khẩu hoặc token, không phải tên tệp"
    ),
    "write the secret into a file of its own and name that file here": (
        "hãy ghi mật khẩu hoặc token vào một tệp riêng và ghi tên tệp đó ở đây"
    ),
    "is {value} like that of {other}": "là {value} giống của {other}",
    "give each meter an id of its own": "hãy đặt cho mỗi công tơ một tên riêng",
    "give each meter a pin of its own": "hãy dùng cho mỗi công tơ một chân riêng",
    "is {value}, which the Raspberry Pi's header does not have": (
        "là {value}, mà hàng chân của Raspberry Pi không có"
    ),
    "write the BCM number from 0 to {last}, or name another chip with gpio.chip": (
        "hãy ghi số BCM từ 0 đến {last}, hoặc chỉ chip khác bằng gpio.chip"
    ),
    "is hour, but the hour is not known": "là hour, nhưng chưa biết giờ nào",
    "write {key} too, or whole_day here": "hãy ghi cả {key}, hoặc ghi whole_day ở đây",
    "is {dark} ms, but at {most} kW a pulse of {width} ms comes every {period} ms": (
        "là {dark} ms, nhưng ở {most} kW cứ {period} ms lại có một xung dài {width} ms"
    ),
    "write less, or null for what suits the meter": "hãy ghi nhỏ hơn, hoặc null để tự chọn theo công tơ",
    "is {width} ms, but at {most} kW a pulse comes every {period} ms": (
        "là {width} ms, nhưng ở {most} kW cứ {period} ms lại có một xung"
    ),
    "write less, or correct constant, breaker_amps, phases, voltage or max_power_kw": (
        "hãy ghi nhỏ hơn, hoặc sửa constant, breaker_amps, phases, voltage hay max_power_kw"
    ),
    "has no user to go with it": "không có user đi kèm",
    "has no certificate to go with it": "không có chứng thư đi kèm",
    "write {key} too": "hãy ghi cả {key}",
    "5 or 3.1.1 (the MQTT version)": "5 hoặc 3.1.1 (phiên bản MQTT)",
    "Home Assistant's discovery prefix, such as homeassistant": (
        "tiền tố tự nhận thiết bị của Home Assistant, chẳng hạn homeassistant"
    ),
    "a CSV file time,power_kw": "tệp CSV time,power_kw",
    "a file to write line protocol to": "tệp để ghi line protocol",
    "a group of A-Z a-z 0-9 _ . -, or null": "tên nhóm gồm A-Z a-z 0-9 _ . -, hoặc null",
    "a name for this device, such as nha-toi": "tên cho thiết bị này, chẳng hạn nha-toi",
    "a name from the IANA list, such as Asia/Ho_Chi_Minh": (
        "tên trong danh mục IANA, chẳng hạn Asia/Ho_Chi_Minh"
    ),
    "a program, or one of its arguments": "một chương trình, hoặc một tham số của nó",
    "a tariff file, or a folder of them": "tệp biểu giá, hoặc thư mục chứa chúng",
    "an MQTT client id, or null": "mã máy khách MQTT, hoặc null",
    "by how many days a reading may be off where no date is printed": (
        "số ngày mà lần ghi chỉ số có thể lệch khi không in ngày"
    ),
    "by how many minutes a reading may be off reading_hour": (
        "số phút mà lần ghi chỉ số có thể lệch so với reading_hour"
    ),
    "how exactly the hour of a reading is known": "biết giờ ghi chỉ số chính xác đến đâu",
    "how long the command may take in seconds": "thời gian tối đa cho lệnh, tính bằng giây",
    "how long the light must be out to have been out, in milliseconds": (
        "đèn phải tắt bao lâu mới tính là tắt, tính bằng mili giây"
    ),
    "how long to wait for an answer in seconds": "thời gian chờ trả lời, tính bằng giây",
    "how many digits the dial has after the point": "số chữ số của mặt số sau dấu phẩy",
    "how many digits the dial has before the point": "số chữ số của mặt số trước dấu phẩy",
    "how many households share the meter, such as 1, 2 or 3/4": (
        "số hộ dùng chung công tơ, chẳng hạn 1, 2 hoặc 3/4"
    ),
    "one of SPC, HCMC, HANOI, NPC, CPC, or null": "một trong SPC, HCMC, HANOI, NPC, CPC, hoặc null",
    "the Pi's own resistor on the pin": "điện trở của chính Pi trên chân này",
    "the URL as http://host:port or https://host:port": "URL dạng http://máy:cổng hoặc https://máy:cổng",
    "the bill's multiplier (hệ số nhân)": "hệ số nhân trên hóa đơn",
    "the broker's TCP port": "cổng TCP của broker",
    "the broker's host name or address": "tên máy hoặc địa chỉ của broker",
    "the bucket, or the database in InfluxDB 1": "bucket, hoặc cơ sở dữ liệu trong InfluxDB 1",
    "the certificate authority's file (PEM)": "tệp của cơ quan chứng thực (PEM)",
    "the chip as gpiochip0, /dev/gpiochip0 or 0, or null": (
        "chip dạng gpiochip0, /dev/gpiochip0 hoặc 0, hoặc null"
    ),
    "the customer code on the bill, such as PB05010001234": (
        "mã khách hàng trên hóa đơn, chẳng hạn PB05010001234"
    ),
    "the day of reading, 1 to 31, or last": "ngày ghi chỉ số, 1 đến 31, hoặc last",
    "the energy a power cut may cost in watt-hours, not kWh": (
        "điện năng có thể mất khi cúp điện, tính bằng Wh, không phải kWh"
    ),
    "the file for messages that do not fit": "tệp cho các tin không hợp lệ",
    "the file that holds the password": "tệp chứa mật khẩu",
    "the file that holds the token": "tệp chứa token",
    "the id of a tariff, such as vn-residential, or null": "mã biểu giá, chẳng hạn vn-residential, hoặc null",
    "the imp/kWh (or rev/kWh) printed on the meter": "số imp/kWh (hoặc vòng/kWh) in trên công tơ",
    "the key of this client's certificate (PEM)": "khóa của chứng thư máy khách này (PEM)",
    "the ledger's file": "tệp sổ",
    "the local time of the reminder as HH:MM": "giờ địa phương của lời nhắc, dạng HH:MM",
    "the log of emitted pulses": "tệp ghi các xung đã phát",
    "the main breaker's rating in amperes": "dòng định mức của cầu dao tổng, tính bằng ampe",
    "the meter's id, such as main": "tên công tơ, chẳng hạn main",
    "the most power the meter can ever carry in kilowatts, not watts": (
        "công suất lớn nhất có thể qua công tơ, tính bằng kW, không phải W"
    ),
    "the number of phases": "số pha",
    "the organisation in InfluxDB 2": "tổ chức trong InfluxDB 2",
    "the pin's BCM number (at most 27 without gpio.chip)": (
        "số BCM của chân (nhiều nhất 27 nếu không có gpio.chip)"
    ),
    "the pin's level during a flash": "mức của chân khi đèn chớp",
    "the seconds of the profile that pass in one second": "số giây của biểu đồ tải trôi qua trong một giây",
    "the seed of the built-in household": "số mầm của hộ gia đình mô phỏng có sẵn",
    "the serial number on the meter's plate": "số chế tạo ghi trên công tơ",
    "the shortest flash that counts in milliseconds": "lần chớp ngắn nhất được tính, bằng mili giây",
    "the user name at the broker, or null": "tên người dùng ở broker, hoặc null",
    "the user name in InfluxDB 1, or null": "tên người dùng trong InfluxDB 1, hoặc null",
    "the utility's usual local time as HH:MM, or null": (
        "giờ ghi chỉ số thường lệ của điện lực, dạng HH:MM, hoặc null"
    ),
    "the voltage from phase to neutral in volts": "điện áp pha so với trung tính, tính bằng vôn",
    "the write API; auto finds out": "giao diện ghi; auto tự dò",
    "this client's certificate (PEM)": "chứng thư của máy khách này (PEM)",
    "true: also on the day before the reading day": "true: cả ngày trước ngày ghi chỉ số",
    "true: announce the meters to Home Assistant": "true: báo các công tơ cho Home Assistant",
    "true: do not check the broker's host name": "true: không kiểm tra tên máy của broker",
    "true: quotas by the days used": "true: định mức theo số ngày sử dụng",
    "trust: the clock is right without network time": "trust: đồng hồ đúng dù không có giờ mạng",
    "what becomes of decimals": "phần thập phân được xử lý thế nào",
    "what feeds the Pi": "Pi lấy điện từ đâu",
    "where pulses come from": "xung đến từ đâu",
    "which prices apply": "áp dụng giá nào",
    "whose word makes an entry done": "lời xác nhận của ai làm bản ghi hoàn tất",
}

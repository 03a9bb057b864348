"""Vietnamese for the register: gaps, dial readings, meters, seals."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # Readings that disagree, and why.
    (
        "These dial readings disagree with the count or each other by at least {excess} kWh: {readings}."
    ): "Các lần đọc mặt số này lệch với số xung hoặc lệch nhau ít nhất {excess} kWh: {readings}.",
    "Look for a mistyped reading, a wrong constant or missed pulses.": (
        "Hãy xem có gõ nhầm số, sai hằng số công tơ hay sót xung không."
    ),
    "Likeliest: {explanation}": "Dễ xảy ra nhất: {explanation}",
    "Or: {explanation}": "Hoặc: {explanation}",
    "{first} … {last}, {count} readings": "{first} … {last}, {count} lần đọc",
    "The constant may be {constant} imp/kWh, not {now}: dial and count give {low} to {high}.": (
        "Hằng số công tơ có thể là {constant} xung/kWh chứ không phải {now}: mặt số và số xung cho từ {low} "
        "đến {high}."
    ),
    "Pulses may have been missed between {first} and {second}: {low} to {high} ‰ of all.": (
        "Có thể đã sót xung giữa {first} và {second}: từ {low} đến {high} ‰ tổng số."
    ),
    "Every pulse may have been counted twice between {first} and {second}: at least {low} ‰ too many.": (
        "Mỗi xung có thể đã bị đếm hai lần giữa {first} và {second}: thừa ít nhất {low} ‰."
    ),
    "More may have been counted than flashed between {first} and {second}: at least {low} ‰ too many.": (
        "Có thể đã đếm nhiều hơn số lần nháy giữa {first} và {second}: thừa ít nhất {low} ‰."
    ),
    "The meter may have been replaced between {first} and {second}: its register fell.": (
        "Công tơ có thể đã được thay giữa {first} và {second}: chỉ số bị tụt xuống."
    ),
    "Reading {reading} looks like the meter's serial number, not its register.": (
        "Số đọc {reading} trông giống số chế tạo của công tơ, không phải chỉ số."
    ),
    "The decimal point of reading {reading} may be misplaced: {meant} would fit.": (
        "Số đọc {reading} có thể bị đặt sai dấu thập phân: {meant} thì khớp."
    ),
    "Two digits of reading {reading} may be swapped: {meant} would fit.": (
        "Số đọc {reading} có thể bị đảo hai chữ số: {meant} thì khớp."
    ),
    "One digit of reading {reading} may be wrong: {meant} would fit.": (
        "Số đọc {reading} có thể sai một chữ số: {meant} thì khớp."
    ),
    "Reading {reading} would fit {low} to {high} minutes later; its time may be wrong.": (
        "Số đọc {reading} sẽ khớp nếu muộn hơn {low} đến {high} phút; giờ đọc có thể sai."
    ),
    "Reading {reading} would fit {low} to {high} minutes earlier; its time may be wrong.": (
        "Số đọc {reading} sẽ khớp nếu sớm hơn {low} đến {high} phút; giờ đọc có thể sai."
    ),
    "Reading {reading} would fit from {low} minutes earlier to {high} later; its time may be wrong.": (
        "Số đọc {reading} sẽ khớp nếu từ sớm hơn {low} phút đến muộn hơn {high} phút; giờ đọc có thể sai."
    ),
    # sodien drift
    "There are fewer than two dial readings; type another with 'sodien dial'.": (
        "Chưa có đủ hai lần đọc mặt số; hãy ghi thêm bằng 'sodien dial'."
    ),
    "--from names {first} and --to {last}, which is not later; name two dial readings in order.": (
        "--from chỉ {first} còn --to chỉ {last}, không muộn hơn; hãy chỉ hai lần đọc theo thứ tự thời gian."
    ),
    (
        "The meter was replaced between {first} and {last}; name two readings of one meter with --from and "
        "--to."
    ): (
        "Công tơ đã được thay giữa {first} và {last}; hãy chỉ hai lần đọc của cùng một công tơ bằng --from "
        "và --to."
    ),
    "Entry {entry} is no dial reading that counts; those are: {known}.": (
        "Bản ghi {entry} không phải lần đọc mặt số đang có hiệu lực; các lần đó là: {known}."
    ),
    "There is no dial reading from {when} on; name an earlier time.": (
        "Từ {when} trở đi không có lần đọc mặt số nào; hãy chỉ thời điểm sớm hơn."
    ),
    "There is no dial reading up to {when}; name a later time.": (
        "Đến {when} chưa có lần đọc mặt số nào; hãy chỉ thời điểm muộn hơn."
    ),
    "{first} to {last}": "{first} đến {last}",
    "dial moved": "mặt số tăng",
    "pulses counted": "xung đếm được",
    "energy counted": "điện năng đếm",
    "not counted": "không đếm được",
    "{range} imp/kWh would fit, {set} is set": "{range} xung/kWh thì khớp, đang đặt {set}",
    "drift": "độ lệch",
    "{low} or more": "từ {low} trở lên",
    "{low} to {high}": "{low} đến {high}",
    "What it may be, the likeliest first:": "Nguyên nhân có thể, dễ xảy ra nhất đứng trước:",
    "agree within reading error": "khớp nhau trong phạm vi sai số đọc",
    "the dial fell, which no register does": "mặt số tụt xuống, điều không chỉ số nào làm",
    "at least {pulses} pulses missed, proven as far as readings and constant are right": (
        "chắc chắn sót ít nhất {pulses} xung, nếu các số đọc và hằng số đều đúng"
    ),
    "the dial moved more than was counted: pulses missed, or a wrong constant": (
        "mặt số tăng nhiều hơn số đếm được: sót xung, hoặc sai hằng số"
    ),
    (
        "more counted than flashed: at least {pulses} pulses too many, as far as readings and constant are "
        "right"
    ): "đếm nhiều hơn số lần nháy: thừa ít nhất {pulses} xung, nếu các số đọc và hằng số đều đúng",
    "the dial moved less than was counted: pulses too many, or a wrong constant": (
        "mặt số tăng ít hơn số đếm được: thừa xung, hoặc sai hằng số"
    ),
    # A reading that is refused.
    "The reading is empty; type what the dial shows, for example {example}.": (
        "Chưa có số đọc; hãy gõ số đang hiện trên mặt công tơ, ví dụ {example}."
    ),
    "'{typed}' is negative, and a dial never is; type it as shown, like {example}.": (
        "'{typed}' là số âm, mặt số không bao giờ âm; hãy gõ đúng như đang hiện, ví dụ {example}."
    ),
    "'{typed}' has more than one separator; leave out those between thousands, like {example}.": (
        "'{typed}' có nhiều hơn một dấu phân cách; hãy bỏ dấu ngăn hàng nghìn, ví dụ {example}."
    ),
    "'{typed}' is not a dial reading; type only its digits, like {example}.": (
        "'{typed}' không phải số đọc mặt công tơ; chỉ gõ các chữ số, ví dụ {example}."
    ),
    (
        "'{typed}' has more than the {digits} digits that this dial has before the decimals; if the last "
        "{decimals} are decimals (often red), type {meant}."
    ): (
        "'{typed}' có nhiều hơn {digits} chữ số trước phần thập phân của mặt số này; nếu {decimals} chữ số "
        "cuối là phần thập phân (thường màu đỏ) thì gõ {meant}."
    ),
    (
        "'{typed}' has more than the {digits} digits that this dial has before the decimals; type it as "
        "shown, like {example}."
    ): (
        "'{typed}' có nhiều hơn {digits} chữ số trước phần thập phân của mặt số này; hãy gõ đúng như đang "
        "hiện, ví dụ {example}."
    ),
    "'{typed}' ends with a separator; type its decimals too, or none and no separator.": (
        "'{typed}' kết thúc bằng dấu phân cách; hãy gõ cả phần thập phân, hoặc bỏ cả phần đó lẫn dấu."
    ),
    (
        "'{typed}' has three digits after the separator, but no separator belongs between thousands; type "
        "it as shown, like {example}."
    ): (
        "'{typed}' có ba chữ số sau dấu phân cách, mà giữa hàng nghìn không được có dấu; hãy gõ đúng như "
        "đang hiện, ví dụ {example}."
    ),
    "'{typed}' has more decimals than the dial shows ({decimals}); type it as shown, like {example}.": (
        "'{typed}' có nhiều chữ số thập phân hơn mặt số ({decimals}); hãy gõ đúng như đang hiện, ví dụ "
        "{example}."
    ),
    # Snapshots as known now.
    "as known now": "biết bây giờ",
    "no dial reading counts any more": "không còn lần đọc mặt số nào có hiệu lực",
    "The two exclude each other: a dial reading or a setting changed since; see 'sodien drift'.": (
        "Hai khoảng này loại trừ nhau: từ đó đến nay một lần đọc hay cấu hình đã đổi; hãy xem 'sodien drift'."
    ),
    # Coverage, and why something was not counted.
    "coverage of period": "tỷ lệ đếm kỳ này",
    "counting was stopped": "đã dừng đếm",
    "the program ended without a goodbye": "chương trình tắt đột ngột",
    "the Pi had no power": "Pi mất điện",
    "edges were lost": "mất sườn xung",
    "the ledger was damaged": "sổ bị hỏng",
    "the clock was not known": "chưa biết giờ",
    "before counting began": "trước khi bắt đầu đếm",
    "after the last count": "sau lần đếm cuối",
    "{seconds} s": "{seconds} giây",
    "{minutes} min": "{minutes} phút",
    "{hours} h {minutes} min": "{hours} giờ {minutes} phút",
    # The most power that can flow.
    "{meter}: {proven} kW in the busiest minute, of {most} kW that can flow at most": (
        "{meter}: phút dùng nhiều nhất là {proven} kW, trên mức tối đa có thể là {most} kW"
    ),
    (
        "{meter}: {proven} kW flowed on average for a minute or longer, more than the {most} kW that the "
        "bounds of gaps rest on"
    ): (
        "{meter}: có lúc công suất trung bình từ một phút trở lên là {proven} kW, vượt mức {most} kW mà cận "
        "của các khoảng trống dựa vào"
    ),
    (
        "write max_power_kw: {least} or more into the settings of this meter, or correct its constant where "
        "that is wrong."
    ): "hãy ghi max_power_kw: {least} trở lên vào cấu hình công tơ này, hoặc sửa constant nếu hằng số sai.",
}

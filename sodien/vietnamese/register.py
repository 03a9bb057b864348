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
    "Pulses may have been missed between {first} and {second}: {low} to {high} of all.": (
        "Có thể đã sót xung giữa {first} và {second}: từ {low} đến {high} tổng số."
    ),
    "Every pulse may have been counted twice between {first} and {second}: at least {low} too many.": (
        "Mỗi xung có thể đã bị đếm hai lần giữa {first} và {second}: thừa ít nhất {low}."
    ),
    "More may have been counted than flashed between {first} and {second}: at least {low} too many.": (
        "Có thể đã đếm nhiều hơn số lần nháy giữa {first} và {second}: thừa ít nhất {low}."
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
    "--because goes with --withdraw or --correct.": "--because đi cùng --withdraw hoặc --correct.",
    "--energy '{text}' is no range; write it in kWh like 0.2..1.5.": (
        "--energy '{text}' không phải là một khoảng; hãy viết bằng kWh như 0.2..1.5."
    ),
    "--energy '{text}' runs downwards; write the smaller one first.": (
        "--energy '{text}' đi xuống; hãy viết số nhỏ trước."
    ),
    "--photo goes with a new reading, not with --correct.": (
        "--photo đi cùng một lần đọc mới, không đi cùng --correct."
    ),
    "--withdraw goes with --because and --by only; leave out the rest.": (
        "--withdraw chỉ đi cùng --because và --by; hãy bỏ các phần khác."
    ),
    "A dial reading before it and one after it would narrow it.": (
        "Một lần đọc mặt số trước và một lần sau sẽ thu hẹp lại."
    ),
    "A picture of it; copied beside the ledger, its SHA-256 kept.": (
        "Ảnh chụp mặt số; được chép vào cạnh sổ, có giữ SHA-256."
    ),
    "A replacement at {when} is noted already; 'sodien meter withdraw {entry}' takes it back.": (
        "Đã ghi một lần thay công tơ lúc {when}; 'sodien meter withdraw {entry}' rút lại lần đó."
    ),
    "Another reading will show whether it is wrong, or the count.": (
        "Một lần đọc nữa sẽ cho biết lần đọc này sai hay số xung sai."
    ),
    "At least {low} kWh were counted in this gap; write a range that holds them.": (
        "Trong khoảng trống này đã đếm được ít nhất {low} kWh; hãy viết một khoảng chứa số đó."
    ),
    (
        "At most {high} kWh can have flowed in this gap by breaker, voltage and phases; write less, or "
        "correct the settings."
    ): (
        "Theo áptômát, điện áp và số pha, trong khoảng trống này nhiều nhất chỉ có thể dùng {high} "
        "kWh; hãy viết ít hơn, hoặc sửa cấu hình."
    ),
    "At most {p_max} kW can flow through the main breaker, which is {high} kWh in {length}.": (
        "Qua áptômát tổng nhiều nhất {p_max} kW, tức là {high} kWh trong {length}."
    ),
    "Corrected by entry {entry}: {reading} at {at}.": "Bản ghi {entry} đã sửa thành: {reading} lúc {at}.",
    (
        "Counting was stopped on purpose in gap {number}, so what flowed before the outage is not "
        "known; use --energy."
    ): (
        "Trong khoảng trống {number} việc đếm đã được dừng có chủ ý, nên không biết điện đã dùng trước "
        "khi mất điện; hãy dùng --energy."
    ),
    "Counting was stopped on purpose, and begun again at the end of the gap.": (
        "Việc đếm được dừng có chủ ý, và bắt đầu lại ở cuối khoảng trống."
    ),
    "Dial readings narrow it to {low} to {high} kWh.": (
        "Các lần đọc mặt số thu hẹp lại còn {low} đến {high} kWh."
    ),
    "Digits after the point (default: the settings').": "Số chữ số lẻ (mặc định: theo cấu hình).",
    "Digits before the point (default: the settings').": "Số chữ số nguyên (mặc định: theo cấu hình).",
    "ENTRY does not count any more.": "ENTRY không còn được tính nữa.",
    "Gap {number} lies within one boot, so the Pi had power; use --energy.": (
        "Khoảng trống {number} nằm trong một lần khởi động, tức là Pi vẫn có điện; hãy dùng --energy."
    ),
    (
        "If the supply itself was out meanwhile, at most {high} kWh flowed: sodien gaps resolve {gap} "
        "--supply-out"
    ): (
        "Nếu lúc đó chính nguồn điện bị mất thì nhiều nhất đã dùng {high} kWh: sodien gaps resolve "
        "{gap} --supply-out"
    ),
    "It has been so for as long as this meter hangs there.": "Đã như vậy từ khi treo công tơ này.",
    (
        "It is assumed that the supply itself was out while the Pi was down; then at most {high} kWh "
        "flowed: {pulses} pulses not saved before the cut, and {p_max} kW for {seconds} s from the "
        "power's return ({allowance} s of it for the firmware) to the first count."
    ): (
        "Giả định rằng chính nguồn điện bị mất khi Pi tắt; khi đó nhiều nhất đã dùng {high} kWh: "
        "{pulses} xung chưa kịp lưu trước khi mất điện, và {p_max} kW trong {seconds} giây từ lúc có "
        "điện trở lại (trong đó {allowance} giây cho firmware) đến lúc đếm lại."
    ),
    "It was not, whatever the settings say.": "Không mất, dù cấu hình nói gì.",
    "It was stated that {low} to {high} kWh flowed.": "Theo lời khai, đã dùng {low} đến {high} kWh.",
    "List all readings, and which of them count.": "Liệt kê mọi lần đọc, và lần nào được tính.",
    (
        "List the gaps: from when to when nobody counted, why, and what can have flowed as far as is "
        "known now.\n\n'sodien gaps resolve GAP' notes what you know of one of them, by the number in "
        "the list."
    ): (
        "Liệt kê các khoảng trống: từ lúc nào đến lúc nào không đếm, vì sao, và có thể đã dùng bao "
        "nhiêu theo những gì biết được bây giờ.\n\n'sodien gaps resolve GAP' ghi điều bạn biết về một "
        "khoảng trống, theo số trong danh sách."
    ),
    "No dial reading has been noted yet.": "Chưa ghi lần đọc mặt số nào.",
    (
        "Note that the meter was replaced: the old one's last reading and the new one's first join the "
        "two.\n\nThe register, snapshots and consumption go on across it. Write the new meter's "
        "constant, digits and\nmultiplier into the settings too, and restart the service: the pulse "
        "filter takes them from there."
    ): (
        "Ghi việc thay công tơ: chỉ số cuối của công tơ cũ và chỉ số đầu của công tơ mới nối hai công "
        "tơ lại.\n\nChỉ số, bản chốt và điện năng tiêu thụ được tính tiếp qua lần thay. Hãy viết hằng "
        "số, số chữ số và\nhệ số nhân của công tơ mới vào cấu hình rồi khởi động lại dịch vụ: bộ lọc "
        "xung lấy chúng từ đó."
    ),
    (
        "Note that the meter's constant is NEW imp/kWh since a time, or since the meter hangs "
        "there.\n\nNothing counted is changed: pulses stay pulses, and the register is reckoned anew "
        "from them."
    ): (
        "Ghi rằng hằng số công tơ là NEW imp/kWh từ một lúc nào đó, hoặc từ khi treo công tơ.\n\nSố đã "
        "đếm không đổi: xung vẫn là xung, chỉ số được tính lại từ chúng."
    ),
    (
        "Note what you know of a GAP: a new entry beside it; the last one counts, --undo takes it "
        "back.\n\nWith --supply-out the gap holds what was not saved before the cut, and what the "
        "supply can carry from the\npower's return until counting began again."
    ): (
        "Ghi điều bạn biết về khoảng trống GAP: một bản ghi mới bên cạnh; bản ghi cuối được tính, "
        "--undo rút lại.\n\nVới --supply-out, khoảng trống chỉ chứa phần chưa kịp lưu trước khi mất "
        "điện, và phần nguồn điện có thể tải\ntừ lúc có điện trở lại đến khi đếm lại."
    ),
    "Of the bill (default: the settings').": "Hệ số nhân của hóa đơn (mặc định: theo cấu hình).",
    "Pulses could have been missed here.": "Ở đây có thể đã sót xung.",
    "READING takes the place of what ENTRY says.": "READING thay cho số mà ENTRY đã ghi.",
    "Say one thing of the gap: --supply-out, --supply-on, --energy or --undo.": (
        "Hãy nói một điều về khoảng trống: --supply-out, --supply-on, --energy hoặc --undo."
    ),
    "Say why each gap is what it is, and what would narrow it.": (
        "Nói vì sao mỗi khoảng trống như vậy, và điều gì thu hẹp được nó."
    ),
    "Say why entry {entry} is withdrawn: --because TEXT.": (
        "Hãy nói vì sao rút lại bản ghi {entry}: --because TEXT."
    ),
    "Serial number on the new meter's plate.": "Số chế tạo trên mặt công tơ mới.",
    "Show or note which meter hangs there: its replacement, and its constant.": (
        "Xem hoặc ghi công tơ nào đang treo: việc thay công tơ, và hằng số của nó."
    ),
    "Show the meters that hung there one after another, with their constants, and where that is from.": (
        "Xem các công tơ đã lần lượt treo ở đó, hằng số của chúng, và thông tin lấy từ đâu."
    ),
    "Since when it holds (default: now).": "Đúng từ lúc nào (mặc định: bây giờ).",
    "So many kWh flowed meanwhile, e.g. 0.2..1.5.": "Lúc đó đã dùng chừng này kWh, ví dụ 0.2..1.5.",
    (
        "Take back a replacement or a constant that was noted wrongly, by its number in 'sodien meter "
        "show'.\n\nThe old entry stays in the ledger, marked."
    ): (
        "Rút lại một lần thay công tơ hoặc hằng số đã ghi nhầm, theo số của nó trong 'sodien meter "
        "show'.\n\nBản ghi cũ vẫn còn trong sổ, có đánh dấu."
    ),
    "Take back what was said of this gap.": "Rút lại điều đã nói về khoảng trống này.",
    "The Pi lost its power or was reset, and counting began again in another boot.": (
        "Pi bị mất điện hoặc bị khởi động lại, và việc đếm bắt đầu lại ở lần khởi động khác."
    ),
    "The program ended without a goodbye while the Pi kept running.": (
        "Chương trình kết thúc đột ngột trong khi Pi vẫn chạy."
    ),
    (
        "The settings have {key}: {settings}, the ledger has {ledger}; the ledger counts. Write {key}: "
        "{ledger} into the settings and restart the service."
    ): (
        "Cấu hình ghi {key}: {settings}, sổ ghi {ledger}; sổ được tính. Hãy viết {key}: {ledger} vào "
        "cấu hình rồi khởi động lại dịch vụ."
    ),
    "The settings say so (supply: metered); if the supply was on: sodien gaps resolve {gap} --supply-on": (
        "Cấu hình nói vậy (supply: metered); nếu nguồn điện vẫn có: sodien gaps resolve {gap} --supply-on"
    ),
    "The Pi does not know the time yet; say when it was read: --at '2026-11-30 07:30'.": (
        "Pi chưa biết giờ; hãy nói đọc lúc nào: --at '2026-11-30 07:30'."
    ),
    "The supply itself was out meanwhile.": "Lúc đó chính nguồn điện bị mất.",
    "There is no dial reading {entry}; 'sodien dial --list' lists them.": (
        "Không có lần đọc mặt số nào số {entry}; 'sodien dial --list' liệt kê tất cả."
    ),
    "There is no gap {number}; 'sodien gaps' lists them.": (
        "Không có khoảng trống số {number}; 'sodien gaps' liệt kê tất cả."
    ),
    "There is no gap: everything since counting began was counted.": (
        "Không có khoảng trống nào: từ khi bắt đầu đếm, mọi lúc đều được đếm."
    ),
    "There is no replacement or constant {entry}; 'sodien meter show' lists them.": (
        "Không có lần thay công tơ hay hằng số nào số {entry}; 'sodien meter show' liệt kê tất cả."
    ),
    "Too high beside {other} by at least {excess} kWh.": (
        "Cao hơn mức có thể so với {other} ít nhất {excess} kWh."
    ),
    "Too low beside {other} by at least {excess} kWh.": (
        "Thấp hơn mức có thể so với {other} ít nhất {excess} kWh."
    ),
    "Type the reading, for example: sodien dial 12345.6 (or --list).": (
        "Hãy gõ số đọc được, ví dụ: sodien dial 12345.6 (hoặc --list)."
    ),
    "What the new dial showed at first.": "Số đầu tiên trên mặt công tơ mới.",
    "What the old dial showed at last.": "Số cuối cùng trên mặt công tơ cũ.",
    "When it was replaced.": "Thay lúc nào.",
    "When pulses may have been missed, and what that can have cost.": (
        "Lúc nào có thể sót xung, và có thể sót bao nhiêu."
    ),
    "When the power came back after gap {number} was not noted; use --energy.": (
        "Không ghi lại lúc có điện trở lại sau khoảng trống {number}; hãy dùng --energy."
    ),
    "Which meter hangs there; note its replacement or its constant.": (
        "Công tơ nào đang treo; ghi việc thay công tơ hoặc hằng số."
    ),
    "Who notes it.": "Ai ghi.",
    "Who says so.": "Ai nói vậy.",
    "Why it does not hold.": "Vì sao nó không đúng.",
    "Why it is withdrawn or corrected.": "Vì sao rút lại hoặc sửa.",
    "Withdrawn by entry {entry}: {because}.": "Bản ghi {entry} đã rút lại: {because}.",
    "before": "trước đó",
    "can hold": "có thể chứa",
    "counts": "được tính",
    "digits {digits}, decimals {decimals}, multiplier {multiplier}": (
        "số chữ số nguyên {digits}, số lẻ {decimals}, hệ số nhân {multiplier}"
    ),
    "edges lost": "mất sườn xung",
    "ended without a goodbye": "kết thúc đột ngột",
    "entry {entry}": "bản ghi {entry}",
    "imp/kWh of the new meter (default: the settings').": (
        "imp/kWh của công tơ mới (mặc định: theo cấu hình)."
    ),
    "in doubt": "còn nghi ngờ",
    "ledger salvaged": "sổ được cứu lại",
    "What was counted in gap {number} is not known any more, nor when the supply was out; use --energy.": (
        "Không còn biết đã đếm được gì trong khoảng trống {number}, cũng không biết lúc nào mất điện; hãy "
        "dùng --energy."
    ),
    "ledger restored": "sổ khôi phục từ bản sao lưu",
    "the ledger was restored from a backup": "sổ được khôi phục từ bản sao lưu",
    "The ledger was restored from a backup; what was counted after it is not known.": (
        "Sổ được khôi phục từ bản sao lưu; không biết đã đếm được gì sau bản đó."
    ),
    "The ledger was damaged and salvaged; what was counted last may be lost.": (
        "Sổ bị hỏng và được cứu lại; những gì đếm sau cùng có thể đã mất."
    ),
    "meter {serial}: {since} to {until}": "công tơ {serial}: {since} đến {until}",
    "now": "bây giờ",
    "power cut": "mất điện",
    "says {by}": "theo lời {by}",
    "stated": "theo lời khai",
    "stopped": "đã dừng",
    "the beginning": "lúc đầu",
    "the supply itself was out": "chính nguồn điện bị mất",
    "the supply itself was out, by the settings": "chính nguồn điện bị mất, theo cấu hình",
    "the supply was on": "nguồn điện vẫn có",
    "withdrawn": "đã rút lại",
    "{constant} imp/kWh since {since}": "{constant} imp/kWh từ {since}",
    "{meter}: the reading does not count any more.": "{meter}: lần đọc này không còn được tính nữa.",
    "'{text}' is no constant; write the imp/kWh from the plate, such as 1600.": (
        "'{text}' không phải là hằng số công tơ; hãy viết số imp/kWh trên mặt công tơ, ví dụ 1600."
    ),
    "{path}: the picture cannot be kept ({reason}); choose another --photo or leave it out.": (
        "{path}: không lưu được ảnh ({reason}); hãy chọn --photo khác hoặc bỏ đi."
    ),
    (
        "{pulses} pulses were counted inside it while the Pi did not know the time; they flowed in "
        "this gap, when exactly is not known."
    ): (
        "Trong đó đã đếm {pulses} xung khi Pi chưa biết giờ; chúng thuộc khoảng trống này, nhưng không "
        "rõ chính xác lúc nào."
    ),
    "{path}: does not fit its seals from entry {seq} on": (
        "{path}: từ bản ghi {seq} trở đi không khớp với các dấu niêm phong"
    ),
    "see 'sodien verify'; keep a copy of the file, and restore a backup if the card is failing.": (
        "xem 'sodien verify'; giữ một bản sao của tệp, và khôi phục từ bản sao lưu nếu thẻ nhớ đang hỏng."
    ),
    "nothing is sealed yet; that happens once an hour": "chưa có gì được niêm phong; mỗi giờ làm một lần",
    "all seals fit ({count})": "mọi dấu niêm phong đều khớp ({count})",
    "Seals cover the whole ledger; leave out --meter, --from and --to with 'entries'.": (
        "Dấu niêm phong bao trùm cả sổ; với 'entries' hãy bỏ --meter, --from và --to."
    ),
    "{path}: there is no such ledger; name another file.": "{path}: không có sổ này; hãy nêu tệp khác.",
    "'{text}' is no seal and no file with one; a seal has 64 digits of 0-9 and a-f.": (
        "'{text}' không phải dấu niêm phong, cũng không phải tệp có dấu; một dấu có 64 chữ số 0-9 và a-f."
    ),
    "{path}: cannot be read ({reason}).": "{path}: không đọc được ({reason}).",
    "no time yet": "chưa có giờ",
    "Nothing is sealed yet; 'sodien run' does so once an hour.": (
        "Chưa có gì được niêm phong; 'sodien run' làm việc đó mỗi giờ một lần."
    ),
    "The ledger does not fit its seals.": "Sổ không khớp với các dấu niêm phong của nó.",
    "  {count} more do not fit; --json lists them.": (
        "  Còn {count} bản ghi nữa không khớp; --json liệt kê đủ."
    ),
    "Entries 1 to {last} are as they were sealed. Seals: {count}, the newest is entry {seq} of {at}.": (
        "Các bản ghi từ 1 đến {last} vẫn đúng như khi niêm phong. Số dấu: {count}, dấu mới nhất là bản ghi "
        "{seq} lúc {at}."
    ),
    "  newest seal: {hash}": "  dấu mới nhất: {hash}",
    "Entries not sealed yet, the newest seal among them: {count}.": (
        "Số bản ghi chưa niêm phong, kể cả dấu mới nhất: {count}."
    ),
    "Entries not sealed yet: {count}.": "Số bản ghi chưa niêm phong: {count}.",
    "was changed": "đã bị sửa",
    "is missing": "bị thiếu",
    "was put in": "bị chèn thêm",
    "does not follow the seal before it": "không nối tiếp dấu niêm phong trước nó",
    "was given its time by somebody else": "bị người khác gán giờ",
    "and all after it are missing: the ledger once went further": (
        "và mọi bản ghi sau nó bị thiếu: sổ từng dài hơn"
    ),
    "is not the newest seal that the ledger remembers": "không phải dấu mới nhất mà sổ còn nhớ",
    "  Entry {seq}{told} {what}.": "  Bản ghi {seq}{told} {what}.",
    "  The last seal before it that fits: entry {seq} of {at}.": (
        "  Dấu cuối cùng trước nó còn khớp: bản ghi {seq} lúc {at}."
    ),
    "  The seal that tells: entry {seq} of {at}.": "  Dấu cho biết điều đó: bản ghi {seq} lúc {at}.",
    "Seal {short}: fits. It is entry {seq} of {at}; entries 1 to {last} are as they were then.": (
        "Dấu {short}: khớp. Đó là bản ghi {seq} lúc {at}; các bản ghi từ 1 đến {last} vẫn như khi ấy."
    ),
    "Seal {short}: is in the ledger, but what it covers was changed.": (
        "Dấu {short}: có trong sổ, nhưng phần nó niêm phong đã bị sửa."
    ),
    (
        "Seal {short}: is from before the ledger was salvaged; compare it with the file that was set aside "
        "(--ledger FILE)."
    ): (
        "Dấu {short}: có từ trước khi sổ được cứu dữ liệu; hãy so nó với tệp đã để riêng ra (--ledger FILE)."
    ),
    "Seal {short}: is not in this ledger.": "Dấu {short}: không có trong sổ này.",
}

"""Vietnamese for the verdict on a bill: checks, causes, assumptions, advice."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # verdicts
    "The customer code {code} is yours.": "Mã khách hàng {code} đúng là của bạn.",
    "The bill is for customer {code}; yours is {own}.": (
        "Hóa đơn ghi mã khách hàng {code}; mã của bạn là {own}."
    ),
    "The meter's serial number {serial} is that of your meter.": (
        "Số công tơ {serial} đúng là công tơ của bạn."
    ),
    "The bill names meter {serial}, which did not hang there in this period; your meter was {own}.": (
        "Hóa đơn ghi công tơ {serial}, không phải công tơ treo tại nhà trong kỳ này; công tơ của bạn là "
        "{own}."
    ),
    "The bill names meter {serial}; the plate of your meter says {own}.": (
        "Hóa đơn ghi công tơ {serial}; nhãn trên công tơ của bạn ghi {own}."
    ),
    "The multiplier {multiplier} is that of your meter.": (
        "Hệ số nhân {multiplier} đúng với công tơ của bạn."
    ),
    "The bill multiplies by {multiplier}; your meter's multiplier is {own}.": (
        "Hóa đơn nhân với {multiplier}; hệ số nhân của công tơ nhà bạn là {own}."
    ),
    "The number of households, {households}, is yours.": "Số hộ {households} đúng với nhà bạn.",
    "The bill counts {households} households; yours are {own}.": (
        "Hóa đơn tính {households} hộ; nhà bạn có {own} hộ."
    ),
    "The notice itself says that the reading was estimated.": (
        "Chính thông báo ghi rằng chỉ số này là tạm tính."
    ),
    "The period begins on {first}, after its end on {last}.": (
        "Kỳ hóa đơn bắt đầu ngày {first}, sau ngày kết thúc {last}."
    ),
    "No earlier bill is known, so nothing tells whether this one continues it.": (
        "Chưa có hóa đơn kỳ trước nên không biết kỳ này có nối tiếp hay không."
    ),
    "This bill is for customer {code}, the one before was for {before}.": (
        "Hóa đơn này của khách hàng {code}, hóa đơn trước của {before}."
    ),
    "The meter {serial} is the one of the bill before.": (
        "Công tơ {serial} vẫn là công tơ trên hóa đơn trước."
    ),
    "The meter was {before} on the bill before and is {serial} since its replacement.": (
        "Hóa đơn trước ghi công tơ {before}, sau khi thay công tơ là {serial}."
    ),
    "The meter is {serial}, but {before} on the bill before, and no replacement is known.": (
        "Hóa đơn ghi công tơ {serial}, hóa đơn trước ghi {before}, mà không thấy ghi nhận thay công tơ."
    ),
    "The period begins on {first}, the day after the bill before ended ({last}).": (
        "Kỳ này bắt đầu ngày {first}, ngay sau ngày kết thúc kỳ trước ({last})."
    ),
    "The period begins on {first}, but the bill before ran until {last}: {days} days are billed twice.": (
        "Kỳ này bắt đầu ngày {first}, nhưng kỳ trước kéo dài đến {last}: {days} ngày bị tính hai lần."
    ),
    "{days} days until {last} were billed by an earlier bill already.": (
        "{days} ngày tính đến {last} đã có trong một hóa đơn trước."
    ),
    "The indices {old} and {new} stand on an earlier bill already, until {last}.": (
        "Hai chỉ số {old} và {new} đã có trên một hóa đơn trước, kỳ đến {last}."
    ),
    (
        "The bill before ended on {last} and this one begins on {first}: a bill of {days} days is "
        "missing here."
    ): ("Kỳ trước kết thúc ngày {last}, kỳ này bắt đầu ngày {first}: ở đây thiếu hóa đơn của {days} ngày."),
    "The old index {old} is the new index of the bill before.": (
        "Chỉ số cũ {old} chính là chỉ số mới của hóa đơn trước."
    ),
    "The old index {old} is not the new index of the bill before, {new}: the meter was replaced.": (
        "Chỉ số cũ {old} khác chỉ số mới {new} của hóa đơn trước: công tơ đã được thay."
    ),
    (
        "The old index {old} is not the new index of the latest bill known, {new}; a bill in between may "
        "be missing here."
    ): (
        "Chỉ số cũ {old} khác chỉ số mới {new} của hóa đơn gần nhất đã biết; có thể ở đây thiếu một hóa "
        "đơn ở giữa."
    ),
    (
        "The old index {old} is not the new index of the bill before, {new}; but {new} was never on your "
        "meter that day and {old} fits it, so the bill before was the wrong one."
    ): (
        "Chỉ số cũ {old} khác chỉ số mới {new} của hóa đơn trước; nhưng hôm đó công tơ của bạn không hề "
        "chỉ {new}, còn {old} thì khớp, vậy hóa đơn trước mới là hóa đơn sai."
    ),
    "The old index {old} is not the new index of the bill before, {new}: a difference of {by} kWh.": (
        "Chỉ số cũ {old} khác chỉ số mới {new} của hóa đơn trước: lệch {by} kWh."
    ),
    "({new} − {old}) × {multiplier} + {removed} = {sum} kWh, as printed.": (
        "({new} − {old}) × {multiplier} + {removed} = {sum} kWh, đúng như in trên hóa đơn."
    ),
    (
        "The dial passed its end from {old} to {new}; × {multiplier} + {removed} that is {sum} kWh, as "
        "printed."
    ): (
        "Mặt số đã quay hết vòng từ {old} đến {new}; × {multiplier} + {removed} là {sum} kWh, đúng như "
        "in trên hóa đơn."
    ),
    "({new} − {old}) × {multiplier} + {removed} = {sum} kWh, but the bill says {kwh}: {by} kWh apart.": (
        "({new} − {old}) × {multiplier} + {removed} = {sum} kWh, nhưng hóa đơn ghi {kwh}: lệch {by} kWh."
    ),
    "The new index {new} is below the old index {old}, and nothing on the bill explains it.": (
        "Chỉ số mới {new} nhỏ hơn chỉ số cũ {old} mà hóa đơn không giải thích gì."
    ),
    (
        "({new} − {old}) × {multiplier} + {removed} = {sum} kWh; the notice prints no consumption to compare."
    ): (
        "({new} − {old}) × {multiplier} + {removed} = {sum} kWh; thông báo không in điện năng tiêu thụ để so."
    ),
    (
        "({new} − {old}) × {multiplier} = {sum} kWh and the bill says {kwh}: the meter was replaced, and "
        "the bill does not say what the old one had counted."
    ): (
        "({new} − {old}) × {multiplier} = {sum} kWh còn hóa đơn ghi {kwh}: công tơ đã được thay, và hóa "
        "đơn không ghi sản lượng của công tơ tháo."
    ),
    "The registers add up to {row} kWh, but the bill charges {kwh} kWh.": (
        "Các bộ chỉ số cộng lại là {row} kWh, nhưng hóa đơn tính tiền {kwh} kWh."
    ),
    (
        "Index {index}: your register was between {low} and {high} kWh from {start} to {end}. It fits; "
        "an error of more than {detectable} kWh would have been noticed."
    ): (
        "Chỉ số {index}: chỉ số của bạn nằm giữa {low} và {high} kWh từ {start} đến {end}. Khớp; nếu sai "
        "hơn {detectable} kWh thì đã bị phát hiện."
    ),
    (
        "Index {index}: your register was between {low} and {high} kWh from {start} to {end}. The index "
        "is at least {by} kWh too high."
    ): (
        "Chỉ số {index}: chỉ số của bạn nằm giữa {low} và {high} kWh từ {start} đến {end}. Chỉ số trên "
        "hóa đơn cao hơn ít nhất {by} kWh."
    ),
    (
        "Index {index}: your register was between {low} and {high} kWh from {start} to {end}. The index "
        "is at least {by} kWh too low."
    ): (
        "Chỉ số {index}: chỉ số của bạn nằm giữa {low} và {high} kWh từ {start} đến {end}. Chỉ số trên "
        "hóa đơn thấp hơn ít nhất {by} kWh."
    ),
    "Index {index} cannot come from your meter: its dial has only {digits} digits.": (
        "Chỉ số {index} không thể là của công tơ nhà bạn: mặt số chỉ có {digits} chữ số."
    ),
    (
        "Index {index} is possible, but your register is only known to be between {low} and {high} kWh "
        "from {start} to {end}: an error of up to {detectable} kWh would not show."
    ): (
        "Chỉ số {index} có thể đúng, nhưng chỉ biết chỉ số của bạn nằm giữa {low} và {high} kWh từ "
        "{start} đến {end}: sai đến {detectable} kWh cũng không thấy được."
    ),
    (
        "Index {index} is possible, but the reading may have been at any time from {start} to {end}, "
        "while your register went from {low} to {high} kWh: an error of up to {detectable} kWh would not "
        "show."
    ): (
        "Chỉ số {index} có thể đúng, nhưng việc ghi chỉ số có thể vào bất cứ lúc nào từ {start} đến "
        "{end}, khi chỉ số của bạn tăng từ {low} đến {high} kWh: sai đến {detectable} kWh cũng không "
        "thấy được."
    ),
    "Index {index}: too much is unknown from {start} to {end}; the dial may even have gone round.": (
        "Chỉ số {index}: từ {start} đến {end} có quá nhiều điều chưa biết; mặt số thậm chí có thể đã "
        "quay hết vòng."
    ),
    (
        "Index {index}: no dial reading of yours pins this meter's register, so the index alone cannot "
        "be checked."
    ): ("Chỉ số {index}: bạn chưa đọc mặt số lần nào cho công tơ này nên không thể kiểm tra riêng chỉ số."),
    "Index {index}: the notice does not say on which day it was read.": (
        "Chỉ số {index}: thông báo không ghi ngày ghi chỉ số."
    ),
    (
        "Index {index}: the bill tells of a replaced meter, which is not recorded here, so it cannot be "
        "checked."
    ): (
        "Chỉ số {index}: hóa đơn cho biết công tơ đã được thay, nhưng ở đây chưa ghi nhận nên không kiểm "
        "tra được."
    ),
    "Index {index}: the meter was replaced while it may have been read, {day}.": (
        "Chỉ số {index}: công tơ được thay đúng lúc có thể đang ghi chỉ số, ngày {day}."
    ),
    "The bill has several registers (normal, peak, off-peak); one LED shows only their sum.": (
        "Hóa đơn có nhiều bộ chỉ số (bình thường, cao điểm, thấp điểm); một đèn LED chỉ cho biết tổng "
        "của chúng."
    ),
    "Index {index} was read between {start} and {end}, by your register.": (
        "Theo chỉ số của bạn, chỉ số {index} được ghi trong khoảng {start} đến {end}."
    ),
    "Index {index}: your register showed it all the time from {start} to {end}.": (
        "Chỉ số {index}: công tơ của bạn chỉ số này suốt từ {start} đến {end}."
    ),
    (
        "Index {index} fits another day than {day}: it was read between {start} and {end}, by your "
        "register. The notice has no date, and a day's slip is allowed."
    ): (
        "Chỉ số {index} khớp với một ngày khác ngày {day}: theo chỉ số của bạn, nó được ghi trong khoảng "
        "{start} đến {end}. Thông báo không ghi ngày, và được phép xê dịch một ngày."
    ),
    "Index {index} is said to be of {day}, but your register showed it between {start} and {end}.": (
        "Chỉ số {index} được ghi là của ngày {day}, nhưng công tơ của bạn chỉ số này trong khoảng "
        "{start} đến {end}."
    ),
    (
        "{kwh} kWh are billed; you used between {low} and {high} kWh, of which whole indices make "
        "{least} to {most} kWh. It fits; one index wrong by more than {detectable} kWh would have been "
        "noticed."
    ): (
        "Hóa đơn tính {kwh} kWh; bạn dùng từ {low} đến {high} kWh, lấy chỉ số nguyên thì thành {least} "
        "đến {most} kWh. Khớp; nếu một chỉ số sai hơn {detectable} kWh thì đã bị phát hiện."
    ),
    (
        "{kwh} kWh are billed; you used between {low} and {high} kWh, of which whole indices can make "
        "{most} kWh at most: {by} kWh too many at least."
    ): (
        "Hóa đơn tính {kwh} kWh; bạn dùng từ {low} đến {high} kWh, lấy chỉ số nguyên thì nhiều nhất là "
        "{most} kWh: thừa ít nhất {by} kWh."
    ),
    (
        "{kwh} kWh are billed; you used between {low} and {high} kWh, of which whole indices make "
        "{least} kWh at least: {by} kWh too few at least."
    ): (
        "Hóa đơn tính {kwh} kWh; bạn dùng từ {low} đến {high} kWh, lấy chỉ số nguyên thì ít nhất là "
        "{least} kWh: thiếu ít nhất {by} kWh."
    ),
    (
        "{kwh} kWh are billed; of your own use it is only known that it was between {low} and {high} "
        "kWh, because not all of the period was counted. An honest bill may say {least} to {most} kWh."
    ): (
        "Hóa đơn tính {kwh} kWh; về lượng điện bạn dùng chỉ biết là từ {low} đến {high} kWh, vì có lúc "
        "không đếm được. Một hóa đơn đúng có thể ghi từ {least} đến {most} kWh."
    ),
    (
        "{kwh} kWh are billed; you used between {low} and {high} kWh, depending on when the meter was "
        "read. An honest bill may say {least} to {most} kWh: too wide a range to tell."
    ): (
        "Hóa đơn tính {kwh} kWh; bạn dùng từ {low} đến {high} kWh, tùy lúc công tơ được ghi. Một hóa đơn "
        "đúng có thể ghi từ {least} đến {most} kWh: khoảng này quá rộng để kết luận."
    ),
    "The notice says neither indices nor a consumption.": (
        "Thông báo không ghi cả chỉ số lẫn điện năng tiêu thụ."
    ),
    "{kwh} kWh are billed, but the notice does not say for which days.": (
        "Hóa đơn tính {kwh} kWh, nhưng thông báo không ghi cho những ngày nào."
    ),
    "{kwh} kWh are billed for a period that ends before it begins.": (
        "Hóa đơn tính {kwh} kWh cho một kỳ kết thúc trước khi bắt đầu."
    ),
    "{kwh} kWh are billed; the bill tells of a replaced meter, which is not recorded here.": (
        "Hóa đơn tính {kwh} kWh; hóa đơn cho biết công tơ đã được thay, nhưng ở đây chưa ghi nhận."
    ),
    "Line {row}: {kwh} kWh × {price} = {printed} đồng, as printed.": (
        "Dòng {row}: {kwh} kWh × {price} = {printed} đồng, đúng như in."
    ),
    "Line {row}: {kwh} kWh × {price} = {sum}, but {printed} đồng is printed: {by} đồng apart.": (
        "Dòng {row}: {kwh} kWh × {price} = {sum}, nhưng in {printed} đồng: lệch {by} đồng."
    ),
    "The lines add up to {printed} kWh, as billed.": (
        "Các dòng cộng lại là {printed} kWh, đúng như điện năng tính tiền."
    ),
    "The lines add up to {printed} kWh, but {sum} kWh are billed: {by} kWh apart.": (
        "Các dòng cộng lại là {printed} kWh, nhưng tính tiền {sum} kWh: lệch {by} kWh."
    ),
    "The lines add up to {printed} đồng before tax, as printed.": (
        "Các dòng cộng lại là {printed} đồng trước thuế, đúng như in."
    ),
    "The lines add up to {sum} đồng, but {printed} đồng before tax is printed: {by} apart.": (
        "Các dòng cộng lại là {sum} đồng, nhưng in {printed} đồng trước thuế: lệch {by}."
    ),
    "{net} đồng × {percent} % = {printed} đồng of tax, as printed.": (
        "{net} đồng × {percent} % = {printed} đồng tiền thuế, đúng như in."
    ),
    "{net} đồng × {percent} % = {sum} đồng of tax, but {printed} is printed: {by} đồng apart.": (
        "{net} đồng × {percent} % = {sum} đồng tiền thuế, nhưng in {printed}: lệch {by} đồng."
    ),
    "{net} + {tax} = {printed} đồng, as printed.": "{net} + {tax} = {printed} đồng, đúng như in.",
    "{net} + {tax} = {sum} đồng, but {printed} đồng is to be paid: {by} đồng apart.": (
        "{net} + {tax} = {sum} đồng, nhưng phải trả {printed} đồng: lệch {by} đồng."
    ),
    "{net} đồng and {percent} % of tax make {printed} đồng, as printed.": (
        "{net} đồng và {percent} % thuế thành {printed} đồng, đúng như in."
    ),
    (
        "{net} đồng and {percent} % of tax make {sum} đồng, but {printed} đồng is to be paid: {by} đồng "
        "apart."
    ): ("{net} đồng và {percent} % thuế thành {sum} đồng, nhưng phải trả {printed} đồng: lệch {by} đồng."),
    "The notice prints no money, so there is none to check.": (
        "Thông báo không in số tiền nên không có gì để kiểm tra."
    ),
    "There is no tariff to check the money with.": "Không có biểu giá để kiểm tra số tiền.",
    "The money cannot be checked with the tariff: the days of the period are not known.": (
        "Không thể kiểm tra số tiền theo biểu giá: không biết các ngày của kỳ hóa đơn."
    ),
    "The money cannot be checked with the tariff: the notice prints no consumption.": (
        "Không thể kiểm tra số tiền theo biểu giá: thông báo không in điện năng tiêu thụ."
    ),
    "The money cannot be checked with the tariff: {reason}": (
        "Không thể kiểm tra số tiền theo biểu giá: {reason}"
    ),
    "The prices are those in force on these days ({decisions}).": (
        "Đơn giá đúng với biểu giá có hiệu lực trong những ngày này ({decisions})."
    ),
    "Line {row} costs {price} đồng per kWh; in force on these days is {right} ({decisions}).": (
        "Dòng {row} có đơn giá {price} đồng/kWh; giá có hiệu lực trong những ngày này là {right} "
        "({decisions})."
    ),
    (
        "Line {row} costs {price} đồng per kWh; the table here says {right} ({decisions}), but it may be "
        "too old."
    ): (
        "Dòng {row} có đơn giá {price} đồng/kWh; biểu giá ở đây ghi {right} ({decisions}), nhưng có thể "
        "đã cũ."
    ),
    "The full lines, {quotas} kWh, are the quotas (households: {households}).": (
        "Các dòng đã đầy, {quotas} kWh, đúng là định mức (số hộ: {households})."
    ),
    "The full lines, {quotas} kWh, are the quotas by days used (households: {households}).": (
        "Các dòng đã đầy, {quotas} kWh, đúng là định mức tính theo số ngày sử dụng (số hộ: {households})."
    ),
    (
        "The full lines, {quotas} kWh, are quotas by days used if T is the days of another month; no "
        "source settles which."
    ): (
        "Các dòng đã đầy, {quotas} kWh, là định mức theo số ngày sử dụng nếu T là số ngày của một tháng "
        "khác; không có nguồn nào quyết định dùng tháng nào."
    ),
    "The lines are those of {households} households; how many share this meter is not set here.": (
        "Các dòng là của {households} hộ; ở đây chưa khai báo bao nhiêu hộ dùng chung công tơ này."
    ),
    (
        "The price changed in the period; the lines differ from ours by {by} đồng, which the rounding at "
        "the change can explain."
    ): (
        "Giá thay đổi trong kỳ; các dòng lệch {by} đồng so với cách tính ở đây, việc làm tròn khi đổi "
        "giá có thể giải thích được."
    ),
    (
        "The price changed in the period; the lines differ from ours by {by} đồng, more than rounding at "
        "the change can explain."
    ): (
        "Giá thay đổi trong kỳ; các dòng lệch {by} đồng so với cách tính ở đây, nhiều hơn mức mà việc "
        "làm tròn khi đổi giá có thể giải thích."
    ),
    (
        "All kWh cost {price} đồng, the price of one higher tier: right only for tenants who were not "
        "declared."
    ): (
        "Toàn bộ điện năng tính giá {price} đồng, giá của một bậc cao hơn: chỉ đúng với người thuê nhà "
        "chưa kê khai."
    ),
    (
        "The full lines are {quotas} kWh; the quotas are {rule} kWh (households: {households}), and "
        "counting by days does not explain it."
    ): (
        "Các dòng đã đầy là {quotas} kWh; định mức là {rule} kWh (số hộ: {households}), tính theo số "
        "ngày cũng không ra."
    ),
    "The tax rate of {percent} % is the one in force.": (
        "Thuế suất {percent} % đúng với quy định đang có hiệu lực."
    ),
    "The tax rate is {percent} %; in force is {right} %.": (
        "Thuế suất ghi {percent} %; mức có hiệu lực là {right} %."
    ),
    "The tax rate is {percent} %; the table here says {right} %, but it may be too old.": (
        "Thuế suất ghi {percent} %; bảng ở đây ghi {right} %, nhưng có thể đã cũ."
    ),
    (
        "The tax rate of {percent} % was in force on a part of the period ({right} %); no source says "
        "which day counts."
    ): (
        "Thuế suất {percent} % có hiệu lực trong một phần của kỳ ({right} %); không có nguồn nào nói "
        "tính theo ngày nào."
    ),
    "By the tariff, {kwh} kWh cost {sum} đồng before tax, as printed.": (
        "Theo biểu giá, {kwh} kWh là {sum} đồng trước thuế, đúng như in."
    ),
    "By the tariff, {kwh} kWh cost {sum} đồng before tax, but {printed} is printed: {by} đồng apart.": (
        "Theo biểu giá, {kwh} kWh là {sum} đồng trước thuế, nhưng in {printed}: lệch {by} đồng."
    ),
    (
        "By the table here, {kwh} kWh cost {sum} đồng before tax and {printed} is printed; the table may "
        "be too old."
    ): ("Theo bảng ở đây, {kwh} kWh là {sum} đồng trước thuế còn hóa đơn in {printed}; bảng có thể đã cũ."),
    (
        "{printed} đồng before tax is right for {households} households on this meter; how many is not "
        "set here."
    ): (
        "{printed} đồng trước thuế là đúng nếu {households} hộ dùng chung công tơ này; ở đây chưa khai "
        "báo số hộ."
    ),
    "{printed} đồng before tax is right if all kWh cost the price for tenants who were not declared.": (
        "{printed} đồng trước thuế là đúng nếu toàn bộ điện năng tính theo giá cho người thuê nhà chưa "
        "kê khai."
    ),
    (
        "{printed} đồng before tax is right with quotas by days used if T is the days of another month; "
        "no source settles which."
    ): (
        "{printed} đồng trước thuế là đúng theo định mức tính theo số ngày nếu T là số ngày của một "
        "tháng khác; không có nguồn nào quyết định dùng tháng nào."
    ),
    (
        "By the tariff, {kwh} kWh cost {sum} đồng before tax and {printed} is printed; the rounding at a "
        "price change can explain {by} đồng."
    ): (
        "Theo biểu giá, {kwh} kWh là {sum} đồng trước thuế còn hóa đơn in {printed}; việc làm tròn khi "
        "đổi giá có thể giải thích mức lệch {by} đồng."
    ),
    "By the tariff, {kwh} kWh cost {sum} đồng with tax, as printed.": (
        "Theo biểu giá, {kwh} kWh là {sum} đồng kể cả thuế, đúng như in."
    ),
    "By the tariff, {kwh} kWh cost {sum} đồng with tax, but {printed} is to be paid: {by} đồng apart.": (
        "Theo biểu giá, {kwh} kWh là {sum} đồng kể cả thuế, nhưng phải trả {printed}: lệch {by} đồng."
    ),
    (
        "By the table here, {kwh} kWh cost {sum} đồng with tax and {printed} is to be paid; the table "
        "may be too old."
    ): ("Theo bảng ở đây, {kwh} kWh là {sum} đồng kể cả thuế còn phải trả {printed}; bảng có thể đã cũ."),
    (
        "{printed} đồng with tax is right for {households} households on this meter; how many is not set "
        "here."
    ): (
        "{printed} đồng kể cả thuế là đúng nếu {households} hộ dùng chung công tơ này; ở đây chưa khai "
        "báo số hộ."
    ),
    "{printed} đồng with tax is right if all kWh cost the price for tenants who were not declared.": (
        "{printed} đồng kể cả thuế là đúng nếu toàn bộ điện năng tính theo giá cho người thuê nhà chưa "
        "kê khai."
    ),
    (
        "{printed} đồng with tax is right with quotas by days used if T is the days of another month; no "
        "source settles which."
    ): (
        "{printed} đồng kể cả thuế là đúng theo định mức tính theo số ngày nếu T là số ngày của một "
        "tháng khác; không có nguồn nào quyết định dùng tháng nào."
    ),
    (
        "By the tariff, {kwh} kWh cost {sum} đồng with tax and {printed} is to be paid; the rounding at "
        "a price change can explain {by} đồng."
    ): (
        "Theo biểu giá, {kwh} kWh là {sum} đồng kể cả thuế còn phải trả {printed}; việc làm tròn khi đổi "
        "giá có thể giải thích mức lệch {by} đồng."
    ),
    "The period {first} to {last}, or its indices, may have been billed a second time.": (
        "Kỳ {first} đến {last}, hoặc các chỉ số của kỳ đó, có thể đã bị tính tiền lần thứ hai."
    ),
    "The old index {old} was not carried over from the bill before, which ended with {new}.": (
        "Chỉ số cũ {old} không được chuyển tiếp từ hóa đơn trước, vốn kết thúc ở {new}."
    ),
    "The old meter {serial}, which was taken down, may have been read or booked.": (
        "Có thể đã đọc hoặc ghi sổ công tơ cũ {serial}, là công tơ đã tháo."
    ),
    "Another meter may have been read, such as a neighbour's (serial number on the bill: {serial}).": (
        "Có thể đã đọc công tơ khác, chẳng hạn của hàng xóm (số công tơ trên hóa đơn: {serial})."
    ),
    "The bill may belong to another customer, {code}.": "Hóa đơn có thể là của khách hàng khác, {code}.",
    "The index {index} looks like a part of the meter's serial number.": (
        "Chỉ số {index} giống một phần số chế tạo của công tơ."
    ),
    "The decimal point of index {index} may be misplaced: {meant} would fit.": (
        "Chỉ số {index} có thể đặt sai dấu thập phân: {meant} thì khớp."
    ),
    "Two digits of index {index} may be swapped: {meant} would fit.": (
        "Chỉ số {index} có thể bị đảo hai chữ số: {meant} thì khớp."
    ),
    "One digit of index {index} may be wrong: {meant} would fit.": (
        "Chỉ số {index} có thể sai một chữ số: {meant} thì khớp."
    ),
    "The reading was estimated, as the notice says.": "Chỉ số là tạm tính, như thông báo đã ghi.",
    "The meter may not have been read: {kwh} kWh repeat an earlier bill.": (
        "Có thể không ai đọc công tơ: {kwh} kWh lặp lại một hóa đơn trước."
    ),
    "The meter may not have been read: {kwh} kWh are the mean of the bills before.": (
        "Có thể không ai đọc công tơ: {kwh} kWh là trung bình của các hóa đơn trước."
    ),
    "The meter may not have been read: {number} is a round number.": (
        "Có thể không ai đọc công tơ: {number} là một số tròn."
    ),
    "A multiplier of {multiplier} may have been used; your meter has {own}.": (
        "Có thể đã dùng hệ số nhân {multiplier}; công tơ của bạn có hệ số {own}."
    ),
    "Index {index} may have been read on another day: your register showed it {start} to {end}.": (
        "Chỉ số {index} có thể được ghi vào ngày khác: công tơ của bạn chỉ số này từ {start} đến {end}."
    ),
    "The consumption {kwh} may be mistyped: the indices give {sum} kWh.": (
        "Điện năng {kwh} có thể bị gõ nhầm: các chỉ số cho ra {sum} kWh."
    ),
    "An amount may be mistyped: it should be {sum}.": "Một số tiền có thể bị gõ nhầm: đáng lẽ là {sum}.",
    "The prices are those of {decision}, in force around {first}.": (
        "Đơn giá là của quyết định {decision}, có hiệu lực vào khoảng {first}."
    ),
    "The number of households may be booked wrongly: the bill counts {households}.": (
        "Số hộ có thể bị ghi sai: hóa đơn tính {households} hộ."
    ),
    "The quotas are those of {households} households.": "Định mức đã dùng là của {households} hộ.",
    "The quotas are those of {days} days by days used; the period has {own}.": (
        "Định mức đã dùng là của {days} ngày, tính theo số ngày sử dụng; kỳ này có {own} ngày."
    ),
    "The quotas used were {quotas} kWh.": "Định mức đã dùng là {quotas} kWh.",
    (
        "Your own dial readings ({count}) may be off: both indices differ alike, by {by} kWh or more, "
        "and the consumption agrees. Read the dial again."
    ): (
        "Số bạn tự đọc trên mặt số ({count} lần) có thể sai: cả hai chỉ số lệch như nhau, từ {by} kWh "
        "trở lên, còn điện năng tiêu thụ thì khớp. Hãy đọc lại mặt số."
    ),
    "No single slip, day, meter or table explains it; ask for the photo of the dial.": (
        "Không có lỗi gõ, ngày, công tơ hay bảng giá đơn lẻ nào giải thích được; hãy yêu cầu xem ảnh "
        "chụp mặt số."
    ),
    "The meter may have been read at any time of the reading day, 00:00 to 24:00.": (
        "Công tơ có thể được ghi vào bất cứ lúc nào trong ngày ghi chỉ số, từ 00:00 đến 24:00."
    ),
    "The meter is read at {hour}, {minutes} minutes earlier or later (a setting).": (
        "Công tơ được ghi lúc {hour}, sớm hay muộn {minutes} phút (theo cài đặt)."
    ),
    "The meter is read remotely between 23:59 and 24:00 of the reading day (a setting).": (
        "Công tơ được đọc từ xa trong khoảng 23:59 đến 24:00 của ngày ghi chỉ số (theo cài đặt)."
    ),
    ("The notice prints no date; the reading may be {days} days early or late (Decree 137/2013, art. 17)."): (
        "Thông báo không in ngày; việc ghi chỉ số có thể sớm hay muộn {days} ngày (Nghị định 137/2013, "
        "điều 17)."
    ),
    "The utility's index leaves out what is after the point: 123 means 123 up to 124 kWh.": (
        "Chỉ số của điện lực bỏ phần sau dấu phẩy: 123 nghĩa là từ 123 đến dưới 124 kWh."
    ),
    "The utility's index is rounded: 123 means 122.5 up to 123.5 kWh (a setting).": (
        "Chỉ số của điện lực được làm tròn: 123 nghĩa là từ 122,5 đến dưới 123,5 kWh (theo cài đặt)."
    ),
    "The utility's index may be cut or rounded: 123 means 122.5 up to 124 kWh (a setting).": (
        "Chỉ số của điện lực có thể bị cắt hoặc làm tròn: 123 nghĩa là từ 122,5 đến dưới 124 kWh (theo "
        "cài đặt)."
    ),
    "The notice prints no multiplier; your meter's is {multiplier}.": (
        "Thông báo không in hệ số nhân; hệ số của công tơ nhà bạn là {multiplier}."
    ),
    "How many digits the dial has is not set, so that it never goes round here.": (
        "Chưa khai báo mặt số có bao nhiêu chữ số, nên ở đây coi như nó không bao giờ quay hết vòng."
    ),
    "Your own dial readings ({count}) were typed as the dial showed them.": (
        "Các lần bạn tự đọc mặt số ({count}) được gõ đúng như mặt số chỉ."
    ),
    "There is no dial reading of your own: only the consumption can be checked.": (
        "Bạn chưa tự đọc mặt số lần nào: chỉ kiểm tra được điện năng tiêu thụ."
    ),
    "Some of your own dial readings contradict each other or the count; the bounds allow for it.": (
        "Có lần bạn tự đọc mặt số mâu thuẫn với nhau hoặc với số đếm; khoảng giới hạn đã tính đến điều đó."
    ),
    "The meter was replaced in the period; both count as recorded here.": (
        "Công tơ được thay trong kỳ; cả hai được tính như đã ghi nhận ở đây."
    ),
    (
        "LED and dial belong to one meter: that the meter itself runs too fast or too slow cannot be "
        "seen here."
    ): ("Đèn LED và mặt số thuộc cùng một công tơ: ở đây không thể thấy công tơ chạy nhanh hay chậm."),
    "The bill does not say how many households share the meter: one.": (
        "Hóa đơn không ghi bao nhiêu hộ dùng chung công tơ: coi là một."
    ),
    "A dial reading of your own on {day} would have told; read the dial on the next reading day.": (
        "Nếu bạn tự đọc mặt số vào ngày {day} thì đã biết được; hãy đọc mặt số vào ngày ghi chỉ số tới."
    ),
    "The hour of the reading would have told: ask the reader, and set reading_hour.": (
        "Biết giờ ghi chỉ số thì kết luận được: hãy hỏi người ghi điện rồi đặt reading_hour."
    ),
    ("The days of the period would have told: look for 'từ ngày … đến ngày …' on the paper or in the app."): (
        "Biết các ngày của kỳ thì kết luận được: hãy tìm 'từ ngày … đến ngày …' trên giấy hoặc trong ứng "
        "dụng."
    ),
    "Record the replaced meter with its last and first index; then the bill can be judged.": (
        "Hãy ghi nhận việc thay công tơ với chỉ số cuối và chỉ số đầu; khi đó mới xét được hóa đơn."
    ),
    "The old and the new index would have told: ask for them by SMS or look in the app.": (
        "Có chỉ số cũ và chỉ số mới thì kết luận được: hãy hỏi qua SMS hoặc xem trong ứng dụng."
    ),
    "Read your dial now: if it shows less than {index}, the bill charges what has not been used yet.": (
        "Hãy đọc mặt số ngay: nếu nó chỉ nhỏ hơn {index}, hóa đơn đang tính cả điện chưa dùng."
    ),
    "Ask the power company to check the reading, with this sheet and a photo of the dial.": (
        "Hãy đề nghị điện lực kiểm tra lại chỉ số, kèm bản này và ảnh chụp mặt số."
    ),
    "An estimated reading is put right by the next real one: compare the next bill too.": (
        "Chỉ số tạm tính sẽ được bù trừ ở lần ghi thật kế tiếp: hãy so cả hóa đơn sau."
    ),
    "agrees": "khớp",
    "cannot tell": "không kết luận được",
    "disagrees": "không khớp",
    "The bill is consistent with your own register.": "Hóa đơn khớp với chỉ số của chính bạn.",
    "With what was counted nobody can tell whether the bill is right.": (
        "Với những gì đã đếm được thì không kết luận được hóa đơn đúng hay sai."
    ),
    "The bill disagrees with your own register or with itself.": (
        "Hóa đơn không khớp với chỉ số của bạn hoặc tự mâu thuẫn."
    ),
    "The bill disagrees: at least {kwh} kWh too many.": "Hóa đơn không khớp: thừa ít nhất {kwh} kWh.",
    "The bill disagrees: at least {kwh} kWh too few.": "Hóa đơn không khớp: thiếu ít nhất {kwh} kWh.",
    "That is at least {money} đồng.": "Tức là ít nhất {money} đồng.",
    "A reading wrong by more than {kwh} kWh would have been noticed.": (
        "Nếu một chỉ số sai hơn {kwh} kWh thì đã bị phát hiện."
    ),
    # end of verdicts
}

"""Vietnamese for capturing pulses: GPIO, self-test, aiming."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "lit": "sáng",
    "dark": "tối",
    "line": "đường tín hiệu",
    "GPIO{pin}: {level} for {seconds} s": "GPIO{pin}: {level} đã {seconds} giây",
    "flashes": "số lần nháy",
    "width": "độ rộng",
    "spacing": "khoảng cách",
    "noise": "nhiễu",
    "{noise} too short, {breaks} breaks": "{noise} lần quá ngắn, {breaks} lần đứt quãng",
    "verdict": "kết luận",
    "advice": "khuyến nghị",
    "min_pulse_ms: {ms}": "min_pulse_ms: {ms}",
    "constant": "hằng số",
    "nothing seen yet: switch something on, and move the sensor over the LED": (
        "chưa thấy gì: hãy bật một thiết bị điện và dời cảm biến cho đúng vào đèn LED"
    ),
    "flashes come; wait for a few more": "đã thấy đèn nháy; hãy chờ thêm vài lần",
    "good: clean flashes; fix the sensor here": "tốt: đèn nháy rõ; hãy cố định cảm biến tại đây",
    (
        "lit all the time: shade the sensor from daylight, try 'active: low', or the meter shows "
        "standstill; switch something on"
    ): (
        "sáng liên tục: hãy che cảm biến khỏi ánh sáng ban ngày, thử 'active: low', hoặc công tơ đang báo "
        "không tải; hãy bật một thiết bị điện"
    ),
    "the level is inverted: the line is active between the flashes; set 'active: low' (or high)": (
        "mức tín hiệu bị đảo: đường tín hiệu tích cực giữa các lần nháy; hãy đặt 'active: low' (hoặc high)"
    ),
    "mains light, not the meter: shade the sensor from lamps": (
        "đây là ánh đèn điện lưới, không phải công tơ: hãy che cảm biến khỏi ánh đèn"
    ),
    "too weak: flashes break up; move the sensor closer or turn its threshold": (
        "quá yếu: các lần nháy bị đứt quãng; hãy đưa cảm biến lại gần hơn hoặc chỉnh ngưỡng của nó"
    ),
    "too much noise beside the flashes: shade the sensor, shorten its wires": (
        "quá nhiều nhiễu bên cạnh các lần nháy: hãy che cảm biến, rút ngắn dây"
    ),
    "two flashes for one pulse: the sensor sees a second LED or a reflection, or chatters": (
        "hai lần nháy cho một xung: cảm biến thấy thêm một đèn LED khác hay ánh phản chiếu, hoặc bị rung"
    ),
    "more flashes than the supply can carry: check constant and breaker_amps, or it is noise": (
        "nháy nhiều hơn mức nguồn điện tải được: hãy kiểm tra constant và breaker_amps, hoặc đó là nhiễu"
    ),
    "wait for two flashes": "hãy chờ hai lần nháy",
    "{constant} imp/kWh fits: the load says {low} to {high}": (
        "{constant} xung/kWh là khớp: theo tải thì từ {low} đến {high}"
    ),
    "{constant} imp/kWh does not fit: the load says {low} to {high}; usual constants there: {usual}": (
        "{constant} xung/kWh không khớp: theo tải thì từ {low} đến {high}; hằng số thường gặp: {usual}"
    ),
    "{constant} imp/kWh does not fit: the load says {low} to {high}; is it the only load?": (
        "{constant} xung/kWh không khớp: theo tải thì từ {low} đến {high}; đó có phải là tải duy nhất không?"
    ),
    "{low} … {middle} … {high} ms": "{low} … {middle} … {high} ms",
    "{place}: GPIO{pin} is in use by {user}; stop it or choose another pin": (
        "{place}: GPIO{pin} đang được {user} dùng; hãy dừng nó hoặc chọn chân khác"
    ),
    ("this machine has several GPIO chips and none is a Raspberry Pi's: {chips}; name one in gpio.chip"): (
        "máy này có nhiều chip GPIO, không chip nào của Raspberry Pi: {chips}; hãy ghi một chip vào gpio.chip"
    ),
    (
        "the package gpiod is version 1, and Sodien needs 2; install Sodien in a virtual environment of its "
        "own with: pip install 'sodien[pi]'"
    ): (
        "gói gpiod đang là phiên bản 1, còn Sodien cần phiên bản 2; hãy cài Sodien trong một môi trường ảo "
        "riêng bằng: pip install 'sodien[pi]'"
    ),
    (
        "the package gpiod cannot be loaded ({error}); install it with: pip install 'sodien[pi]', "
        "set gpio.factory: lgpio where that is installed, or simulated to try without hardware"
    ): (
        "không nạp được gói gpiod ({error}); hãy cài bằng: pip install 'sodien[pi]', đặt "
        "gpio.factory: lgpio nếu đã có lgpio, hoặc simulated để thử không cần phần cứng"
    ),
    "there is no GPIO chip {name}; 'ls /dev/gpiochip*' shows what is there, check gpio.chip": (
        "không có chip GPIO {name}; lệnh 'ls /dev/gpiochip*' cho biết máy có gì, hãy kiểm tra gpio.chip"
    ),
    "--in and --out are both GPIO{pin}; name two pins, joined by a wire.": (
        "--in và --out cùng là GPIO{pin}; hãy ghi hai chân khác nhau, nối với nhau bằng một sợi dây."
    ),
    "{width} ms: {seen} of {pulses} seen, {lost} edges lost": (
        "{width} ms: thấy {seen} trên {pulses} xung, mất {lost} sườn"
    ),
    "; width off by {error} µs and edges late by {late} µs at most": (
        "; độ rộng lệch nhiều nhất {error} µs, sườn trễ nhiều nhất {late} µs"
    ),
    (
        "GPIO{pin}: {edges} edges in {seconds} s, {lost} lost. Join a spare output pin to it with a wire and "
        "name that with --out to check counts and times."
    ): (
        "GPIO{pin}: {edges} sườn trong {seconds} giây, mất {lost}. Hãy nối một chân ra còn trống vào đó bằng "
        "một sợi dây và ghi chân ấy với --out để kiểm tra số đếm và thời điểm."
    ),
    "every pulse arrived": "mọi xung đều đến đủ",
    "pulses were lost, late or too many: check the wire, and that nothing else is on these pins": (
        "có xung bị mất, đến trễ hoặc thừa: hãy kiểm tra sợi dây, và không để gì khác trên các chân này"
    ),
}

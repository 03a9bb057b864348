"""The page as a browser meets it: screens in both languages, what may be written by whom, what is refused."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import subprocess
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote

import msgspec
import pytest

from page.app import create_app
from sodien.billing.bill import Bill, IndexRow
from sodien.bills.stored import new_row
from sodien.errors import SodienError
from sodien.ledger.store import Ledger
from sodien.settings import model
from tests.cli.billed import HOUR, NOW, SETTINGS, START, counted, household, notice
from tests.cli.rooms import SUN, house
from tests.page.conftest import WORDS, Visitor
from tests.page.test_photos import chunk, jpeg, png
from tests.support.pdf import text_pdf

SCREENS = ("/", "/period", "/days", "/days?by=hour", "/days?by=month", "/bills", "/enter")


@pytest.mark.parametrize("path", SCREENS)
def test_every_screen_in_both_languages(visit, path):
    someone = visit()
    sep = "&" if "?" in path else "?"
    english, vietnamese = someone.get(f"{path}{sep}lang=en"), someone.get(f"{path}{sep}lang=vi")
    assert '<html lang="en">' in english
    assert '<html lang="vi">' in vietnamese
    for text in (english, vietnamese):
        assert "style=" not in text
        assert "http://" not in text.replace("http://www.w3.org", "")
        assert "<script>" not in text


def test_the_language_is_asked_for_kept_or_the_browsers(visit):
    someone = visit()
    assert '<html lang="vi">' in someone.get("/")
    assert '<html lang="en">' in someone.get("/", headers={"Accept-Language": "en-GB,en;q=0.9"})
    someone.get("/?lang=en")
    assert '<html lang="en">' in someone.get("/", headers={"Accept-Language": "vi"})


def test_now_opens_with_a_sentence_and_the_dial(visit):
    text = visit().get("/?lang=en")
    sentence = re.search(r"<h1[^>]*>(.*?)</h1>", text)
    assert sentence is not None
    # 81 hours of 0.4 kW since the reading day; the service does not run in this test.
    assert "Everything is counted: 32 kWh since 2026-11-01" in sentence[1]
    assert "Next reading day: 2026-11-30." in sentence[1]
    digits = re.findall(r'<span class="digit([^"]*)">(\d)</span>', text)
    assert "".join(digit for _, digit in digits) == "099044"
    assert [kind for kind, _ in digits][-1].endswith("fraction unsure")
    assert "sodien-firmware is not running" in text


def test_without_a_reading_the_page_asks_for_one(visit):
    text = visit(dial=False).get("/?lang=en")
    assert '<span class="digit' not in text
    assert "Enter what the dial shows" in text


def test_what_is_shown_is_sent_once(visit):
    someone = visit()
    first = someone.client.get("/period")
    again = someone.client.get("/period", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_period_that_began_before_counting_stands_on_the_last_bill(tmp_path):
    config = tmp_path / "sodien.yaml"
    config.write_text(SETTINGS)
    until = START + 40 * HOUR
    with closing(Ledger.open(tmp_path / "ledger.db", create=True, durable=False)) as ledger:
        counted(ledger, until=until)
        read = Bill(rows=(IndexRow(new=Decimal(9300)),), last=dt.date(2026, 8, 31))
        ledger.append([new_row("main", read, START)])
    app = create_app(model.load(config), config, lambda: until)
    text = app.test_client().get("/period?lang=en").text
    # 9546.0 at first and 16 kWh since: 262 kWh since the utility read 9300.
    assert re.search(r"<dt>used</dt><dd>261 … 263 kWh</dd>", text), text
    assert "reading 9300 on, as the next bill counts. Sodien has counted since" in text
    assert "<dt>this period</dt><dd>261 … 263 kWh</dd>" in app.test_client().get("/?lang=en").text


def test_days_add_up_to_the_period(visit):
    someone = visit()
    periods = msgspec.json.decode(someone.client.get("/api/v1/periods").data)
    days = msgspec.json.decode(someone.client.get("/api/v1/days?by=day&end=2026-10-31").data)
    october = next(one for one in periods if one["first"] == "2026-10-01")
    best = sum(float(one["kwh"]["best"]) for one in days if one["start"] >= "2026-09-30T17")
    assert best == pytest.approx(float(october["kwh"]["best"]), abs=1e-4)
    assert float(october["kwh"]["low"]) <= best <= float(october["kwh"]["high"])


def test_the_api_says_what_it_sends(visit):
    someone = visit()
    told = msgspec.json.decode(someone.client.get("/api/v1/openapi.json").data)
    for path in told["paths"]:
        assert someone.client.get(path).status_code == 200
    now = msgspec.json.decode(someone.client.get("/api/v1/now").data)
    assert set(now) == set(told["components"]["schemas"]["Now"]["properties"])
    assert now["register"]["low"].startswith("9904.39")
    assert someone.client.get("/api/v1/register?at=nonsense").status_code == 400


def test_a_csv_has_the_rows_of_the_table(visit):
    lines = visit().get("/days.csv?by=day&end=2026-11-03").splitlines()
    assert lines[0] == "start,end,kwh_low,kwh,kwh_high,counted"
    assert lines[-1].startswith("2026-11-02T17:00:00.000Z,2026-11-03T17:00:00.000Z,")
    assert lines[-1].endswith(",1.0000")


def test_reading_days_are_a_calendar(visit):
    answer = visit().client.get("/reading-days.ics?lang=en")
    assert answer.text.count("BEGIN:VEVENT") == 12
    assert "DTSTART;VALUE=DATE:20261130" in answer.text


# -- entering --------------------------------------------------------------------------------------------


def entries(someone, kind: str) -> list[int]:
    settings_ledger = someone.app.extensions["sodien"].settings.ledger.path
    ledger = Ledger.open(settings_ledger)
    try:
        return [row.seq for row in ledger.of_kind(kind, "main")]
    finally:
        ledger.close()


def test_a_reading_is_shown_then_kept_then_undone(visit):
    someone = visit()
    fields = {"reading": "9904,4", "day": "2026-11-04", "time": "08:00", "by": "Mẹ"}
    before = entries(someone, "dial")
    shown = someone.post("/readings?lang=en", **fields)
    assert shown.status_code == 200
    assert "09904.4" in shown.text
    assert "It fits what was counted." in shown.text
    assert entries(someone, "dial") == before
    kept = someone.post("/readings", keep="yes", **fields)
    assert kept.status_code == 303
    receipt = someone.get(kept.headers["Location"] + "?lang=en")
    assert "09904.4" in receipt
    assert len(entries(someone, "dial")) == len(before) + 1
    undone = someone.post(kept.headers["Location"] + "/undo")
    assert undone.status_code == 303
    assert "Withdrawn" in someone.get(undone.headers["Location"])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("9804.4", "That is at least 99.8 kWh less than was counted. Check digit 3 from the left."),
        ("9994.4", "more than may have been used. Check digit 4 from the left."),
    ],
)
def test_a_mistyped_digit_is_asked_about_before_it_is_kept(visit, typed, said):
    someone = visit()
    shown = someone.post("/readings?lang=en", reading=typed, day="2026-11-04", time="08:00")
    assert said in shown.text
    assert "Save it anyway" in shown.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reading": "12a", "day": "2026-11-04", "time": "08:00"}, "wrong-reading"),
        ({"reading": "9904.4", "day": "the fourth", "time": "08:00"}, "wrong-day"),
        ({"reading": "9904.4", "day": "2026-11-04", "time": "noon"}, "wrong-time"),
        ({"reading": "9904.4", "day": "2026-11-05", "time": "08:00"}, "wrong-time"),
        ({"reading": "9904.4", "day": "0001-01-01", "time": "08:00"}, "wrong-time"),
        ({"reading": "9904.4", "day": "2026-11-04", "time": "08:00", "photo": "../../x.jpg"}, "wrong-photo"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(visit, fields, said):
    someone = visit()
    before = entries(someone, "dial")
    answer = someone.post("/readings", keep="yes", **fields)
    assert answer.status_code == 422
    assert f'id="{said}"' in answer.text
    assert f'value="{fields["reading"]}"' in answer.text
    assert entries(someone, "dial") == before


def test_a_photograph_is_cleaned_waits_and_is_kept_with_its_time(visit, tmp_path):
    someone = visit()
    picture = jpeg(taken="2026:11:04 07:30:00")
    shown = someone.post(
        "/readings?lang=en",
        reading="9904.2",
        day="2026-11-04",
        time="08:00",
        picture=(io.BytesIO(picture), "IMG_1.HEIC"),
    )
    assert shown.status_code == 200, shown.text
    assert "2026-11-04 07:30" in shown.text
    name = re.search(r'name="photo" value="([0-9a-f]{64}\.jpg)"', shown.text)
    assert name is not None
    waiting = tmp_path / "photos" / "waiting" / name[1]
    assert b"Exif" not in waiting.read_bytes()
    kept = someone.post(
        "/readings", keep="yes", reading="9904.2", day="2026-11-04", time="07:30", photo=name[1]
    )
    assert kept.status_code == 303
    assert not waiting.exists()
    assert (tmp_path / "photos" / (name[1][:16] + ".jpg")).exists()


def test_a_file_that_is_no_photograph_is_refused_in_a_sentence(visit):
    someone = visit()
    answer = someone.post(
        "/readings?lang=en",
        reading="9904.4",
        day="2026-11-04",
        time="08:00",
        picture=(io.BytesIO(b"<svg onload=alert(1)>"), "x.jpg"),
    )
    assert answer.status_code == 422
    assert "This is not a JPEG, PNG or WebP picture." in answer.text


def test_a_notice_is_shown_judged_then_kept(visit):
    someone = visit()
    wrong = notice(new=9968)
    shown = someone.post("/notices?lang=en", text=wrong)
    assert shown.status_code == 200
    assert "The bill disagrees" in shown.text
    assert 'class="verdict disagrees"' in shown.text
    assert entries(someone, "bill") == []
    kept = someone.post("/notices", keep="yes", text=wrong)
    assert kept.status_code == 303
    page = someone.get(kept.headers["Location"] + "?lang=en")
    assert 'class="theirs disagrees"' in page
    assert "disagrees" in someone.get("/bills?lang=en")
    sheet = someone.client.get(kept.headers["Location"] + "/sheet")
    assert sheet.headers["Content-Security-Policy"].startswith(
        "default-src 'none'; style-src 'unsafe-inline'"
    )


def test_a_notice_from_a_file_and_one_that_is_none(visit):
    someone = visit()
    shown = someone.post("/notices?lang=en", upload=(io.BytesIO(notice().encode()), "bill.txt"))
    assert "consistent with your own register" in shown.text
    answer = someone.post("/notices?lang=en", text="xin chào <b>bạn</b>")
    assert answer.status_code == 422
    assert "xin chào &lt;b&gt;" in answer.text
    assert someone.post("/notices", text="").status_code == 422


def test_the_pdf_of_a_bill_is_read_shown_and_kept_as_it_was_shown(visit, tmp_path):
    pytest.importorskip("pypdf")
    someone = visit()
    shown = someone.post("/notices?lang=en", upload=(io.BytesIO(text_pdf(notice())), "hoadon.pdf"))
    assert "consistent with your own register" in shown.text
    name = re.search(r'name="file" hidden>([0-9a-f]{64}\.notice)<', shown.text)
    assert name is not None
    kept = someone.post("/notices", keep="yes", text="", file=name[1])
    assert "consistent" in someone.get(kept.headers["Location"] + "?lang=en")
    assert list((tmp_path / "photos" / "waiting").iterdir()) == []
    again = someone.post("/notices?lang=en", keep="yes", text="", file=name[1])
    assert "The file is not here any more" in again.text


@pytest.mark.parametrize("way", ["notice", "typed"])
def test_a_correction_takes_the_place_of_the_bill_that_it_contradicts(visit, way):
    someone = visit()
    wrong = someone.post("/notices", keep="yes", text=notice(new=9968)).headers["Location"]
    if way == "notice":
        path, fields = "/notices", {"text": notice()}
    else:
        path, fields = "/bills", {"old": "9570", "new": "9868", "last": "31/10/2026"}
    shown = someone.post(f"{path}?lang=en", **fields)
    assert "Is this the utility&#39;s correction, which replaces it?" in shown.text
    entry = re.search(r'name="replaces" hidden>([0-9]+)<', shown.text)
    assert entry is not None
    assert entry[1] == wrong.rsplit("/", 1)[1]
    assert someone.post(path, keep="yes", **fields).status_code == 422
    kept = someone.post(path, keep="yes", replaces=entry[1], **fields)
    assert "consistent" in someone.get(kept.headers["Location"] + "?lang=en")
    assert "This bill is withdrawn" in someone.get(wrong + "?lang=en")


def test_a_typed_bill_is_shown_then_kept_with_its_screenshot_then_taken_back(visit, tmp_path):
    someone = visit()
    fields = {"old": "9.570", "new": "9868", "total": "", "first": "", "last": "31/10/2026"}
    shot = png(chunk(b"tEXt", b"Author\0me"))
    shown = someone.post("/bills?lang=en", picture=(io.BytesIO(shot), "Screenshot 1.png"), **fields)
    assert "consistent" in shown.text
    assert "With the picture." in shown.text
    assert entries(someone, "bill") == []
    name = re.search(r'name="photo" hidden>([0-9a-f]{64}\.png)<', shown.text)
    assert name is not None
    changed = someone.post("/bills?lang=en", change="yes", photo=name[1], **fields)
    assert 'value="9.570"' in changed.text
    assert "A picture is attached." in changed.text
    kept = someone.post("/bills", keep="yes", photo=name[1], **fields)
    assert kept.status_code == 303
    where = kept.headers["Location"]
    assert "consistent" in someone.get(where + "?lang=en")
    stored = tmp_path / "photos" / f"{name[1][:16]}.png"
    assert b"Author" not in stored.read_bytes()
    assert hashlib.sha256(stored.read_bytes()).hexdigest() == name[1][:64]
    assert list((tmp_path / "photos" / "waiting").iterdir()) == []
    sheet = someone.get(where + "/sheet?lang=en")
    assert f"The notice, SHA-256 {name[1][:64]}" in sheet
    assert "data:image/png;base64," in sheet
    assert someone.post(where + "/undo").status_code == 303
    assert "This bill is withdrawn: undone on the page" in someone.get(where + "?lang=en")


def test_what_is_wrong_with_a_typed_bill_is_said_at_its_field(visit):
    someone = visit()
    bad = someone.post("/bills", old="abc", new="9868")
    assert bad.status_code == 422
    assert 'id="wrong-old"' in bad.text
    hostile = someone.post(
        "/bills", old="9570", new="9868", picture=(io.BytesIO(b"<svg onload=alert(1)>"), "x.png")
    )
    assert hostile.status_code == 422
    assert 'id="wrong-picture"' in hostile.text
    gone = someone.post("/bills", keep="yes", old="9570", new="9868", photo=f"{'0' * 64}.png")
    assert 'id="wrong-picture"' in gone.text
    assert entries(someone, "bill") == []


def test_what_was_sent_can_be_changed_without_javascript(visit):
    someone = visit()
    fields = {"reading": "9904,4", "day": "2026-11-04", "time": "08:00", "by": "Mẹ"}
    changed = someone.post("/readings", change="yes", **fields)
    assert 'value="9904,4"' in changed.text
    assert 'value="Mẹ"' in changed.text
    assert "9868" in someone.post("/notices", change="yes", text=notice()).text


# -- who may ---------------------------------------------------------------------------------------------


def test_a_form_without_its_token_or_from_elsewhere_is_refused(visit):
    someone = visit()
    fields = {"reading": "9904.4", "day": "2026-11-04", "time": "08:00", "keep": "yes"}
    before = entries(someone, "dial")
    assert someone.post("/readings", token="", **fields).status_code == 403
    assert someone.post("/readings", token="0" * 64, **fields).status_code == 403
    for origin in ("http://evil.example", "null", "https://localhost"):
        assert someone.post("/readings", headers={"Origin": origin}, **fields).status_code == 403
    other = someone.app.test_client()
    assert other.post("/readings", data={"token": someone.token(), **fields}).status_code == 403
    assert entries(someone, "dial") == before
    assert someone.post("/readings", headers={"Origin": "http://localhost"}, **fields).status_code == 303


@pytest.mark.parametrize("path", [*SCREENS, "/health", "/days.csv", "/reading-days.ics", "/bills/1/sheet"])
def test_with_a_passphrase_nothing_is_read_without_it(visit, path):
    someone = visit(words=WORDS)
    answer = someone.client.get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login")
    assert someone.client.get("/api/v1/now").status_code == 401


def test_reading_may_be_open_and_writing_never_is(visit):
    someone = visit("read_without_passphrase: true", words=WORDS)
    someone.get("/")
    answer = someone.post("/readings", reading="9904.4", day="2026-11-04", time="08:00", keep="yes")
    assert answer.status_code == 302
    assert len(entries(someone, "dial")) == 1
    assert someone.log_in().status_code == 303
    answer = someone.post("/readings", reading="9904.4", day="2026-11-04", time="08:00", keep="yes")
    assert answer.status_code == 303


def test_the_wrong_passphrase_a_few_times_and_then_nobody_listens(visit):
    someone = visit(words=WORDS)
    codes = [someone.log_in("wrong one").status_code for _ in range(6)]
    assert codes == [403] * 5 + [429]
    assert someone.log_in().status_code == 429


def test_a_new_passphrase_ends_every_session(visit, tmp_path):
    someone = visit(words=WORDS)
    assert someone.log_in().status_code == 303
    someone.get("/")
    command = [
        sys.executable,
        "-m",
        "sodien",
        "page",
        "passphrase",
        "--file",
        "-",
        "-c",
        str(tmp_path / "sodien.yaml"),
    ]
    subprocess.run(command, input="ba từ khác hẳn\n", text=True, check=True, capture_output=True)
    assert someone.client.get("/").status_code == 302
    assert someone.log_in().status_code == 403
    assert someone.log_in("ba từ khác hẳn").status_code == 303


def test_the_api_takes_its_token(visit, tmp_path):
    someone = visit(words=WORDS)
    command = [sys.executable, "-m", "sodien", "page", "token", "-c", str(tmp_path / "sodien.yaml")]
    token = subprocess.run(command, text=True, check=True, capture_output=True).stdout.strip()
    good, bad = {"Authorization": f"Bearer {token}"}, {"Authorization": f"Bearer {token[:-1]}0x"}
    assert someone.client.get("/api/v1/now", headers=good).status_code == 200
    assert someone.client.get("/api/v1/now", headers=bad).status_code == 401
    assert someone.client.get("/", headers=good).status_code == 302


@pytest.mark.parametrize(
    "page", ["listen: 0.0.0.0", "base: /dien", "trusted_proxy: 127.0.0.1", "listen: '::'"]
)
def test_where_others_can_come_the_page_refuses_to_start_without_a_passphrase(tmp_path, page):
    config = household(tmp_path, SETTINGS + f"page: {{{page}}}\n")
    with pytest.raises(SodienError, match="sodien page passphrase"):
        create_app(model.load(config), config, lambda: NOW)


def test_a_name_that_a_stranger_can_point_here_is_not_answered(visit):
    someone = visit()
    for host, code in (
        ("evil.example", 400),
        ("pi.local:8470", 200),
        ("192.168.1.7:8470", 200),
        ("[::1]:8470", 200),
    ):
        assert someone.client.get("/", headers={"Host": host}).status_code == code, host


def test_after_logging_in_nobody_is_sent_elsewhere(visit):
    for wanted in ("//evil.example", "https://evil.example", "/\\evil.example", "/bills"):
        someone = visit(words=WORDS)
        answer = someone.post("/login", token=someone.token("/login"), passphrase=WORDS, next=wanted)
        assert answer.headers["Location"] == ("/bills" if wanted == "/bills" else "/")


def test_nothing_known_is_one_sentence(visit):
    someone = visit()
    for path, code in (("/nothing", 404), ("/days?by=week", 404), ("/days?end=x", 404), ("/bills/999", 503)):
        answer = someone.client.get(path)
        assert answer.status_code == code, path
        assert "<h1>" in answer.text
        assert "Traceback" not in answer.text


def test_every_answer_allows_nothing_from_elsewhere(visit):
    someone = visit()
    for path in ("/", "/nothing", "/static/page.css", "/login"):
        policy = someone.client.get(path).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_a_restored_ledger_is_seen(visit, tmp_path):
    someone = visit()
    assert "09904" in "".join(re.findall(r'class="digit[^"]*">(\d)<', someone.get("/")))
    for name in ("ledger.db", "ledger.db-wal", "ledger.db-shm"):
        Path(tmp_path / name).unlink(missing_ok=True)
    household(tmp_path, SETTINGS, dial=False)
    someone.app.extensions["sodien"].forget()
    assert 'class="digit' not in someone.get("/")


# -- handing a bill on -----------------------------------------------------------------------------------


def test_a_bill_that_disagrees_has_its_letter_and_a_mail(visit):
    someone = visit()
    kept = someone.post("/notices", keep="yes", text=notice(new=9968))
    page = someone.get(kept.headers["Location"] + "?lang=en")
    assert "The letter to the power company" in page
    mail = re.search(r'href="mailto:\?subject=([^&]*)&amp;body=([^"]*)"', page)
    assert mail is not None
    assert "check the reading at the meter, with me present" in unquote(mail[2])
    assert "/shared/" not in page


def test_over_tls_one_bill_can_be_shown_to_whoever_has_its_link(visit, monkeypatch):
    someone = visit(words=WORDS)
    plain, tls = "http://localhost", "https://localhost"
    someone.log_in()
    kept = someone.post("/notices", keep="yes", text=notice(new=9968))
    where = kept.headers["Location"]
    assert "/shared/" not in someone.get(where, base_url=plain)
    assert 'rel="manifest"' not in someone.get(where, base_url=plain)
    page = someone.get(where, base_url=tls)
    assert 'rel="manifest"' in page
    link = re.search(r'value="https://localhost(/shared/[^"]+)"', page)
    assert link is not None
    stranger = someone.app.test_client()
    seen = stranger.get(link[1], base_url=tls)
    assert seen.status_code == 200
    assert "The bill disagrees: at least" in stranger.get(link[1] + "?lang=en", base_url=tls).text
    assert seen.headers["Cache-Control"] == "private, no-store"
    assert "Set-Cookie" not in seen.headers
    for path in ("/", where, where + "/sheet"):
        assert stranger.get(path, base_url=tls).status_code == 302
    assert stranger.get(link[1], base_url=plain).status_code == 404
    # The last character of the signature has bits that mean nothing; its first one has none.
    head, _, signature = link[1].rpartition(".")
    forged = f"{head}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    assert stranger.get(forged, base_url=tls).status_code == 404
    monkeypatch.setattr("page.guards.LINK_S", -1)
    assert stranger.get(link[1], base_url=tls).status_code == 404


def test_a_link_to_a_bill_shows_nothing_of_the_letter(visit, tmp_path):
    visit(words=WORDS)
    config = tmp_path / "sodien.yaml"
    private = ["Nguyễn Thị Lan", "12 Lê Lợi", "0912 345 678", "Điện lực Quận Một"]
    said = "name: {}, address: {}, phone: '{}', office: {}, customer".format(*private)
    config.write_text(config.read_text().replace("{customer", "{" + said))
    app = create_app(model.load(config), config, lambda: NOW)
    someone = Visitor(app.test_client(), app)
    someone.log_in()
    where = someone.post("/notices", keep="yes", text=notice(new=9968)).headers["Location"]
    tls = "https://localhost"
    link = re.search(r'value="https://localhost(/shared/[^"]+)"', someone.get(where, base_url=tls))
    assert link is not None
    sheet = someone.get(where + "/sheet", base_url=tls)
    shown = app.test_client().get(link[1], base_url=tls).text
    for text in (*private, 'id="letter"'):
        assert text in sheet
        assert text not in shown
    assert "9968" in shown
    app.extensions["sodien"].close()


def test_the_language_is_changed_where_one_is(visit):
    someone = visit()
    assert 'href="/days?by=hour&amp;end=2026-11-01&amp;lang=vi"' in someone.get(
        "/days?by=hour&end=2026-11-01&lang=en"
    )
    shown = someone.post("/readings?lang=en", reading="9904.4", day="2026-11-04", time="08:00")
    assert 'href="/enter?lang=vi"' in shown.text


def test_a_second_meter_stays_chosen(visit, tmp_path):
    someone = visit()
    config = tmp_path / "sodien.yaml"
    config.write_text(
        config.read_text().replace("meters:\n", "meters:\n  - {id: shop, pin: 22, constant: 800}\n")
    )
    app = create_app(model.load(config), config, lambda: NOW)
    text = app.test_client().get("/bills?meter=main").text
    assert 'href="/period?meter=main"' in text
    assert 'href="/static/page.css"' in text
    app.extensions["sodien"].close()
    assert someone.get("/bills")


@pytest.mark.parametrize(
    ("language", "today", "period"),
    [
        ("en", "delivered to the grid today", "delivered this period"),
        ("vi", "phát lên lưới hôm nay", "phát lên lưới kỳ này"),
    ],
)
def test_what_is_delivered_is_called_so_and_has_no_cost(
    tmp_path: Path, language: str, today: str, period: str
) -> None:
    config = house(tmp_path, SUN)
    app = create_app(model.load(config), config, lambda: NOW)
    try:
        visitor = Visitor(app.test_client(), app)
        visitor.get(f"/?lang={language}")
        main, sun = visitor.get("/?meter=main"), visitor.get("/?meter=room1")
        cost = {"en": "cost so far", "vi": "tiền điện"}[language]
        for word in (today, period):
            assert word in sun
            assert word not in main
        assert cost in main
        assert cost not in sun.partition("<main")[2]
        assert cost not in visitor.get("/period?meter=room1").partition("<main")[2]
        word = {"en": "delivered to the grid", "vi": "phát lên lưới"}[language]
        assert word in visitor.get("/days?meter=room1")
        assert word not in visitor.get("/days?meter=main")
        both = visitor.get("/period?meter=main")
        assert word in both
        assert {"en": "20.0 kWh", "vi": "20,0 kWh"}[language] in both  # 80 hours of 400 W less 150 W
    finally:
        app.extensions["sodien"].close()

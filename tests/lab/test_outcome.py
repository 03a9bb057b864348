import json

from lab.outcome import Outcome, first_wrong, lines, table

MET = Outcome("a", "0 lost", "5 sent, 5 counted")
MISSED = Outcome("b", "0 lost", "5 sent, 4 counted", "1 pulse lost")


def test_the_first_wrong_check_speaks():
    assert first_wrong((True, "x"), (False, "y"), (False, "z")) == "y"
    assert first_wrong((True, "x")) is None


def test_the_table_names_what_was_missed():
    text = table([MET, MISSED])
    assert "| a    | 0 lost | 5 sent, 5 counted | met    |" in text
    assert "1 of 2 goals met." in text
    assert text.endswith("Missed: b: 1 pulse lost")


def test_json_lines_carry_the_verdict():
    assert [json.loads(line)["met"] for line in lines([MET, MISSED]).splitlines()] == [True, False]

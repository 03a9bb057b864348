"""Whatever comes in: no exception, no number that is not printed, no long wait."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sodien.billing.notices.read import MOST_BYTES, MOST_CHARACTERS, plain, read, read_text
from sodien.i18n import LANGUAGES, use
from tests.billing.notices.invention import inventions
from tests.billing.notices.mutations import corpus, mutated

TEXTS = [text for _, text in corpus()]


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(3))
def test_spoilt_notices_invent_nothing(seed: int) -> None:
    random = Random(seed)
    for _ in range(500):
        source = mutated(random, TEXTS)
        understood = read(source)
        plain(understood)
        assert not list(inventions(understood)), source
        assert read(source) == understood


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["chỉ số cũ", "CSM", ":", " ", "\n", "1.234", "9618", "x", "=", "kWh", "đ", "BCS", "KT", "tháng",
             "kỳ",
             "10/2026", "từ", "đến", "01/10/2026", "Bậc", "8%", "thuế", "tổng tiền", "12", ",", "-",
             "PB05010009999"]
        ),
        max_size=40,
    )
)  # fmt: skip
def test_words_of_notices_in_any_order_invent_nothing(words: list[str]) -> None:
    for text in (" ".join(words), "".join(words)):
        understood = read(text)
        assert not list(inventions(understood)), text


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=300), st.binary(max_size=300), st.text(max_size=200).map("<a>{}".format)))
def test_anything_at_all_is_survived(source: str | bytes) -> None:
    understood = read(source)
    assert understood.documents or understood.problems
    assert not list(inventions(understood))


def test_the_check_itself_finds_an_invention() -> None:
    good = read("Chỉ số cũ: 9618, chỉ số mới: 9918")
    assert not list(inventions(good))
    (document,) = good.documents
    import msgspec

    for spoilt in ("Chỉ số cũ: 9619, chỉ số mới: 9918", "Chỉ số cũ: 19618, chỉ số mới: 9918"):
        assert list(inventions(msgspec.structs.replace(good, text=spoilt)))
    bare = msgspec.structs.replace(good, documents=(msgspec.structs.replace(document, fields=()),))
    assert list(inventions(bare))


NASTY = ["1", "1.", "1,234", "1/1/1", "tu ngay 1/1/2026 ", "chi so cu ", ":", " ", "\n", "evn spc thong bao ",
         "50 x 1.984 = 99.200\n", "bac 1 50 1.984 99.200\n", "PB05010009999 ", "-1", "so cong to: a-a-",
         "cs cu cs moi\n",
         "ốo\u0302", "1\u200b", "x", "1x", "ten kh: a ", "cs cu (kwh) ", "1:11", "1 gio ", "thang 1 nam ",
         "a._/-",
         "csc 1 csm 2 csc 3 csm 4 "]  # fmt: skip


@pytest.mark.thorough
def test_a_hostile_text_takes_time_in_line_with_its_length() -> None:
    """Four times the text takes about four times as long; a quadratic reader would need sixteen times."""
    for piece in NASTY:
        short, long = (_seconds(piece, share) for share in (MOST_CHARACTERS // 20, MOST_CHARACTERS // 5))
        assert long < 8 * short + 0.05, piece


def _seconds(piece: str, length: int) -> float:
    """The best of three tries, since other processes share the caches."""
    text = (piece * length)[:length]
    took: list[float] = []
    for _ in range(3):
        started = time.process_time()
        read(text)
        took.append(time.process_time() - started)
    return min(took)


def test_sizes_are_limited_with_a_sentence() -> None:
    started = time.process_time()
    for source in ("1" * (MOST_CHARACTERS + 1), "x" * 1_000_000, b"<" * (MOST_BYTES + 1), "<a>" * 600_000):
        understood = read(source)
        assert not understood.documents
        assert len(understood.problems) == 1
    assert time.process_time() - started < 3


def test_every_key_has_a_sentence_in_both_languages() -> None:
    from sodien.billing.words import notices as notice_words

    names = (
        "most", "encoding", "line", "count", "text", "low", "high", "values", "old", "new",
        "multiplier", "kwh",
        "expected", "digits", "price", "amount", "net", "rate", "tax", "total", "first", "last",
        "value", "other",
        "which", "other_first", "other_last", "command", "format",
    )  # fmt: skip
    values = dict.fromkeys(names, "?")
    try:
        for language in LANGUAGES:
            use(language)
            for sentence in notice_words._SENTENCES.values():
                said = sentence("rows", values)
                assert said
                assert "{" not in said
    finally:
        use("en")


def test_every_key_that_is_used_has_a_sentence() -> None:
    import re
    from pathlib import Path

    from sodien.billing import notices
    from sodien.billing.words import notices as notice_words

    folder = Path(notices.__file__).parent
    sources = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    used = set(re.findall(r'Problem\(\s*"(\w+)"', sources)) | set(re.findall(r'problem\("(\w+)"', sources))
    used |= set(re.findall(r'RefusedError\("(\w+)"', sources))
    used |= {"no_year", "impossible_date", "tier_unclear", "sum_rollover", "sum_index", "outage", "promotion"}
    assert used == set(notice_words._SENTENCES)


def test_long_runs_are_read_by_their_parts() -> None:
    assert read_text("chi so cu 1 chi so moi 2 " * 2_500).documents

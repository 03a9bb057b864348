"""Notices spoilt at random, as copying, typing and bad luck spoil them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

CORPUS = Path(__file__).parent / "corpus"
_SIGNS = "0123456789.,:;/- \n\t()%xX×*=đd₫|'\"<>&\u200b\u00a0٣１²"
_WORDS = (" kWh", " đồng", "triệu", " x ", "kỳ ", "tháng ", "từ ", "đến ", "Tổng tiền: ", "chỉ số mới: ",
          "31/02/2026", "1.234", "BCS:KT, ", "Bậc 2 ", "thuế 8%", "\n\n", "-", "0", "<a>",
          "&#49;")  # fmt: skip


def corpus() -> list[tuple[str, str]]:
    """Name and text of every sample."""
    return [
        (p.name, p.read_text(encoding="utf-8"))
        for p in sorted(CORPUS.iterdir())
        if p.suffix in (".txt", ".xml")
    ]


def mutated(random: Random, texts: Sequence[str]) -> str | bytes:
    """One spoilt text, or its bytes, after some changes."""
    text = random.choice(texts)
    for _ in range(random.choice((1, 1, 2, 3, 5, 10, 30))):
        text = random.choice(_CHANGES)(random, text, texts)
    text = text[:5000]
    if random.random() < 0.1:
        data = bytearray(text.encode("utf-8"))
        for _ in range(random.randrange(3)):
            if data:
                data[random.randrange(len(data))] = random.randrange(256)
        return bytes(data)
    return text


def _place(random: Random, text: str) -> int:
    """Any place, more often at a digit."""
    digits = [i for i, char in enumerate(text) if char.isdigit()]
    if digits and random.random() < 0.6:
        return random.choice(digits)
    return random.randrange(len(text) + 1)


def _insert(random: Random, text: str, _: Sequence[str]) -> str:
    at = _place(random, text)
    return text[:at] + random.choice(_SIGNS) + text[at:]


def _word(random: Random, text: str, _: Sequence[str]) -> str:
    at = _place(random, text)
    return text[:at] + random.choice(_WORDS) + text[at:]


def _delete(random: Random, text: str, _: Sequence[str]) -> str:
    at = _place(random, text)
    return text[:at] + text[at + random.choice((1, 1, 2, 5, 20)) :]


def _replace(random: Random, text: str, _: Sequence[str]) -> str:
    at = _place(random, text)
    return text[:at] + random.choice(_SIGNS) + text[at + 1 :]


def _repeat(random: Random, text: str, _: Sequence[str]) -> str:
    at, to = sorted((_place(random, text), _place(random, text)))
    return text[:to] + text[at:to][:300] + text[to:]


def _splice(random: Random, text: str, texts: Sequence[str]) -> str:
    other = random.choice(texts)
    at, to = _place(random, text), _place(random, other)
    return text[:at] + other[to : to + random.randrange(1, 400)] + text[at:]


def _swap(random: Random, text: str, _: Sequence[str]) -> str:
    at = _place(random, text)
    return text[:at] + text[at : at + 2][::-1] + text[at + 2 :]


def _separators(random: Random, text: str, _: Sequence[str]) -> str:
    return text.translate(str.maketrans(".,", random.choice((",.", "..", ",,", " .", "' "))))


def _shape(random: Random, text: str, _: Sequence[str]) -> str:
    return random.choice((str.upper, str.lower, lambda t: unicodedata.normalize("NFD", t),
                          lambda t: " ".join(t.split()), lambda t: t.replace(" ", ""),
                          lambda t: t.replace(" ", "\n")))(text)  # fmt: skip


_CHANGES: tuple[Callable[[Random, str, Sequence[str]], str], ...] = (
    _insert, _insert, _word, _delete, _replace, _replace, _repeat, _splice, _swap, _separators, _shape,
)  # fmt: skip

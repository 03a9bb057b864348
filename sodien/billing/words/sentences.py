"""The sentence of everything a billing result names by key: each module of results has a dict of its own."""

from __future__ import annotations

from collections.abc import Mapping

from sodien import formats
from sodien.billing.tariff.charge import Assumption
from sodien.billing.words.causes import HABIT_WORDS, NOTE_WORDS, REASON_WORDS
from sodien.billing.words.checks import CHECK_WORDS, FORMER_WORDS
from sodien.billing.words.headlines import HEADLINE_WORDS
from sodien.billing.words.sender import SENDER_WORDS
from sodien.billing.words.tariff import TARIFF_WORDS
from sodien.billing.words.values import shown
from sodien.i18n import Text, tr

#: The dicts, by key; a key stands in one of them only.
WORDS: tuple[Mapping[str, Text], ...] = (
    TARIFF_WORDS, HEADLINE_WORDS, CHECK_WORDS, REASON_WORDS, NOTE_WORDS, HABIT_WORDS, SENDER_WORDS,
    FORMER_WORDS,
)  # fmt: skip


def say(key: str, values: Mapping[str, str]) -> str:
    """A sentence by its key in the language in use, filled in.

    ``currency`` among the values is an ISO 4217 code, VND where it is missing. Raises KeyError for a key
    that has no sentence.
    """
    for words in WORDS:
        if key in words:
            currency = formats.currency_word(values.get("currency", "VND"))
            return tr(words[key], **{**values, "currency": currency})
    raise KeyError(key)


def sentence(assumption: Assumption) -> str:
    """The assumption in the language in use. Raises KeyError for a key that has no sentence."""
    return say(assumption.key, shown(assumption.values))

"""The sentence of everything a billing result names by key: each module of results has a dict of its own."""

from __future__ import annotations

from collections.abc import Mapping

from sodien.billing.charge import Assumption
from sodien.billing.words_tariff import TARIFF_WORDS
from sodien.i18n import tr

#: The dicts, by key; a key stands in one of them only. tests/test_i18n.py finds them here.
WORDS: tuple[Mapping[str, str], ...] = (TARIFF_WORDS,)


def sentence(assumption: Assumption) -> str:
    """The assumption in the language in use. Raises KeyError for a key that has no sentence."""
    for words in WORDS:
        if assumption.key in words:
            return tr(words[assumption.key], **assumption.values)
    raise KeyError(assumption.key)

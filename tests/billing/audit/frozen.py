"""The frozen verdicts: what forty households read, values and sentences in both languages.

``python -m tests.billing.audit.frozen`` writes them anew. A person reads the difference before it is kept.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from sodien import i18n
from sodien.billing.audit.result import Verdict
from sodien.billing.audit.verdict import judge
from sodien.billing.words import verdict as words
from tests.billing.audit import mistakes
from tests.billing.audit.practices import UTILITIES

FILE = Path(__file__).with_name("frozen.json")
HOUSEHOLDS = 40


def told(verdict: Verdict) -> list[str]:
    """Everything a person reads of a verdict, in the language in use."""
    return [
        words.headline(verdict),
        *(words.check_sentence(one) for one in verdict.checks),
        *(words.reason_sentence(one) for one in verdict.reasons),
        *(words.note_sentence(one) for one in (*verdict.advice, *verdict.assumptions)),
    ]


def verdicts() -> list[dict[str, Any]]:
    """The verdict on one bill of each household: every other one has a mistake in it."""
    found = []
    for seed in range(HOUSEHOLDS):
        utility = UTILITIES[seed % len(UTILITIES)]
        home, random = utility.household(seed, months=2), Random(seed)
        bill = home.bills[1]
        wrong = mistakes.make(home, 1, mistakes.KINDS[seed % len(mistakes.KINDS)], random)
        if seed % 2 and wrong is not None:
            bill = utility.printed(home, 1, wrong.bill, random)
        verdict = judge(bill, home.bills[:1], home.meters, home.book, home.practice)
        sentences = {}
        for language in i18n.LANGUAGES:
            i18n.use(language)
            sentences[language] = told(verdict)
        i18n.use("en")
        found.append(
            {
                "household": seed,
                "utility": utility.name,
                "verdict": msgspec.to_builtins(verdict),
                "sentences": sentences,
            }
        )
    return found


if __name__ == "__main__":
    text = json.dumps(verdicts(), ensure_ascii=False, indent=1)
    FILE.write_text(text + "\n", encoding="utf-8")

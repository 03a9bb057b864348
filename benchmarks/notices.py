"""Notices spoilt at random, and numbers of other types put into notices: what does the reader make of them?

Spoilt: it must not raise, nor put a number in a bill that the text has not; each field is compared with the
stretch it is said to come from, by code of its own (tests/billing/notices/invention.py). Put in: days,
months, addresses, phones, prices and sums of other things, at the places where people write them; no field
may have another value afterwards (wrong), none may be new (invented); one may be left out and named. Of all
places and phrases a random part is tried, or with ``--probes 0`` each (for hours).
In pairs, a line end between: they are two bills (apart), never one with the values of both (mixed).
"""

from __future__ import annotations

import time
from collections import Counter
from functools import cache
from random import Random

from common import arguments, show


def main() -> None:
    """Mutate, put in, read, compare and print."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--mutations", type=int, default=2000)
    parser.add_argument("--probes", type=int, default=2000)
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    count: Counter[str] = Counter()
    examples: list[str] = []
    begin = time.monotonic()
    slowest = spoil(options.mutations, options.seed, count, examples)
    probe(options.probes, options.seed, count, examples)
    from tests.billing.notices.test_written import joined

    pairs = joined(options.pairs, options.seed, "\n")
    result = {
        "mutations": options.mutations, "seed": options.seed, "raised": count["raised"],
        "invented": count["invented"], "documents": count["documents"], "fields": count["fields"],
        "problems": count["problems"], "nothing_understood": count["nothing understood"],
        "slowest_cpu_ms": round(slowest * 1000, 1),
        "probes": count["probes"], "probes_raised": count["probes raised"], "probes_wrong": count["wrong"],
        "probes_invented": count["new"], "probes_left_out": count["left out"],
        "probes_unchanged": count["unchanged"], "pairs": options.pairs,
        "pairs_apart": pairs["apart"], "pairs_mixed": pairs["mixed"],
        "seconds": round(time.monotonic() - begin, 1),
    }  # fmt: skip
    if examples:
        result["examples"] = examples[:40]
    show(result, options.json)


def spoil(mutations: int, seed: int, count: Counter[str], examples: list[str]) -> float:
    """Read spoilt notices; returns the slowest reading in seconds of processor time."""
    from sodien.billing.notices.read import plain, read
    from tests.billing.notices.invention import inventions
    from tests.billing.notices.mutations import corpus, mutated

    texts = [text for _, text in corpus()]
    random = Random(seed)
    slowest = 0.0
    for _ in range(mutations):
        source = mutated(random, texts)
        started = time.process_time()
        try:
            understood = read(source)
            plain(understood)
        except Exception as error:  # noqa: BLE001 - this is what is counted
            count["raised"] += 1
            examples.append(f"{error!r} for {source!r}"[:600])
            continue
        slowest = max(slowest, time.process_time() - started)
        count["documents"] += len(understood.documents)
        count["fields"] += sum(len(document.fields) for document in understood.documents)
        count["problems"] += len(understood.problems)
        count["nothing understood"] += not understood.documents
        for invention in inventions(understood):
            count["invented"] += 1
            examples.append(f"{invention} in {source!r}"[:600])
    return slowest


def probe(most: int, seed: int, count: Counter[str], examples: list[str]) -> None:
    """Put phrases at places of every notice that is read as one or two documents; 0 tries all of both."""
    from tests.billing.notices.insertions import APART, BESIDE, inserted, places, read_once, texts, values

    values_once = cache(values)
    tried = [
        (text, place, beside, phrase)
        for _, text in texts()
        for place, beside in sorted({one for read in read_once(text).documents for one in places(text, read)})
        for phrase in (BESIDE if beside else APART)
    ]
    for text, place, beside, phrase in Random(seed).sample(tried, min(most, len(tried)) or len(tried)):
        changed, before = inserted(text, place, phrase, beside), values_once(text)
        count["probes"] += 1
        try:
            after = values(changed)
        except Exception as error:  # noqa: BLE001 - this is what is counted
            count["probes raised"] += 1
            examples.append(f"{error!r} for {changed!r}"[:600])
            continue
        wrong = {field for field in before.keys() & after.keys() if before[field] != after[field]}
        new = after.keys() - before.keys()
        count["wrong"] += bool(wrong)
        count["new"] += bool(new)
        count["left out"] += bool(before.keys() - after.keys())
        count["unchanged"] += before == after
        if wrong or new:
            examples.append(f"{sorted(wrong | new)} changed in {changed!r}"[:600])


if __name__ == "__main__":
    main()

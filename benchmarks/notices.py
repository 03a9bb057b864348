"""Notices spoilt at random: the reader must not raise, nor put a number in a bill that the text has not.

Each mutated text is read; what was understood is compared, field by field, with the stretch of text it is
said to come from, by code of its own (tests/billing/notices/invention.py).
"""

from __future__ import annotations

import time
from collections import Counter
from random import Random

from common import arguments, show


def main() -> None:
    """Mutate, read, compare and print."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--mutations", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    from sodien.billing.notices.read import plain, read
    from tests.billing.notices.invention import inventions
    from tests.billing.notices.mutations import corpus, mutated

    texts = [text for _, text in corpus()]
    random = Random(options.seed)
    count: Counter[str] = Counter()
    examples: list[str] = []
    slowest = 0.0
    begin = time.monotonic()
    for _ in range(options.mutations):
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
    result = {
        "mutations": options.mutations, "seed": options.seed, "samples": len(texts),
        "raised": count["raised"],
        "invented": count["invented"], "documents": count["documents"], "fields": count["fields"],
        "problems": count["problems"], "nothing_understood": count["nothing understood"],
        "slowest_cpu_ms": round(slowest * 1000, 1), "seconds": round(time.monotonic() - begin, 1),
    }  # fmt: skip
    if examples:
        result["examples"] = examples[:10]
    show(result, options.json)


if __name__ == "__main__":
    main()

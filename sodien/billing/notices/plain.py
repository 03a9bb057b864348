"""What was understood as plain values, for JSON."""

from __future__ import annotations

from typing import Any

import msgspec

from sodien.billing.notices.model import Document, Field, TextSpan, Understood
from sodien.billing.notices.states import field_states
from sodien.billing.words.notices import sentence

#: Energy of a register beside its indices, which stands beside the bill.
_APART = ("sub", "direct")
#: Which invoice the bill is, and which one it replaces or adjusts, stand beside it too.
_INVOICES = ("invoice", "replaces", "adjusts")


def _content(document: Document) -> dict[str, Any]:
    """What a document says under the name of its kind; beside it ``apart`` and the numbers of invoices."""
    said: dict[str, Any] = msgspec.to_builtins(document.content)
    apart = [
        {"row": number, **{name: row.pop(name) for name in _APART if name in row}}
        for number, row in enumerate(said.get("rows", ()))
    ]
    apart = [one for one in apart if len(one) > 1]
    invoices = {name: said.pop(name) for name in _INVOICES if name in said}
    return {document.kind: said, **({"apart": apart} if apart else {}), **invoices}


def plain(understood: Understood) -> dict[str, Any]:
    """It as JSON-ready values: kWh and money as decimal strings, dates as yyyy-mm-dd, sentences in words."""
    text = understood.text

    def stretch(one: Field | TextSpan) -> dict[str, Any]:
        return {"start": one.start, "end": one.end, "text": text[one.start : one.end]}

    return {
        "documents": [
            {
                "kind": document.kind,
                **_content(document),
                "fields": [{"field": field.path, **stretch(field)} for field in document.fields],
                "states": msgspec.to_builtins(field_states(document.content, document.problems)),
            }
            for document in understood.documents
        ],
        "rest": [stretch(one) for one in understood.rest],
        "problems": [
            {
                "key": problem.key,
                "field": problem.field,
                "values": dict(problem.values),
                "sentence": sentence(problem),
            }
            for problem in understood.problems
        ],
    }

"""What was understood as plain values, for JSON."""

from __future__ import annotations

from typing import Any

import msgspec

from sodien.billing.notices.model import Field, TextSpan, Understood
from sodien.billing.notices.states import field_states
from sodien.billing.words.notices import sentence


def plain(understood: Understood) -> dict[str, Any]:
    """It as JSON-ready values: kWh and money as decimal strings, dates as yyyy-mm-dd, sentences in words."""
    text = understood.text

    def stretch(one: Field | TextSpan) -> dict[str, Any]:
        return {"start": one.start, "end": one.end, "text": text[one.start : one.end]}

    return {
        "documents": [
            {
                "kind": document.kind,
                document.kind: msgspec.to_builtins(document.content),
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

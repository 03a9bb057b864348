"""A notice as a file: text and XML as they are, a PDF by its text, which a process of its own takes out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sodien.billing.notices.file_kinds import pdf_problem
from sodien.billing.notices.model import Problem, Understood
from sodien.billing.notices.orders import agreed
from sodien.billing.notices.read import MOST_BYTES, MOST_CHARACTERS, read
from sodien.billing.notices.templates import MessageTemplate
from sodien.errors import install_command
from sodien.files import of_a_child

_PROGRAM = Path(__file__).with_name("pdf_program.py")


@dataclass(frozen=True, slots=True)
class PdfLimits:
    """What one PDF may cost. An honest one needs a quarter of a second of a desktop, and 60 MB.

    Attributes:
        memory: bytes of address space.
        cpu_s: seconds of the processor; ``wall_s`` of the clock.
        pages: how many are read.
    """

    memory: int = 256_000_000
    cpu_s: int = 30
    wall_s: float = 90
    pages: int = 24


def read_file(
    data: bytes, limits: PdfLimits | None = None, templates: Sequence[MessageTemplate] = ()
) -> Understood:
    """What a notice says, whatever kind of file it is; never raises for what is in it."""
    understood = read(data, templates)
    if [problem.key for problem in understood.problems] != ["pdf"]:
        return understood
    if len(data) > MOST_BYTES:
        return Understood(text="", problems=(Problem("too_big", "", {"most": f"{MOST_BYTES}"}),))
    texts = pdf_texts(data, limits or PdfLimits())
    if isinstance(texts, Problem):
        return Understood(text="", problems=(texts,))
    return agreed([read(text, templates) for text in dict.fromkeys(texts)])


def pdf_texts(data: bytes, limits: PdfLimits) -> tuple[str, ...] | Problem:
    """The text of a PDF in the orders that its places allow, or why there is none."""
    numbers = (limits.memory, limits.cpu_s, limits.pages, MOST_CHARACTERS)
    user, group = of_a_child()
    try:
        done = subprocess.run(
            [sys.executable, "-B", "-P", str(_PROGRAM), *map(str, numbers)],
            input=data,
            capture_output=True,
            timeout=limits.wall_s,
            check=False,
            user=user,
            group=group,
        )
        answer = done.stdout
    except subprocess.TimeoutExpired as expired:
        answer = expired.stdout or b""
    lines = [json.loads(line) for line in answer.splitlines(keepends=True) if line.endswith(b"\n")]
    texts = tuple(line["text"] for line in lines if "text" in line)
    if texts:
        return texts
    why = next((line["why"] for line in lines if "why" in line), "too_much")
    return pdf_problem(why, command=install_command("pdf-import") if why == "extra" else "")

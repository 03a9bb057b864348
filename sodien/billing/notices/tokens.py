"""A folded text cut into words, numbers, dates, times and signs, in one pass."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Every branch is bounded or a plain run, so that no text makes it slow. "~" is what folding leaves of digits
# that are not 0 to 9: a number that touches one is not whole.
_TOKEN = re.compile(
    r"""
    (?P<code>(?<![0-9a-z_~])p[a-z][0-9]{2}[0-9a-z]{7,9}(?![0-9a-z_~]))
  | (?P<name>(?<![0-9a-z_~])(?:[abefghijlnopqruvwxyz][0-9]{1,3}|t[0-9]{1,2})-
        (?!(?:19|20)[0-9]{2}(?![0-9]))[0-9]{3,5}(?![0-9a-z~]|[.,/][0-9])
      | (?<![0-9a-z~.,/-])[0-9]{1,3}/0[0-9]{3,7}(?![0-9a-z~]|[.,/-][0-9]))
  | (?P<date>(?<![0-9~])(?<![0-9][/.,])
        (?: [0-9]{1,2}[ ]?/[ ]?[0-9]{1,2}[ ]?/[ ]?(?:[0-9]{4}|[0-9]{2})
          | [0-9]{1,2}-[0-9]{1,2}-(?:[0-9]{4}|[0-9]{2})
          | [0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}
          | [0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2} )
        (?![0-9~]|[/.,][0-9]))
  | (?P<time>(?<![0-9~.,/-])
        (?: [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9~]|:[0-9])
          | [0-9]{1,2}[ ]?h[ ]?(?:[0-9]{2})?(?![0-9a-z~])
          | [0-9]{1,2}[ ]gio(?:[ ][0-9]{1,2})?(?:[ ]phut)?(?![0-9a-z~]) ))
  | (?P<month>(?<![0-9~])(?<![0-9][/.,-])
        (?: [0-9]{1,2}[ ]?/[ ]?[0-9]{4}
          | (?:0?[1-9]|1[0-2])[ ]?-[ ]?(?:19|20)[0-9]{2}
          | [0-9]{1,2}\.(?:19|20)[0-9]{2})(?![0-9~]|[/.,][0-9]|-[0-9]{2}))
  | (?P<short>(?<![0-9~])(?<![0-9][/.,])
        [0-9]{1,2}/[0-9]{1,2}(?![0-9~]|[/.,][0-9]))
  | (?P<number>[0-9]+(?:[.,][0-9]+)*)
  | (?P<times>(?<![a-z])x(?=[ ]{0,3}[0-9])|\*)
  | (?P<word>[a-z_]+)
  | (?P<line>\n)
  | (?P<sign>[^\s])
    """,
    re.VERBOSE,
)
_TIME_PARTS = re.compile(r"[0-9]+|:")
#: Words in front of a plain number that a colon may follow: "bậc 1:50 kWh" is no time of day.
_COUNTED = {"bac", "ky", "thang", "muc"}


@dataclass(frozen=True, slots=True)
class Token:
    """One piece; ``kind`` is code, name, date, time, month, short (06/18), number, times, word, line or sign.

    A name is of a flat or a contract: "B4-312", "12/004567".

    A letter right in front of a number is told by ``glued``: "t9" is the word t and the number 9.
    """

    kind: str
    text: str
    start: int
    end: int
    glued: bool = False


def tokens(text: str) -> list[Token]:
    """The pieces of a folded text, without the blanks."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "sign"
        before = text[match.start() - 1] if match.start() else " "
        glued = kind != "sign" and kind != "line" and (before.isalnum() or before in "_~'")
        token = Token(kind, match.group(), match.start(), match.end(), glued)
        if kind == "time" and ":" in token.text and found and found[-1].text in _COUNTED:
            found += [
                Token("number" if part.group() != ":" else "sign", part.group(),
                      token.start + part.start(), token.start + part.end())
                for part in _TIME_PARTS.finditer(token.text)
            ]  # fmt: skip
            continue
        found.append(token)
    return found

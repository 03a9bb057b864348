"""Lines of numbers: registers, lines of the charge and their sums, under a head or proven by arithmetic.

A line of the charge multiplies, a register's numbers subtract, a sum adds up: what proves itself needs no
head, and a head alone gives its order only to lines with as many numbers as it has columns.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from decimal import Decimal

from sodien.billing.notices.charge_lines import ordered, printed_tier
from sodien.billing.notices.lines import TextLine, is_named, read_lines
from sodien.billing.notices.register_columns import register_columns
from sodien.billing.notices.settled import MOST_ROWS
from sodien.billing.notices.table_columns import (
    APART,
    CHARGE,
    HEADS,
    IDLE,
    MONEYS,
    ORDERS,
    POWER,
    REGISTER,
    VALUES,
    Cell,
    Tables,
)
from sodien.billing.notices.tokens import Token
from sodien.billing.notices.units import unit_after, with_end
from sodien.billing.notices.values import possible
from sodien.billing.notices.vocabulary import ENERGY

_MOST_SERIAL, _LEAST_SERIAL = 14, 5


def find_tables(text: str, tokens: Sequence[Token]) -> Tables:
    """All lines of numbers of a text."""
    return _Finder(text, tokens).find()


class _Finder:
    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self._text = text
        self._tokens = with_end(text, tokens)
        self._found = Tables()
        self._head: list[str] = []
        self._head_at: list[tuple[int, int]] = []
        self._order: bool | None = None
        self._products: list[tuple[Decimal, Decimal]] = []
        self._energies: dict[str | None, set[Decimal]] = {}

    def find(self) -> Tables:
        lines = list(read_lines(self._text, self._tokens))
        at = 0
        while at < len(lines):
            at = self._line(lines, at)
        return self._found

    # Lines

    def _line(self, lines: list[TextLine], at: int) -> int:
        line = lines[at]
        if self._printed_tiers(line):
            return at + 1
        if not line.numbers:
            if line.labels and set(line.labels) <= HEADS:
                more = at > 0 and self._only_heads(lines[at - 1])
                self._head = [*self._head, *line.labels] if more else line.labels
                self._head_at = [*(self._head_at if more else ()), (line.start, line.end)]
                if len(self._head) > 1 and (end := self._cells(lines, at + 1)):
                    return end
            elif line.labels:
                self._head = []
            return at + 1
        if (columns := register_columns(self._tokens, lines, at, self._found.rows)) is not None:
            cells, end = columns
            self._found.cells += cells
            self._found.rows += len({one.index for one in cells})
            self._take(line.start, lines[end - 1].end)
            return end
        if (
            self._power_row(line)
            or self._whole_row(line)
            or self._register_row(line)
            or self._tier_row(line)
            or self._sum_row(line)
            or self._serial(line)
        ):
            return at + 1
        if self._head_at and len(set(self._head) & VALUES) > 1 and not line.labels and not line.words:
            self._found.unfit.append(self._head)
        self._head_at = []
        if line.labels:
            self._head = []
        return at + 1

    def _only_heads(self, line: TextLine) -> bool:
        return bool(line.labels) and not line.numbers and set(line.labels) <= HEADS

    def _take(self, start: int, end: int) -> None:
        self._found.taken[start] = end
        if len(self._head) > 1:
            self._found.heads += self._head_at
        self._head_at = []

    def _values(self, token: Token, kind: str) -> set[Decimal]:
        return set(possible(token.text, kind, machine=False).values())  # type: ignore[arg-type]

    # Registers

    def _register_row(self, line: TextLine) -> bool:
        if line.labels and line.register is None:
            return False
        if len(line.numbers) < 3 or (line.words and line.register is None):
            return False
        columns = self._columns()
        tokens = [self._tokens[one] for one in line.numbers]
        names: tuple[str, ...] | None = None
        if (
            len(tokens) == len(columns) + 1 > 3
            and self._is_serial(tokens[0])
            and self._proven(columns, tokens[1:])
        ):
            self._found.cells.append(Cell("", 0, "serial", "text", tokens[0], tokens[0].text))
            del tokens[0]
        if columns and {"new", "old"} <= set(columns):
            names = tuple(columns[: len(tokens)])
            if len(tokens) > len(columns) or not self._proven(names, tokens):
                # What does not add up is read as it is printed, where nothing else can be meant.
                charged = self._tiered() and len(tokens) == 3 and ordered(tokens[0], tokens[1], tokens[2])
                names = names if len(tokens) == len(columns) and not line.words and not charged else None
        elif line.register is not None or (len(tokens) == 3 and not line.labels and self._rises(tokens)):
            fits = [order for order in ORDERS if len(order) == len(tokens) and self._proven(order, tokens)]
            names = fits[0] if len(fits) == 1 else None
        if names is None:
            return False
        self._add_row(line, names, tokens)
        return True

    def _whole_row(self, line: TextLine) -> bool:
        """A register with the first line of the charge beside it, as the billing system's paper has it."""
        columns = [one for one in self._columns() if one != "actual"]
        plain = [one for one in columns if one not in APART]  # it prints nothing for 0 kWh
        if (line.words and line.register is None) or not self._tiered() or not {"new", "old"} <= set(plain):
            return False
        tokens = [self._tokens[one] for one in line.numbers]
        names = next((one for one in (columns, plain) if len(tokens) - len(one) in (2, 3)), None)
        pair = ordered(tokens[-3], tokens[-2], tokens[-1], self._price_first()) if names else None
        if names is None or pair is None or not self._proven(names, tokens):
            return False
        self._add_row(line, names, tokens)
        self._add_tier(*pair, tokens[-1])
        return True

    def _power_row(self, line: TextLine) -> bool:
        """The only row, or electricity's among other services: "Điện | 3.400 | 3.600 | 200 | 474.876"."""
        columns = [one for one in self._head if one in REGISTER or one in CHARGE | MONEYS]
        sums = MONEYS & set(columns)
        if len(line.numbers) != len(columns) or not (line.words or sums):
            return False
        first = line.numbers[0]
        dated = all(one.kind == "date" for one in self._tokens[line.start : first]) and len(line.words)
        if not set(line.words) <= POWER and dated != first - line.start:
            return False
        tokens = [self._tokens[one] for one in line.numbers]
        once = [one for one in columns if one != "money"]
        if not self._proven(columns, tokens) or len(set(once)) < len(once):
            return False
        self._add_row(line, columns, tokens)
        for name, token in zip(columns, tokens, strict=True):
            if name in MONEYS or name == "amount":
                known = name if name in ("net", "tax") else "money"
                self._found.cells.append(Cell("", 0, known, "money", token))
        if dated:
            self._found.taken[first] = self._found.taken.pop(line.start)
        return True

    def _columns(self) -> list[str]:
        """The numeric columns of the last head, without those of the charge."""
        columns = []
        for label in self._head:
            if label in CHARGE:
                break
            if label in REGISTER or label in IDLE:
                columns.append(label)
        return columns if len(set(columns)) == len(columns) else []

    def _proven(self, names: Sequence[str], tokens: Sequence[Token]) -> bool:
        """Whether (new − old) × multiplier is the consumption."""
        by = dict(zip(names, tokens, strict=False))
        kwh = by.get("kwh") or by.get("row_kwh") or by.get("kwh_all")
        if kwh is None or "new" not in by or "old" not in by:
            return False
        factors = self._values(by["multiplier"], "factor") if "multiplier" in by else {Decimal(1)}
        return any(
            new >= old and abs((new - old) * factor - energy) < 1
            for new, old, energy, factor in itertools.product(
                self._values(by["new"], "index"),
                self._values(by["old"], "index"),
                self._values(kwh, "kwh"),
                factors,
            )
        )

    def _rises(self, tokens: Sequence[Token]) -> bool:
        """Whether three numbers alone in a line can be two indices and their difference."""
        return all(len(one.text) > 1 and not one.text.startswith("0") for one in tokens)

    def _add_row(self, line: TextLine, names: Sequence[str], tokens: Sequence[Token]) -> None:
        if self._found.rows >= MOST_ROWS:
            return
        row = self._found.rows
        self._found.rows += 1
        if line.register is not None:
            word = next(t for t in self._tokens[line.start : line.end] if t.kind == "word")
            last = self._tokens[line.numbers[0] - 1]
            if line.register != "KT" or word.text == "kt":
                whole = Token("word", "", word.start, last.end)
                stretch = word if word.text.upper() == line.register else whole
                self._found.cells.append(
                    Cell("rows", row, "register", "text", stretch, stretch.text.upper() or line.register)
                )
        for name, token in zip(names, tokens, strict=False):
            if name in REGISTER:
                short = "kwh" if name in ("row_kwh", "kwh_all") else name
                self._found.cells.append(Cell("rows", row, short, REGISTER[name], token))
                if short == "kwh":
                    self._energies[line.register] = self._values(token, "kwh")
            elif name in APART:
                self._found.cells.append(Cell("rows", row, APART[name], "kwh", token))
        self._take(line.start, line.end)

    def _serial(self, line: TextLine) -> bool:
        """A number alone under a head that begins with the meter."""
        if line.words or line.labels or len(line.numbers) != 1 or "serial" not in self._head:
            return False
        token = self._tokens[line.numbers[0]]
        if not self._is_serial(token) or line.first_unit:
            return False
        self._found.cells.append(Cell("", 0, "serial", "text", token, token.text))
        self._take(line.start, line.end)
        return True

    @staticmethod
    def _is_serial(token: Token) -> bool:
        return token.text.isdecimal() and _LEAST_SERIAL <= len(token.text) <= _MOST_SERIAL

    # The charge

    def _tier_row(self, line: TextLine) -> bool:
        """A line whose last three numbers multiply."""
        known = {"tier", "ordinal", "kwh", "amount", "unit", "goods", "month"}
        goods = line.labels[:1] == ["money"] and "kwh" in (
            one.text for one in self._tokens[line.start : line.end]
        )
        if len(line.numbers) < 3 or (set(line.labels) - known and not goods and not self._tiered()):
            return False
        for end in range(len(line.numbers), 2, -1):
            tail = line.numbers[end - 3 : end]
            a, b, c = (self._tokens[one] for one in tail)
            first = (
                False if self._tokens[tail[0] - 1].text in ENERGY else self._price_first()
            )  # "kWh 1.820 3.105,5"
            pair = ordered(a, b, c, first) or self._of_register(line, a, b, c)
            if pair is None or not self._side_by_side(tail):
                continue
            behind = unit_after(self._tokens, tail[-1] + 1)[1]
            alone = end == len(line.numbers) and not line.words
            self._order = pair[1] is a
            self._add_tier(pair[0], pair[1], c)
            if set(line.labels) <= {"tier", "ordinal"} and tail[0] - line.start <= 3:
                self._found.heads.append((line.start, tail[0] + 1))
            begin = line.start if is_named(self._tokens, line, tail) else tail[0]
            self._take(begin, line.end if alone else behind)
            return True
        return self._printed_order(line)

    def _of_register(self, line: TextLine, a: Token, b: Token, c: Token) -> tuple[Token, Token] | None:
        """kWh and price of a register's line, where either could be both: its kWh are printed above."""
        kwh = self._energies.get(line.register, set())
        first, second = (bool(kwh & self._values(one, "kwh")) for one in (a, b))
        return ordered(a, b, c, second) if first != second else None

    def _printed_order(self, line: TextLine) -> bool:
        """Three values under a head of three columns, as they are printed though they do not multiply."""
        columns = [one for one in self._head if one in REGISTER or one in CHARGE or one == "quantity"]
        if not self._tiered() or len(line.numbers) != 3 or len(columns) != 3 or line.words:
            return False
        if not self._side_by_side(line.numbers):
            return False
        a, b, c = (self._tokens[one] for one in line.numbers)
        pair = (b, a) if self._price_first() else (a, b)
        self._add_tier(pair[0], pair[1], c)
        self._take(line.numbers[0], line.end)
        return True

    def _side_by_side(self, numbers: Sequence[int]) -> bool:
        """Only units and strokes between the numbers."""
        for one, other in itertools.pairwise(numbers):
            _, behind = unit_after(self._tokens, one + 1)
            while behind < other and self._tokens[behind].text in ("|", "-", ",", ";"):
                behind += 1
            if behind != other:
                return False
        return True

    def _tiered(self) -> bool:
        return "price" in self._head and ("amount" in self._head or "money" in self._head)

    def _price_first(self) -> bool | None:
        """Whether the price stands before the kWh: by the last head, else as in the line before."""
        if "price" not in self._head:
            return self._order
        price = self._head.index("price")
        columns = ("kwh", "row_kwh", "kwh_all", "quantity", "actual")
        energy = [at for at, one in enumerate(self._head) if one in columns]
        return min(energy) > price if energy else self._order

    def _add_tier(self, kwh: Token, price: Token, amount: Token | None) -> None:
        if self._found.tiers >= MOST_ROWS:
            return
        number = self._found.tiers
        self._found.tiers += 1
        for name, token in (("kwh", kwh), ("price", price), ("amount", amount)):
            if token is not None:
                kind = "money" if name == "amount" else name
                self._found.cells.append(Cell("tiers", number, name, kind, token))
        energies, amounts = self._values(kwh, "kwh"), self._values(amount, "money") if amount else set()
        if amounts:
            prices = self._values(price, "price")
            pairs = [(k, m) for k in energies for m in amounts for p in prices if k * p == m]
            self._products.append(pairs[0] if pairs else (max(energies), max(amounts)))

    def _printed_tiers(self, line: TextLine) -> bool:
        """The lines ``a × b = c`` of this line of text."""
        found = False
        at = line.start
        while at < line.end:
            tier = printed_tier(self._text, self._tokens, at) if self._tokens[at].kind == "number" else None
            if tier is None:
                at += 1
                continue
            found = True
            if tier.unclear:
                self._found.unclear.add((at, tier.end))
            else:
                self._add_tier(tier.kwh, tier.price, tier.amount)
                if tier.taxed is not None and self._found.tiers == 1:
                    rate, total = tier.taxed
                    self._found.cells += [
                        Cell("", 0, "kwh", "kwh", tier.kwh),
                        Cell("", 0, "tax_rate", "percent", rate),
                        Cell("", 0, "total", "money", total),
                    ]
                if line.labels == ["tier"] and at - line.start <= 4:
                    self._found.heads.append((line.start, at + 1))
            self._take(at, tier.end)
            at = tier.end
        return found

    def _sum_row(self, line: TextLine) -> bool:
        """kWh and money under the lines of the charge, when they are their sums."""
        if (
            not self._products
            or len(line.numbers) != 2
            or line.words
            or set(line.labels) - {"money", "total", "kwh_all", "kwh"}
        ):
            return False
        first, second = (self._tokens[one] for one in line.numbers)
        kwh = sum((one for one, _ in self._products), Decimal(0))
        net = sum((one for _, one in self._products), Decimal(0))
        if not self._side_by_side(line.numbers):
            return False
        if net not in self._values(second, "money"):
            if line.labels != ["money"]:
                return False
            self._found.cells.append(Cell("", 0, "money", "money", second))
        else:
            self._found.cells.append(Cell("", 0, "net", "money", second))
        if kwh in self._values(first, "kwh"):
            self._found.cells.append(Cell("", 0, "kwh", "kwh", first))
        self._take(line.start, line.end)
        return True

    # Heads with one value a line, or in the same line

    def _cells(self, lines: list[TextLine], at: int) -> int | None:
        """One value a line below a head: exactly as many lines as labels, or threes that multiply."""
        run: list[tuple[int, int]] = []
        end = at
        while end < len(lines) and len(run) < MOST_ROWS:
            line = lines[end]
            if line.labels == ["serial"] and len(line.numbers) == 1 and not run:
                run.append((end, line.numbers[0]))
                end += 1
                continue
            if line.labels == ["tier"] and len(line.numbers) < 2 and not line.words and self._tiered():
                end += 1  # "Bậc thang 1"
                continue
            empty = not line.numbers and line.register is None
            if line.labels or line.words or len(line.numbers) > 1 or empty:
                break
            if line.numbers:
                run.append((end, line.numbers[0]))
            end += 1
        if not run:
            return None
        head = [one for one in self._head if one != "bcs"]
        if self._tiered():
            return self._cell_tiers(lines, run)
        if len(run) != len(head) or len(set(head)) != len(head):
            return None
        tokens = [self._tokens[number] for _, number in run]
        if "serial" in head:
            token = tokens[head.index("serial")]
            self._found.cells.append(Cell("", 0, "serial", "text", token, token.text))
        self._assign(head, tokens)
        first, last = lines[run[0][0]], lines[run[-1][0]]
        self._take(first.start, last.end)
        return run[-1][0] + 1

    def _cell_tiers(self, lines: list[TextLine], run: list[tuple[int, int]]) -> int | None:
        used = 0
        while used + 3 <= len(run):
            a, b, c = (self._tokens[number] for _, number in run[used : used + 3])
            pair = ordered(a, b, c, self._price_first())
            if pair is None:
                break
            self._add_tier(*pair, c)
            used += 3
        if not used:
            return None
        self._take(lines[run[0][0]].start, lines[run[used - 1][0]].end)
        return run[used - 1][0] + 1

    def _assign(self, head: Sequence[str], tokens: Sequence[Token]) -> None:
        for label, token in zip(head, tokens, strict=True):
            if label in REGISTER:
                name = "kwh" if label in ("row_kwh", "kwh_all") else label
                group = "rows" if label in ("old", "new", "multiplier") else ""
                self._found.cells.append(Cell(group, 0, name, REGISTER[label], token))
            elif label in MONEYS:
                self._found.cells.append(Cell("", 0, label, "money", token))

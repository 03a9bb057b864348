"""Whose a device's name is: one ledger's, until another says that it follows it. Pure.

Two devices with one name would overwrite each other's minutes: device, meter and time are all that the
database knows an entry by. So the first ledger that delivers under a name has it, and what any other one
brings is refused, with the reason, before anything is written.

A ledger that carries another on (from a backup, salvaged, or because a person said so: ``sodien replay
--succeeds``) names that one in every message, and takes the name over. Each such act makes its list longer.
A ledger that was passed takes the name back only with a longer list than it had then: so two that name each
other do not take turns.

Collectors tell each other. One that knows nothing, because it has just started at a broker that has lost
everything, may give the name away; so of two that contradict each other, the one prevails before which the
name was taken over more often (who takes it over comes after the one it follows), and of equals the one that
has had it for longer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sodien.protocol.messages import Owner, owned_by

#: Names that are told apart, and ledgers that are remembered of one: beyond any house.
MOST_NAMES = 10_000
_MOST_PASSED = 50


def prevails(one: Owner, other: Owner) -> bool:
    """Which of two that contradict each other has the name: whether it is ``one``.

    A total order: whatever collectors hear, and in whatever order, they come to the same end.
    """
    return (-one.term, one.since, one.ledger) < (-other.term, other.since, other.ledger)


class Names:
    """Which ledger delivers under which name. ``known`` is by device; ``now_ms`` says the time, ms UTC."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self.known: dict[str, Owner] = {}
        self._now = now_ms

    def heard(self, device: str, owner: Owner | None) -> bool:
        """Another collector, or we ourselves earlier, said so; None: somebody took it back.

        Returns False when we know better, and should say so.
        """
        known = self.known.get(device)
        if owner is None:
            self.known.pop(device, None)
        elif known is None:
            if len(self.known) < MOST_NAMES:
                self.known[device] = owner
        elif prevails(owner, known):
            self.known[device] = owner
        elif owner.ledger != known.ledger:
            return False
        return True

    def judge(self, device: str, ledger: str, follows: Sequence[str]) -> tuple[Owner | None, str | None]:
        """A ledger delivers under a name.

        Returns:
            What is to be told the other collectors before anything is written, None when it is known; and
            why what the ledger brings is refused, None when it is not.
        """
        owner = self.known.get(device)
        if owner is None:
            if len(self.known) >= MOST_NAMES:
                return None, None
            return self._take(device, Owner(ledger, len(follows), since=self._now())), None
        if owner.ledger == ledger:
            return None, None
        if owner.ledger not in follows or len(follows) <= owner.passed.get(ledger, -1):
            return None, owned_by(owner.ledger)
        passed = {**owner.passed, owner.ledger: owner.follows}
        passed.pop(ledger, None)
        while len(passed) > _MOST_PASSED:
            del passed[next(iter(passed))]
        taken = Owner(ledger, len(follows), passed, self._now(), term=owner.term + 1)
        return self._take(device, taken), None

    def _take(self, device: str, owner: Owner) -> Owner:
        self.known[device] = owner
        return owner

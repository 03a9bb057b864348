"""What `sodien doctor` says of the messages to people: whether their addresses are safe, and reached."""

from __future__ import annotations

from collections.abc import Iterator

from sodien.cli.context import local_time
from sodien.cli.doctor.finding import Finding
from sodien.i18n import tr
from sodien.ledger.store import Ledger
from sodien.notify import told
from sodien.settings.model import Settings


def check_messages(settings: Settings, ledger: Ledger) -> Iterator[Finding]:
    """Nothing is sent, and nothing read: the file of the addresses is for the service alone."""
    path = settings.notify.urls_file
    if path is None:
        return
    try:
        if path.stat().st_mode & 0o007:
            yield Finding(
                "messages",
                "warn",
                tr("{path} holds secrets, and everybody on this machine may read it", path=path),
                tr("close it: sudo chown sodien {path}, and: sudo chmod 600 {path}", path=path),
            )
    except OSError:
        pass  # told by the command itself, which may look where this user may not
    known = told.read(ledger)
    for one in known.values():
        if one.failed is not None:
            yield Finding(
                "messages",
                "warn",
                tr(
                    "messages to {address} have not been sent since {time}: {reason}",
                    address=one.label,
                    time=local_time(one.since or 0, settings),
                    reason=one.failed,
                ),
                tr("correct that line of {path}, and try it: sudo sodien notify --test", path=path),
            )
        else:
            yield Finding("messages", "ok", tr("messages go to {address}", address=one.label))
    if not known:
        yield Finding(
            "messages",
            "warn",
            tr("nobody has been told anything yet, though there are addresses in the settings"),
            tr("switch the timer on: sudo systemctl enable --now sodien-notify.timer"),
        )

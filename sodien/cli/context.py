"""What the commands share: one session with settings, ledger and meters, its options, and JSON output.

A command is a module that the group loads when it is asked for, so its imports stand at the top as usual.
Local imports are left for what is heavy and mostly not needed, and for packages of an extra.
"""

from __future__ import annotations

import functools
import grp
import os
import pwd
import shlex
import shutil
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from sodien import formats
from sodien.cli.typed import parse_when
from sodien.clock import now_ms
from sodien.errors import FieldError, SodienError
from sodien.files import acting_as_owner
from sodien.i18n import tr
from sodien.settings import model as settings_model
from sodien.settings.model import MeterSettings, Settings

if TYPE_CHECKING:
    from rich.console import Console

    from sodien.history.current import MeterLedger
    from sodien.ledger.store import Ledger

F = TypeVar("F", bound=Callable[..., Any])


class Session:
    """One call of a command. Settings, meters and ledger are read when they are first asked for.

    Attributes:
        config: what --config says.
        as_json: whether to answer with JSON.
    """

    def __init__(self, config: str | None = None, meter: str | None = None, as_json: bool = False) -> None:
        """Nothing is read yet; ``meter`` is what --meter says."""
        self.config = config
        self.as_json = as_json
        self._wanted = meter
        self._ledger: Ledger | None = None
        self._acting = ExitStack()

    @cached_property
    def now(self) -> int:
        """The time of this call, ms UTC."""
        return now_ms()

    @cached_property
    def path(self) -> Path:
        """The settings file: --config, $SODIEN_CONFIG, or the one in /etc."""
        return settings_model.find(self.config)

    @cached_property
    def settings(self) -> Settings:
        """What the settings file says. Raises SettingsError."""
        return settings_model.load(self.path)

    @property
    def meter(self) -> MeterSettings:
        """The meter named by --meter, or the only one. Raises SodienError, naming the choices."""
        return pick_meter(self.settings, self._wanted)

    @property
    def one_meter(self) -> bool:
        """Whether --meter names one."""
        return self._wanted is not None

    @property
    def meters(self) -> list[MeterSettings]:
        """The meter named by --meter, or all. Raises SodienError, naming the choices."""
        return [self.meter] if self.one_meter else list(self.settings.meters)

    @property
    def ledger(self) -> Ledger:
        """The ledger of these settings. Raises LedgerError, also when there is none yet."""
        if self._ledger is None:
            from sodien.ledger.store import Ledger  # not for the collector, which has none

            self.hand_over()
            self._ledger = Ledger.open(self.settings.ledger.path)
        return self._ledger

    def hand_over(self) -> None:
        """From here on the call is the service's: with its group, and where root calls as its user."""
        folder = self.settings.ledger.path.parent
        _join_group(folder)
        self._acting.enter_context(acting_as_owner(folder))

    @property
    def meter_ledger(self) -> MeterLedger:
        """The one meter in its ledger: what most of what can be done with a meter stands on."""
        return self._of(self.meter)

    @property
    def meter_ledgers(self) -> list[MeterLedger]:
        """Each of :attr:`meters` in its ledger."""
        return [self._of(meter) for meter in self.meters]

    def meter_ledger_for(self, fits: Callable[[MeterSettings], bool]) -> MeterLedger:
        """The meter named by --meter, else the only one that fits, in its ledger. Raises SodienError."""
        fit = [meter for meter in self.settings.meters if fits(meter)]
        return self._of(fit[0] if not self.one_meter and len(fit) == 1 else self.meter)

    def _of(self, meter: MeterSettings) -> MeterLedger:
        from sodien.history.current import MeterLedger  # as above

        return MeterLedger(self.settings, self.ledger, meter)

    def instant(self, text: str) -> int:
        """A time that was typed, in ms UTC. Raises SodienError."""
        return parse_when(text, self.settings.zone, self.now)

    def instant_or_now(self, text: str) -> int | None:
        """The same; None for ``now``, which is known without any clock. Raises SodienError."""
        return None if text == "now" else self.instant(text)

    def close(self) -> None:
        """Close the ledger, if it was opened."""
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None
        self._acting.close()


def _join_group(folder: Path) -> None:
    """Who was put into the ledger's group after logging in has it at the next login: start anew with it."""
    if os.geteuid() == 0 or os.access(folder, os.X_OK):
        return
    try:
        group = grp.getgrgid(folder.stat().st_gid)
        member = pwd.getpwuid(os.getuid()).pw_name in group.gr_mem
    except (KeyError, OSError):
        return
    command = shutil.which("sg")
    if member and command is not None and group.gr_gid not in (os.getegid(), *os.getgroups()):
        os.execv(command, [command, group.gr_name, "-c", shlex.join(sys.orig_argv)])  # noqa: S606


def with_session(*, json: bool = True, meter: bool = True) -> Callable[[F], F]:
    """Give a command ``--config``, ``--json`` and ``--meter``, and a :class:`Session` as first argument.

    The session is closed when the command is done. ``json`` and ``meter`` say whether it has these options.
    """

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def called(**typed: Any) -> Any:
            wanted = typed.pop("meter") if meter else None
            session = Session(typed.pop("config"), wanted, typed.pop("as_json") if json else False)
            try:
                return function(session, **typed)
            except FieldError as error:
                option = f"--{error.field.replace('_', '-')}"
                if any(option in param.opts for param in click.get_current_context().command.params):
                    raise SodienError(f"{option}: {error}") from None
                raise
            finally:
                session.close()

        wrapped: Any = meter_option(called) if meter else called
        wrapped = json_option(wrapped) if json else wrapped
        return config_option(wrapped)  # type: ignore[no-any-return]

    return decorate


def config_option(function: F) -> F:
    """``--config/-c FILE``: the settings (default: $SODIEN_CONFIG, then /etc/sodien/sodien.yaml)."""
    return click.option(
        "--config",
        "-c",
        metavar="FILE",
        help="Settings file (default: $SODIEN_CONFIG, then /etc/sodien/sodien.yaml).",
    )(function)


def json_option(function: F) -> F:
    """``--json``: print one JSON object instead of text."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON; kWh are decimal strings.")(
        function
    )


def meter_option(function: F) -> F:
    """``--meter ID``: which meter, needed only where there are several."""
    return click.option("--meter", metavar="ID", help="Which meter (needed only with several).")(function)


def by_option(function: F) -> F:
    """``--by NAME``: who says what is noted."""
    return click.option("--by", metavar="NAME", help="Who reports it.")(function)


def dry_run_option(function: F) -> F:
    """``--dry-run``: nothing is noted."""
    return click.option("--dry-run", is_flag=True, help="Only show what it would change.")(function)


def pick_meter(settings: Settings, wanted: str | None) -> MeterSettings:
    """The meter with this id, or the only one. Raises SodienError naming the choices."""
    known = ", ".join(meter.id for meter in settings.meters)
    if wanted is None:
        if len(settings.meters) == 1:
            return settings.meters[0]
        raise SodienError(tr("There are several meters; choose one with --meter: {known}.", known=known))
    for meter in settings.meters:
        if meter.id == wanted:
            return meter
    raise SodienError(
        tr("There is no meter '{wanted}'; the settings know: {known}.", wanted=wanted, known=known)
    )


def print_json(value: Any) -> None:
    """Plain values as JSON on standard output; Decimal becomes a decimal string."""
    click.echo(msgspec.json.format(msgspec.json.encode(value)).decode())


def console() -> Console:
    """Rich's console for texts that are no markup; a reader that went away is left to the command line."""
    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Plain(markup=False, emoji=False)


def local_time(ms: int, settings: Settings) -> str:
    """ms UTC as local date and time to the second, for people."""
    return formats.instant(ms, settings.zone, seconds=True)

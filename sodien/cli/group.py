"""The command group: each command is a module of its own, imported only when it is asked for."""

from __future__ import annotations

import copy
import importlib
import inspect
import re
import sys
from typing import Any

import click

from sodien import i18n, terminal
from sodien.cli import endings, printed_commands
from sodien.errors import SodienError
from sodien.i18n import Text, tr

#: name → (section, one line of help). The click command is ``command`` in ``sodien.cli.<name>``, _ for -.
COMMANDS: dict[str, tuple[Text, Text]] = {
    "demo": ("Try it", "Forty simulated days, from the meter's LED to the reading-day snapshot."),
    "run": ("Services", "Count the meter's pulses; runs beside the meter."),
    "collect": ("Services", "Bring the entries from MQTT into the database; runs anywhere."),
    "page": ("Services", "The household's page, for telephones; 'page passphrase' sets who may write."),
    "notify": ("Services", "Tell people what happened: by Telegram, ntfy, e-mail and others."),
    "install": ("Setting up", "Put Sodien on this machine, or upgrade it: services, users, manual page."),
    "setup": ("Setting up", "Ask for the settings that matter, try them, write them."),
    "aim": ("Setting up", "Watch the sensor while you place it; check the constant with a known load."),
    "status": ("Every day", "The register with its bounds, power, today, this period, queue."),
    "days": ("Every day", "What the last days or months used and cost, their busiest and quietest hours."),
    "dial": ("Every day", "Note what the meter's dial shows; this pins the register."),
    "gaps": ("Every day", "When pulses may have been missed, and how much energy that may be."),
    "measure": ("Every day", "What one appliance uses and costs, by switching it on and off."),
    "what-if": ("Every day", "What this period would cost with less, or with more."),
    "meter-test": ("Every day", "Test the meter itself with a load that is known."),
    "drift": ("Every day", "How far the dial moved, beside what was counted, between readings."),
    "snapshots": ("Every day", "The register at the start and end of each reading day."),
    "meter": ("Every day", "Which meter is installed; note its replacement or its constant."),
    "clock": ("Every day", "What the Pi's clock did, boot by boot; report one that was wrong."),
    "bill": ("The utility's bill", "Enter a notice or bill; it is checked against your own register."),
    "audit": ("The utility's bill", "Check the bills again with what is known now."),
    "report": ("The utility's bill", "The evidence sheet of a bill: one page to print or to send."),
    "shares": ("The utility's bill", "Each tenant's share of the bill, where sub-meters are behind a meter."),
    "claim": ("The utility's bill", "Note the utility's own daily readings, from its app or portal."),
    "claims": (
        "The utility's bill",
        "The utility's daily readings beside yours; what may be wrong with them.",
    ),
    "export": ("Every day", "Write ticks, snapshots, gaps or all entries as CSV."),
    "verify": ("Every day", "Re-compute the seals: was anything changed since it was written?"),
    "backup": ("When something is wrong", "Ledger, settings and photos into one verified file."),
    "restore": ("When something is wrong", "Continue from a backup; the present ledger is set aside."),
    "replay": ("When something is wrong", "Send again what the database refused or lost."),
    "selftest": ("When something is wrong", "Send known pulses and check that every one arrives, and when."),
    "doctor": ("When something is wrong", "Check what can go wrong, with a remedy for each finding."),
}


def command_of(name: str) -> click.Command:
    """The click command of a name of COMMANDS; its module is imported."""
    command: click.Command = importlib.import_module(f"sodien.cli.{name.replace('-', '_')}").command
    return command


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        return translated(command_of(cmd_name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of ``sodien --help``, by section and without importing any command."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for name, (section, text) in COMMANDS.items():
            sections.setdefault(section, []).append((name, tr(text)))
        for section, rows in sections.items():
            with formatter.section(tr(section)):
                formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; click itself would take a reader that left for a failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            endings.leave_quietly()

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when one is mistyped."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = tr("did you mean '{near}'?", near=near[0]) if near else tr("see 'sodien --help'.")
            raise click.UsageError(tr("There is no command '{name}'; {hint}", name=args[0], hint=hint))
        return super().resolve_command(ctx, args)


def translated(command: click.Command) -> click.Command:
    """A copy of a command whose help is in the language in use."""
    shown = copy.copy(command)
    shown.help = tr(inspect.cleandoc(command.help)) if command.help else None
    if shown.help:
        shown.short_help = _first_sentence(shown.help)
    shown.params = [_translated_option(param) for param in command.params]
    shown.options_metavar = tr("[OPTIONS]")
    if isinstance(shown, click.Group) and not isinstance(shown, LazyGroup):
        shown.commands = {name: translated(one) for name, one in shown.commands.items()}
    if isinstance(shown, click.Group):
        shown.subcommand_metavar = tr("COMMAND [ARGS]...")
    return shown


def _first_sentence(text: str) -> str:
    """The whole of it: click would cut a command's line in a list after some words."""
    first = " ".join(text.split("\n\n")[0].split())
    return re.split(r"(?<=[.:;])\s", first, maxsplit=1)[0].rstrip(".:;") + "."


def _translated_option(param: click.Parameter) -> click.Parameter:
    if not isinstance(param, click.Option) or not param.help:
        return param
    shown = copy.copy(param)
    shown.help = tr(param.help)
    return shown


def _show_version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted:
        from sodien import __version__

        click.echo(f"sodien {__version__}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--lang", type=click.Choice(i18n.LANGUAGES), help="Language (default: that of the settings, then LANG)."
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Print the version.",
)
def group(lang: str | None) -> None:
    """Sodien: your own witness to the number on the electricity meter.

    Counts the meter's LED, keeps the register with honest bounds, and checks the utility's reading.
    """


def language_of(argv: list[str]) -> tuple[str | None, list[str]]:
    """What ``--lang`` says, wherever it stands, and the other words; what is no language stays."""
    words = list(argv)
    for i, word in enumerate(words):
        if word == "--":
            break
        if word == "--lang" and i + 1 < len(words) and words[i + 1] in i18n.LANGUAGES:
            return words[i + 1], words[:i] + words[i + 2 :]
        if word.startswith("--lang=") and word.removeprefix("--lang=") in i18n.LANGUAGES:
            return word.removeprefix("--lang="), words[:i] + words[i + 1 :]
    return None, words


def language_of_settings(argv: list[str]) -> str | None:
    """What the settings of a call say in ``language``; None for ``auto``, and where they cannot be read.

    Looked up before anything is said, so it is only looked at: what is wrong in the file is told later.
    """
    path = printed_commands.settings_file(argv)
    try:
        if not path.is_file():
            return None
        with path.open(encoding="utf-8", errors="replace") as file:
            head = file.read(100_000)
    except OSError:
        return None
    found = re.search(r"^language:[ \t]*[\"']?(\w+)", head, re.MULTILINE)
    return found[1] if found is not None and found[1] in i18n.LANGUAGES else None


def run(argv: list[str] | None = None) -> None:
    """Run the command line and exit: 0 fine, 1 a finding, 2 usage or settings; a mistake gets a sentence."""
    argv = sys.argv[1:] if argv is None else argv
    language, argv = language_of(argv)
    i18n.use(language or language_of_settings(argv))
    i18n.use_for_click()
    i18n.finish(printed_commands.for_call(argv, list(COMMANDS)))
    terminal.set_up(steering=bool({"aim", "demo"} & set(argv)))
    try:
        result: Any = translated(group).main(args=argv, prog_name="sodien", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        endings.stopped()
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (SodienError, OSError) as error:
        endings.end(error)
    finally:
        i18n.finish(None)  # this call's words are no other's
    sys.exit(result if isinstance(result, int) else 0)

"""Would a test notice? One thing in the code is changed, the tests that reach it run; survivors are told.

    make mutants [ARGS='sodien/metering/register --each 10']

Of every file up to 25 changes are tried, the same ones until the seed changes, or what they change: a
comparison that is off by one, a sign, an *and* for an *or*, a statement left out. A fork server collects the
tests once; each change is made to the modules of a fork, which runs the tests that are known to call the
function until one fails. Which test calls what is recorded in a run of its own, kept in build/ and renewed
for the test files that have changed. `mutants.yaml` beside this file says what is tried, how many survivors a
room may have, and which survivors no test can tell from the code, and why. Exit code 1: more survived.

Written here because the tools that are kept up try other things (looked at in 2026): mutmut 3 changes
functions and not the tables beside them, has no seeded choice and no budget, and runs a copy in another
folder, where tests that read documents and settings miss them; cosmic-ray starts Python anew for each change,
and our imports take longer than most of our tests.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import functools
import gc
import hashlib
import io
import json
import os
import resource
import signal
import sys
import tempfile
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings

ROOT = Path(__file__).resolve().parents[1]
PLAN = Path(__file__).with_suffix(".yaml")
KEPT = ROOT / "build" / "mutants.json"

NOTICED, SURVIVED, NO_EFFECT = 0, 1, 2

_COMPARED: dict[type, tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE,), ast.LtE: (ast.Lt,), ast.Gt: (ast.GtE,), ast.GtE: (ast.Gt,), ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}  # fmt: skip
_WORKED_OUT: dict[type, type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Add,
}  # fmt: skip
_NAMES = {
    "min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor",
    "ROUND_FLOOR": "ROUND_CEILING", "ROUND_CEILING": "ROUND_FLOOR", "ROUND_HALF_UP": "ROUND_DOWN",
    "ROUND_DOWN": "ROUND_HALF_UP", "ROUND_HALF_EVEN": "ROUND_HALF_UP", "True": "False",
}  # fmt: skip
_LOGS = {"log", "logging"}


class Change(NamedTuple):
    """One change: ``make`` makes it in the tree that it was found in."""

    function: str  # its qualified name; of a table beside the functions: the table's name
    line: int
    what: str
    make: Callable[[], None]

    def at(self, file: str) -> str:
        """What mutants.yaml names it by."""
        return f"{file}: {self.function}: {self.what}"


def changes(tree: ast.Module) -> Iterator[Change]:
    """Every change that can be tried in a module, always in the same order."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _defined(node, "")
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name):
                yield from _within(node, "value", target.id)


def _defined(node: ast.AST, inside: str) -> Iterator[Change]:
    if isinstance(node, ast.ClassDef):
        for one in node.body:
            yield from _defined(one, f"{inside}{node.name}.")
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from _within(node, "body", f"{inside}{node.name}")
        yield from _within(node.args, "defaults", f"{inside}{node.name}")
        yield from _within(node.args, "kw_defaults", f"{inside}{node.name}")


def _within(node: ast.AST, field: str, function: str) -> Iterator[Change]:
    """What can be changed in one field of a node, and below."""
    value = getattr(node, field)
    if isinstance(value, list):
        for number, one in enumerate(value):
            if isinstance(one, ast.AST):
                yield from _one(one, function, functools.partial(value.__setitem__, number), field)
    elif isinstance(value, ast.AST):
        yield from _one(value, function, functools.partial(setattr, node, field), field)


def _one(node: ast.AST, function: str, put: Callable[[Any], None], field: str) -> Iterator[Change]:
    if isinstance(node, ast.Expr) and _is_log(node.value):
        return
    line = getattr(node, "lineno", 0)
    for other in _others(node, field):
        ast.copy_location(other, node)
        ast.fix_missing_locations(other)
        yield Change(function, line, _told(node, other), functools.partial(put, other))
    for inner in () if isinstance(node, ast.Raise) else node._fields:
        if inner not in ("annotation", "returns", "decorator_list"):
            yield from _within(node, inner, function)


def _told(before: ast.AST, after: ast.AST) -> str:
    texts = [" ".join(ast.unparse(one).split()) for one in (before, after)]
    return " → ".join(text if len(text) <= 90 else f"{text[:60]} … {text[-25:]}" for text in texts)


def _others(node: ast.AST, field: str) -> Iterator[ast.AST]:
    """What could stand in a node's place and be wrong."""
    if isinstance(node, ast.Compare):
        for number, operator in enumerate(node.ops):
            for other in _COMPARED[type(operator)]:
                ops = [*node.ops[:number], other(), *node.ops[number + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)
    elif isinstance(node, ast.BinOp) and type(node.op) in _WORKED_OUT:
        if not any(isinstance(side, ast.JoinedStr) for side in (node.left, node.right)):
            yield ast.BinOp(node.left, _WORKED_OUT[type(node.op)](), node.right)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        for number in range(len(node.values)):
            left = [*node.values[:number], *node.values[number + 1 :]]
            yield left[0] if len(left) == 1 else ast.BoolOp(node.op, left)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield ast.Constant(not node.value)
        elif isinstance(node.value, int):
            yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.Name) and node.id in _NAMES:
        yield ast.Name(_NAMES[node.id], node.ctx)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Decimal":
        yield ast.BinOp(node, ast.Add(), ast.Constant(1))
    elif isinstance(node, ast.Break | ast.Continue):
        yield ast.Continue() if isinstance(node, ast.Break) else ast.Break()
    elif _can_be_left_out(node):
        yield ast.Pass()
    if field in ("test", "ifs", "guard") and isinstance(
        node, ast.Name | ast.Attribute | ast.Call | ast.NamedExpr
    ):
        yield ast.UnaryOp(ast.Not(), node)


def _can_be_left_out(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        return isinstance(node.targets[0], ast.Attribute | ast.Subscript)
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call)
    return isinstance(node, ast.Raise | ast.AugAssign)


def _is_log(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in _LOGS
    )


def module_name(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def run_anew(module: types.ModuleType, tree: ast.Module) -> dict[str, Any]:
    """A module's names when another tree is run in its place."""
    names = {name: vars(module)[name] for name in ("__name__", "__file__", "__package__", "__spec__")}
    exec(compile(tree, str(module.__file__), "exec"), names)
    return names


def transplant(module: types.ModuleType, tree: ast.Module) -> dict[str, Any]:
    """Make the functions of a loaded module do what the tree says, wherever they have been imported.

    Raises:
        ValueError: a function uses other names of those around it than before.
    """
    names = run_anew(module, tree)
    for name, old in list(vars(module).items()):
        _transplant(old, names.get(name), module.__name__)
    return names


def _transplant(old: Any, new: Any, module: str) -> None:
    if isinstance(old, types.FunctionType) and isinstance(new, types.FunctionType):
        if old.__module__ == module:
            old.__code__, old.__defaults__, old.__kwdefaults__ = (
                new.__code__,
                new.__defaults__,
                new.__kwdefaults__,
            )
            _transplant(getattr(old, "__wrapped__", None), getattr(new, "__wrapped__", None), module)
    elif isinstance(old, type) and isinstance(new, type):
        if old.__module__ == module:
            for name, one in list(vars(old).items()):
                _transplant(one, vars(new).get(name), module)
    elif type(old) is type(new):
        for part in ("fget", "fset", "fdel", "__func__", "func", "__wrapped__"):
            if isinstance(getattr(old, part, None), types.FunctionType):
                _transplant(getattr(old, part), getattr(new, part), module)


def apply(file: str, number: int) -> bool:
    """Make a file's change of this number here; False where it changes nothing."""
    module = sys.modules[module_name(file)]
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    change = list(changes(tree))[number]
    change.make()
    try:
        names = transplant(module, tree)
    except ValueError:
        return False
    if change.function in vars(module) and not callable(vars(module)[change.function]):  # a table
        old, new = vars(module)[change.function], names[change.function]
        if old == new:
            return False
        for one in list(sys.modules.values()):
            if getattr(one, "__dict__", {}).get(change.function) is old:
                setattr(one, change.function, new)
    return True


class _Marked(ast.NodeTransformer):
    """Every outermost function notes that it was called; one inside another is called by it."""

    def __init__(self, file: str) -> None:
        self.file, self._inside = file, ""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        before, self._inside = self._inside, f"{self._inside}{node.name}."
        self.generic_visit(node)
        self._inside = before
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        note = ast.parse(f"_called_.add({f'{self.file}: {self._inside}{node.name}'!r})").body
        at = 1 if ast.get_docstring(node) is not None else 0
        node.body[at:at] = note
        return node


class Known(NamedTuple):
    """What is known of one test."""

    seconds: float  # of a processor
    called: list[str]


class Tests:
    """Plugin of the fork server: what pytest has collected, to be run in forks as often as is asked."""

    def __init__(self, work: Callable[[Tests], None]) -> None:
        self._work = work
        self.items: list[pytest.Item] = []
        self._failed = False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of running the tests."""
        self.items = session.items
        for item in self.items:  # a number of seconds for one test is too little where others measure
            item.add_marker(pytest.mark.timeout(0))
        gc.collect()
        gc.freeze()
        self._work(self)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """What came of one test's setup, call or end."""
        self._failed = self._failed or report.failed

    def run(self, item: pytest.Item, following: pytest.Item | None) -> bool:
        """Whether one test passes; in a fork only."""
        self._failed = False
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return not self._failed


def forked(work: Callable[[], int], cpu_s: float) -> int | None:
    """What work returns in a fork, whose output nobody reads; None where it takes longer or dies."""
    child = os.fork()
    if child == 0:
        code = 99
        with contextlib.suppress(BaseException):
            os.setsid()
            empty = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(empty, stream)
            resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_s) + 1, int(cpu_s) + 2))
            code = work()
        os._exit(code)
    deadline = time.monotonic() + 60 + 20 * cpu_s  # the machine may have more to do than this
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        late = time.monotonic() > deadline
        if ended or late:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)  # what a test has started, too
            if not ended:
                os.waitpid(child, 0)
                return None
            return os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
        time.sleep(0.002)


def record(tests: Tests, files: list[str], folder: Path) -> dict[str, Known]:
    """Run the tests once, each noting what it calls."""
    found = folder / "recorded.jsonl"

    def work() -> int:
        called: set[str] = set()
        for file in files:
            module = sys.modules.get(module_name(file))
            if module is not None:
                tree = _Marked(file).visit(ast.parse((ROOT / file).read_text(encoding="utf-8")))
                vars(module)["_called_"] = called
                transplant(module, ast.fix_missing_locations(tree))
        with found.open("w", encoding="utf-8") as out:
            for item, following in zip(tests.items, [*tests.items[1:], None], strict=True):
                called.clear()
                began = time.process_time()
                passed = tests.run(item, following)
                seconds = round(time.process_time() - began, 3)
                print(json.dumps([item.nodeid, passed, seconds, sorted(called)]), file=out, flush=True)
        return 0

    forked(work, 3600)
    rows = [json.loads(line) for line in found.read_text(encoding="utf-8").splitlines()]
    for name, passed, *_ in rows:
        if not passed:
            print(f"fails without any change, and is left out: {name}", file=sys.stderr)
    return {name: Known(seconds, called) for name, passed, seconds, called in rows if passed and called}


def known(tests: Tests, files: list[str], folder: Path, forget: bool) -> dict[str, Known]:
    """Which test calls what: as kept, and recorded anew for test files that have changed."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() and not forget else {}
    everything = tests.items
    by_file: dict[str, list[pytest.Item]] = {}
    for item in everything:
        by_file.setdefault(item.nodeid.partition("::")[0], []).append(item)
    looked_at = " ".join(files).encode()
    now = {file: hashlib.sha256(looked_at + (ROOT / file).read_bytes()).hexdigest() for file in by_file}
    anew = [file for file in by_file if kept.get(file, {}).get("hash") != now[file]]
    if anew:
        print(f"recording what the tests of {len(anew)} files call …", file=sys.stderr, flush=True)
        tests.items = [item for file in anew for item in by_file[file]]
        recorded = record(tests, files, folder)
        for file in anew:
            names = [item.nodeid for item in by_file[file]]
            kept[file] = {
                "hash": now[file],
                "tests": {name: recorded[name] for name in names if name in recorded},
            }
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps(kept), encoding="utf-8")
    tests.items = everything
    return {name: Known(*one) for file in by_file for name, one in kept[file]["tests"].items()}


def chosen(file: str, seed: int, each: int) -> list[tuple[int, Change]]:
    """Which changes of a file are tried. An edit elsewhere in it leaves the choice as it is."""
    found = list(enumerate(changes(ast.parse((ROOT / file).read_text(encoding="utf-8")))))
    order = {n: hashlib.sha256(f"{seed} {one.at(file)}".encode()).digest() for n, one in found}
    return sorted(sorted(found, key=lambda pair: order[pair[0]])[:each], key=lambda pair: pair[0])


def reaching(
    items: list[pytest.Item], calls: dict[str, Known], where: str, most_s: float
) -> tuple[list[pytest.Item], float]:
    """Those of the tests that call a function, the quickest first, up to a time; and how long they take."""
    found = sorted(
        (calls[item.nodeid].seconds, number)
        for number, item in enumerate(items)
        if item.nodeid in calls and where in calls[item.nodeid].called
    )
    taken: list[pytest.Item] = []
    total = 0.0
    for seconds, number in found:
        if taken and total + seconds > most_s:
            break
        taken.append(items[number])
        total += seconds
    return taken, total


class Room(NamedTuple):
    """What of the code is tried with which tests, and how many survivors without a name it may have.

    A room inside another one stands behind it; None of a number: nobody has counted yet.
    """

    sources: list[str]
    tests: list[str]
    survivors: int | None


def try_all(
    tests: Tests,
    of_room: dict[str, Room],
    plan: dict[str, Any],
    arguments: argparse.Namespace,
    folder: Path,
) -> bool:
    """Try the changes of every file; whether no room has more survivors than it may."""
    calls = known(tests, files_of_all(plan), folder, arguments.forget)
    named = {f"{one['file']}: {one['change']}" for one in plan["equivalent"]}
    survivors: dict[tuple[str, ...], int] = {}
    began, tried = time.monotonic(), 0
    for file, room in of_room.items():
        left, equal, count = 0, 0, 0
        mine = [item for item in tests.items if item.nodeid.startswith(tuple(room.tests))]
        here = f"{file}: "
        everywhere = sorted({one for test in calls.values() for one in test.called if one.startswith(here)})
        for number, change in chosen(file, arguments.seed, arguments.each):
            where = f"{file}: {change.function}"
            if where in everywhere:
                items, seconds = reaching(mine, calls, where, arguments.most)
            else:  # a table beside the functions, or nothing that a test calls
                parts = [reaching(mine, calls, one, arguments.most) for one in everywhere]
                items = list({id(item): item for part, _ in parts for item in part}.values())
                seconds = sum(part for _, part in parts)

            def work(items: list[pytest.Item] = items, number: int = number, file: str = file) -> int:
                if not apply(file, number):
                    return NO_EFFECT
                for item, following in zip(items, [*items[1:], None], strict=True):
                    if not tests.run(item, following):
                        return NOTICED
                return SURVIVED

            result = forked(work, 5 + 3 * seconds)
            count += result != NO_EFFECT
            if result == SURVIVED and change.at(file) in named:
                equal += 1
            elif result == SURVIVED:
                left += 1
                print(f"{file}:{change.line}  {change.function}: {change.what}", flush=True)
        tried += count
        survivors[tuple(room.sources)] = survivors.get(tuple(room.sources), 0) + left
        print(f"  {file}: {count} tried, {left} survived, {equal} equivalent", file=sys.stderr, flush=True)
    limits = {tuple(room.sources): room.survivors for room in of_room.values()}
    for sources, found in survivors.items():
        may = "not counted before" if limits[sources] is None else f"{limits[sources]} may"
        print(f"{', '.join(sources)}: {found} survived, {may}")
    print(f"{tried} changes in {time.monotonic() - began:.0f} s", file=sys.stderr)
    numbers = [(found, limits[sources]) for sources, found in survivors.items()]
    return all(most is None or found <= most for found, most in numbers)


def files_of(room: Room) -> list[str]:
    return sorted(
        str(path.relative_to(ROOT))
        for source in room.sources
        for path in ([ROOT / source] if source.endswith(".py") else (ROOT / source).rglob("*.py"))
        if path.name != "__init__.py"
    )


def files_of_all(plan: dict[str, Any]) -> list[str]:
    return sorted({file for room in plan["rooms"] for file in files_of(Room(**room))})


def main() -> None:
    plan = yaml.safe_load(PLAN.read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("only", nargs="*", help="files or folders; without: all that mutants.yaml names")
    parser.add_argument("--seed", type=int, default=plan["seed"])
    parser.add_argument("--each", type=int, default=plan["each"], help="changes tried of each file")
    parser.add_argument("--most", type=float, default=20, help="seconds of tests for one change")
    parser.add_argument("--forget", action="store_true", help="record anew which test calls what")
    arguments = parser.parse_args()
    of_room = {
        file: room
        for room in (Room(**one) for one in plan["rooms"])
        for file in files_of(room)
        if not arguments.only or file.startswith(tuple(arguments.only))
    }
    for file in files_of_all(plan):
        __import__(module_name(file))
    # The same examples every time; what fails is not made smaller, for nobody looks at it.
    hypothesis_settings.register_profile(
        "mutants", deadline=None, database=None, derandomize=True, phases=(Phase.explicit, Phase.generate)
    )
    os.environ["HYPOTHESIS_PROFILE"] = "mutants"
    fine = True
    with tempfile.TemporaryDirectory(prefix="sodien-mutants-") as folder:

        def work(tests: Tests) -> None:
            nonlocal fine
            sys.stdout, sys.stderr = out, err
            fine = try_all(tests, of_room, plan, arguments, Path(folder))

        out, err = sys.stdout, sys.stderr
        words = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:logging", "-m", "not servers"]
        with contextlib.redirect_stdout(io.StringIO()) as said:
            words += [
                f"--basetemp={folder}/tests",
                *sorted({one for r in of_room.values() for one in r.tests}),
            ]
            code = pytest.main(words, plugins=[Tests(work)])
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            raise SystemExit(said.getvalue())
    raise SystemExit(0 if fine else 1)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    main()

"""Brings the translations up to date with the code: make messages, or python packaging/messages.py

Texts are found where code asks for them: in ``tr("…")``; in tables, fields and parameters whose type says
``Text``; in the help of commands and options; in templates as ``_("…")``; and in click. New ones are added
without a translation, those that nothing uses any more go, and one whose English changed keeps its old
translation, marked fuzzy: look at it and take the mark away.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract, extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ("sodien", "firmware", "collector", "page", "config/grafana/source")
LANGUAGE = "vi"
#: How the name of a Jinja template ends.
TEMPLATE = ".j2"
PO = ROOT / "sodien" / "locale" / LANGUAGE / "LC_MESSAGES" / "sodien.po"
HEADER = """\
# Sodien in Vietnamese. How to translate: docs/how-to/translate.md. Its words: docs/reference/words.md
msgid ""
msgstr ""
"Project-Id-Version: sodien\\n"
"Language: vi\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
#: Of click, what a person sees: neither a programmer's mistakes nor what only Windows says.
CLICK = ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types")
_COMMENT = "# Translators:"


@dataclass(frozen=True)
class Found:
    """A text where code asks for it; ``fields`` are the values it is filled with, None where not seen."""

    file: str
    line: int
    text: str
    context: str | None = None
    comment: str = ""
    fields: frozenset[str] | None = None


def sources() -> dict[str, str]:
    """The programs' modules and templates, by path."""
    paths = (
        path
        for folder in PROGRAMS
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".py", TEMPLATE)
    )
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}


def texts(files: Mapping[str, str]) -> list[Found]:
    """Every text of these modules and templates, in the order of files and lines."""
    trees = {file: ast.parse(source) for file, source in _modules(files).items()}
    takers = _takers(trees.values())
    found: list[Found] = []
    for file, source in files.items():
        here = (
            _in_module(file, trees[file], source.splitlines(), takers)
            if file in trees
            else _in_template(file, source)
        )
        found += sorted(here, key=lambda one: one.line)
    return found


def _modules(files: Mapping[str, str]) -> dict[str, str]:
    return {file: source for file, source in files.items() if not file.endswith(TEMPLATE)}


def _in_template(file: str, source: str) -> Iterator[Found]:
    for line, text, _comments, context in extract("jinja2", BytesIO(source.encode()), keywords={"_": None}):
        yield Found(file, line, str(text), context, fields=frozenset())


def unseen(files: Mapping[str, str]) -> list[str]:
    """Calls of ``tr`` with anything but a text itself: right for a name of type Text, wrong otherwise."""
    return [
        f"{file}:{node.lineno}"
        for file, source in _modules(files).items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and _name(node.func) == "tr"
        and not all(isinstance(one, ast.Constant) for one in _leaves(node.args[0]))
    ]


def _in_module(
    file: str, tree: ast.Module, lines: list[str], takers: Mapping[str, dict[str, int]]
) -> Iterator[Found]:
    def found(node: ast.expr, call: ast.Call | None = None) -> Iterator[Found]:
        values = {one.arg: one.value for one in call.keywords} if call is not None else {}
        named = values.pop("context", None)
        context = named.value if isinstance(named, ast.Constant) and isinstance(named.value, str) else None
        for leaf in _leaves(node):
            if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str):
                yield Found(
                    file,
                    leaf.lineno,
                    leaf.value,
                    context,
                    _comment_above(lines, call.lineno if call is not None else leaf.lineno),
                    None if call is None or None in values else frozenset(str(name) for name in values),
                )

    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            for one in _of_type(node.annotation, node.value):
                yield from found(one)
        elif isinstance(node, ast.FunctionDef) and any(_makes_command(one) for one in node.decorator_list):
            if text := ast.get_docstring(node):
                yield Found(file, node.body[0].lineno, text)
        elif isinstance(node, ast.Call):
            name = _name(node.func)
            for field, place in takers.get(name, {}).items():
                if place < len(node.args):
                    yield from found(node.args[place], node if name == "tr" else None)
                for keyword in node.keywords:
                    if keyword.arg == field:
                        yield from found(keyword.value)
            if name in ("option", "command", "group"):
                for keyword in node.keywords:
                    if keyword.arg == "help":
                        yield from found(keyword.value)


def _takers(trees: Iterable[ast.Module]) -> dict[str, dict[str, int]]:
    """Functions and classes that take a ``Text``: name → its parameters, with their places."""
    found: dict[str, dict[str, int]] = {}
    bases: dict[str, str] = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.ClassDef):
            fields = [one for one in node.body if isinstance(one, ast.AnnAssign)]
            named = {_name(one.target): at for at, one in enumerate(fields) if _is_text(one.annotation)}
            if node.bases:
                bases[node.name] = _name(node.bases[0])
        elif isinstance(node, ast.FunctionDef):
            arguments = [*node.args.posonlyargs, *node.args.args]
            named = {one.arg: at for at, one in enumerate(arguments) if _is_text(one.annotation)}
        else:
            continue
        if named:
            found[node.name] = named
    return found | {name: found[base] for name, base in bases.items() if base in found and name not in found}


def _of_type(annotation: ast.expr, value: ast.expr) -> Iterator[ast.expr]:
    """The parts of a value whose type is Text, by its annotation."""
    if _is_text(annotation):
        yield value
    elif isinstance(annotation, ast.Subscript):
        inner = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        if _name(annotation.value) == "Final":
            yield from _of_type(inner[0], value)
        elif isinstance(value, ast.Dict):
            for one in value.values:
                yield from _of_type(inner[-1], one)
        elif isinstance(value, ast.Tuple | ast.List):
            same = len(inner) == 1 or isinstance(inner[-1], ast.Constant)
            for at, one in enumerate(value.elts):
                yield from _of_type(inner[0] if same else inner[at], one)
        else:
            yield from _of_type(inner[-1], value)


def _leaves(node: ast.expr) -> Iterator[ast.expr]:
    """What an expression may be: both branches of ``a if b else c``."""
    if isinstance(node, ast.IfExp):
        yield from _leaves(node.body)
        yield from _leaves(node.orelse)
    else:
        yield node


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _is_text(annotation: ast.expr | None) -> bool:
    return annotation is not None and _name(annotation) == "Text"


def _makes_command(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and _name(decorator.func) in ("command", "group")


def _comment_above(lines: list[str], line: int) -> str:
    """The comment for translators right above a line, "" where there is none."""
    above: list[str] = []
    for text in reversed([one.strip() for one in lines[: line - 1]]):
        if not text.startswith("#"):
            break
        above.insert(0, text.removeprefix("#").strip())
        if text.startswith(_COMMENT):
            return " ".join(above).removeprefix("Translators:").strip()
    return ""


def click_texts(catalog: Catalog) -> None:
    """Adds click's own words. What the installed version does not say is kept: another one may."""
    spec = importlib.util.find_spec("click")
    assert spec is not None
    assert spec.origin is not None
    for module in CLICK:
        path = Path(spec.origin).with_name(f"{module}.py")
        for _, message, *_ in extract_from_file("python", path) if path.exists() else ():
            catalog.add(message, locations=[(f"click/{module}.py", 0)])
    catalog.add("required", locations=[("click/core.py", 0)])  # there it is looked up by a variable


def template(old: Catalog) -> Catalog:
    """What there is to be translated, by file; click comes last."""
    catalog = Catalog(locale=LANGUAGE, charset="utf-8")
    for one in texts(sources()):
        catalog.add(
            one.text,
            context=one.context,
            locations=[(one.file, 0)],
            auto_comments=[one.comment] if one.comment else [],
        )
    click_texts(catalog)
    for message in old:
        if message.id and all(file.startswith("click/") for file, _ in message.locations):
            catalog.add(message.id, context=message.context, locations=message.locations)
    return catalog


def read() -> Catalog:
    """The catalogue as it is."""
    with PO.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def update() -> Catalog:
    """The catalogue as it should be."""
    catalog = read()
    catalog.update(template(catalog))
    for message in catalog:
        message.flags -= {"python-format", "python-brace-format"}
    return catalog


def to_do(catalog: Catalog) -> list[Message]:
    """What has no translation yet, or one that was for another text."""
    return [
        one
        for one in catalog
        if one.id
        and (one.fuzzy or not all([one.string] if isinstance(one.string, str) else one.string or [""]))
    ]


def save(catalog: Catalog) -> None:
    """Write it the same way every time, whatever version Babel is: no dates, no line numbers."""
    with PO.open("wb") as file:
        file.write(HEADER.encode())
        write_po(
            file,
            catalog,
            width=0,
            omit_header=True,
            ignore_obsolete=True,
            include_previous=False,
            include_lineno=False,
        )


def main() -> None:
    """Update the catalogue and say what is left to do."""
    catalog = update()
    save(catalog)
    left = to_do(catalog)
    for one in left:
        print(f"{one.locations[0][0]}: {'look at' if one.fuzzy else 'translate'}: {one.id}")
    print(f"{len(catalog)} texts, {len(left)} to do in {PO.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()

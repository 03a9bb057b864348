"""YAML into frozen structs, with one sentence for whatever is wrong: file, line, key, remedy.

A struct's fields carry a rule each, ``Annotated[int, Number(...)]``; a field that is itself a struct is a
group of keys, one that is a tuple of structs a list of groups. Keys a struct does not have are refused.

The text is composed, not constructed: a rule judges what the person wrote, not what YAML 1.1 makes of it
(``17:30`` would be 1050, ``010`` eight, ``no`` false), tags have no effect, and aliases cannot grow.

yaml is imported when something is read, not with this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from sodien.errors import SodienError
from sodien.files import acting_as_caller, open_file, user_name
from sodien.i18n import tr
from sodien.value_rules import Each, Rule, Scalar, Wrong, nearest, one_line, show

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, Node

T = TypeVar("T", bound=msgspec.Struct)

#: More than a settings file can sensibly hold; stops a device or a data file named by mistake.
MAX_BYTES = 1 << 20
_CORE = "tag:yaml.org,2002:"
_SCALARS = {_CORE + name for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value")}


class SettingsError(SodienError):
    """The settings cannot be used: one sentence naming the file, the line, the key and the remedy."""


def read_text(file: Path, missing: str, *, as_caller: bool = True) -> str:
    """The text of a UTF-8 file, with or without byte order mark.

    ``as_caller``: whoever calls may read it, also where the service's user may not.

    Raises:
        SettingsError: it cannot be read; ``missing`` is the remedy when it does not exist.
    """
    name = one_line(file)
    try:
        with acting_as_caller() if as_caller else nullcontext(), open_file(file) as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise SettingsError(tr("{path} does not exist; {remedy}.", path=name, remedy=missing)) from None
    except IsADirectoryError:
        raise SettingsError(tr("{path} is a folder; name the file inside it.", path=name)) from None
    except PermissionError:
        raise SettingsError(
            tr(
                "{path} may not be read by the user {user}; give it read permission (ls -l shows who has "
                "it).",
                path=name,
                user=user_name(),
            )
        ) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise SettingsError(
            tr("{path} cannot be read ({why}); {remedy}.", path=name, why=one_line(why), remedy=missing)
        ) from None
    if len(data) > MAX_BYTES:
        raise SettingsError(
            tr(
                "{path} is larger than 1 MiB, too large to be the right file; {remedy}.",
                path=name,
                remedy=missing,
            )
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise at_line(name, line, tr("this is not UTF-8"), tr("save the file as UTF-8")) from None


def at_line(file: str, line: int, what: str, remedy: str) -> SettingsError:
    """``<file>, line <n>: <what>; <remedy>.``"""
    return SettingsError(
        tr("{file}, line {line}: {what}; {remedy}.", file=file, line=line, what=what, remedy=remedy)
    )


class Places:
    """The line of every key that was read, for sentences about it."""

    def __init__(self, file: Path) -> None:
        self._file = one_line(file)
        self._lines: dict[str, int] = {}

    def __contains__(self, key: str) -> bool:
        """Whether ``key`` was written."""
        return key in self._lines

    def note(self, key: str, node: Node) -> None:
        """Remember where ``key`` stands."""
        self._lines[key] = node.start_mark.line + 1

    def error(self, key: str, what: str, remedy: str) -> SettingsError:
        """``<file>, line <n>: <key> <what>; <remedy>.`` A key that was not written takes its group's line."""
        at = key
        while at and at not in self._lines:
            at = re.sub(r"(?:\A|\.)[^.\[\]]+\Z|\[\d+\]\Z", "", at)
        return self.error_at(self._lines.get(at, 1), f"{key} {what}".strip(), remedy)

    def error_at(self, line: int, what: str, remedy: str) -> SettingsError:
        """The same for a line without a key."""
        return at_line(self._file, line, what, remedy)


def read(
    text: str, cls: type[T], file: Path, secrets: Mapping[str, str], *, example: str | None = None
) -> tuple[T, Places]:
    """The struct that ``text`` describes, and where its keys stand.

    ``file`` is named in errors, and its folder is where relative paths start. ``secrets`` are keys that
    would hold a secret, and the key of the same group that names a file instead. ``example`` is the file to
    start from, for sentences.

    Raises:
        SettingsError: the text is not YAML or does not fit ``cls``. No value under a key that may hold a
            secret is ever in the sentence.
    """
    places = Places(file)
    example = example or tr("the commented example, config/sodien.yaml of the project")
    node = _compose(text, places, example)
    if node is None or _is_empty(node):
        raise SettingsError(
            tr("{path} is empty; start from {example}.", path=one_line(file), example=example)
        )
    places.note("", node)
    return _Reader(cls, places, file.absolute().parent, secrets).group(cls, node, ""), places


def _compose(text: str, places: Places, example: str) -> Node | None:
    import yaml

    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise places.error_at(
            line,
            tr("there is a character that YAML does not allow"),
            tr("delete it and write the line again"),
        ) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # The parser quotes names of anchors and tags, and an unquoted password may look like one.
        problem = re.sub(r"'([^']*)'", _redacted, one_line(error.problem or error.context or "syntax"))
        remedy = tr("check the indentation, and quote text that begins with a sign or holds ': ' or ' #'")
        if "'\\t'" in problem:
            problem, remedy = tr("a tab stands where YAML wants spaces"), tr("replace tabs by spaces")
        elif "another document" in problem:
            problem, remedy = tr("a second document begins here"), tr("keep one and remove the line ---")
        elif "occurrence" in problem:
            problem = tr("the same &name is given twice")
        line = mark.line + 1 if mark else 1
        raise places.error_at(line, tr("this is not YAML ({problem})", problem=problem), remedy) from None
    except (RecursionError, ValueError, OverflowError, yaml.YAMLError):
        raise places.error_at(
            1,
            tr("this is not a settings file (nested too deeply, or an escape or number that cannot be)"),
            tr("start from {example}", example=example),
        ) from None


def _redacted(quoted: re.Match[str]) -> str:
    """Single characters, escapes and the parser's own <words> stay; what the person wrote goes."""
    return quoted[0] if len(quoted[1]) < 2 or quoted[1][0] in "<\\" else "'…'"


def _unwrap(hint: Any) -> tuple[Any, Rule | None, bool]:
    """A field's type without Annotated and None, its rule, and whether None is allowed."""
    rule = None
    if get_origin(hint) is Annotated:
        hint, rule = get_args(hint)[:2]
    options = [option for option in get_args(hint) if option is not type(None)]
    optional = type(None) in get_args(hint)
    return (options[0] if optional and len(options) == 1 else hint), rule, optional


def _is_empty(node: Node) -> bool:
    """Whether nothing (or null, or ~) was written."""
    return node.tag == _CORE + "null" and isinstance(node.value, str)


def _is_group(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, msgspec.Struct)


def keys(cls: type[msgspec.Struct], prefix: str = "") -> Iterator[str]:
    """Every key of a struct and its groups, e.g. ``mqtt.tls.ca``, ``meters[].pin``."""
    for name, hint in get_type_hints(cls, include_extras=True).items():
        inner, rule, _optional = _unwrap(hint)
        if _is_group(inner):
            yield from keys(inner, f"{prefix}{name}.")
        elif rule is None and get_origin(inner) is tuple:
            yield from keys(get_args(inner)[0], f"{prefix}{name}[].")
        else:
            yield prefix + name


class _Reader:
    def __init__(
        self, root: type[msgspec.Struct], places: Places, folder: Path, secrets: Mapping[str, str]
    ) -> None:
        self._root = root
        self._places = places
        self._folder = folder
        self._secrets = secrets

    def group(self, cls: type[T], node: Node, key: str) -> T:
        """One group of keys."""
        from yaml.nodes import MappingNode

        hints = get_type_hints(cls, include_extras=True)
        if _is_empty(node):
            # All keys commented out: the group is there, and empty.
            node = MappingNode(_CORE + "map", [], node.start_mark, node.end_mark)
        if not isinstance(node, MappingNode) or node.tag != _CORE + "map":
            raise self._places.error(
                key or tr("the file"),
                tr("is {kind}, not a group of keys", kind=_kind(node)),
                tr("write its keys, each with a colon ({keys})", keys=", ".join(hints)),
            )
        required = [field.name for field in msgspec.structs.fields(cls) if field.required]
        values = {
            name: self._value(hints[name], child, join(key, name), name in required)
            for name, child in self._children(node, key, list(hints)).items()
        }
        for name in required:
            if name not in values:
                _inner, rule, _optional = _unwrap(hints[name])
                remedy = rule.remedy if rule else tr("write at least one entry, beginning with '- '")
                raise self._places.error(join(key, name), tr("is missing"), remedy)
        return cls(**values)

    def _children(self, node: MappingNode, key: str, names: list[str]) -> dict[str, Node]:
        from yaml.nodes import ScalarNode

        children: dict[str, Node] = {}
        for name_node, child in node.value:
            line = name_node.start_mark.line + 1
            where = key or tr("the top level")
            if not isinstance(name_node, ScalarNode):
                raise self._places.error_at(
                    line,
                    tr("{where} has a list or group as a key", where=where),
                    tr("write one word before each colon"),
                )
            name = name_node.value
            if name in children:
                raise self._places.error_at(
                    line, tr("{key} is written twice", key=join(key, name)), tr("keep one of the two lines")
                )
            if name not in names:
                raise self._unknown(line, key, name, names)
            self._places.note(join(key, name), name_node)
            children[name] = child
        return children

    def _unknown(self, line: int, key: str, name: str, names: list[str]) -> SettingsError:
        file_key = self._secrets.get(name.lower())
        if file_key is not None:
            homes = [join(key, file_key)] if file_key in names else self._homes(file_key)
            return self._places.error_at(
                line,
                tr("{key} would put a secret into this file", key=join(key, name)),
                tr("write it into a file of its own and name that file with {keys}", keys=_either(homes)),
            )
        meant = nearest(name, names)
        if homes := self._homes(name):
            remedy = tr("write it as {keys}", keys=_either(homes))
        elif meant:
            remedy = tr("write {key} if that is meant", key=join(key, meant))
        else:
            remedy = tr("remove it, or write one of {keys}", keys=", ".join(names))
        where = key or tr("the top level")
        return self._places.error_at(
            line, tr("{where} has no key {name}", where=where, name=show(name)), remedy
        )

    def _homes(self, name: str) -> list[str]:
        return [key for key in keys(self._root) if key.rpartition(".")[2] == name]

    def _value(self, hint: Any, node: Node, key: str, required: bool) -> Any:
        from yaml.nodes import ScalarNode, SequenceNode

        inner, rule, optional = _unwrap(hint)
        empty = _is_empty(node)
        if empty and optional:
            return None
        if rule is not None:
            if isinstance(rule, Each) and isinstance(node, SequenceNode) and node.tag == _CORE + "seq":
                places = [f"{key}[{index}]" for index in range(len(node.value))]
                for place, item in zip(places, node.value, strict=True):
                    self._places.note(place, item)
                items = (
                    self._value(Annotated[Any, rule.rule], item, place, True)
                    for place, item in zip(places, node.value, strict=True)
                )
                return tuple(items)
            if empty:
                remedy = rule.remedy
                if not required:
                    remedy = tr("{remedy}, or remove the line for the default", remedy=remedy)
                raise self._places.error(key, tr("is empty"), remedy)
            if not isinstance(node, ScalarNode) or node.tag not in _SCALARS:
                what = tr("is {kind}, not a single value", kind=_kind(node))
                raise self._places.error(key, what, rule.remedy)
            try:
                return rule.parse(Scalar(node.value, node.style is not None, self._folder))
            except Wrong as wrong:
                raise self._places.error(key, wrong.what, wrong.remedy or rule.remedy) from None
        if _is_group(inner):
            return self.group(inner, node, key)
        if not isinstance(node, SequenceNode) or not node.value:
            none = empty or isinstance(node, SequenceNode)
            what = tr("is empty") if none else tr("is {kind}, not a list", kind=_kind(node))
            raise self._places.error(key, what, tr("write at least one entry, beginning with '- '"))
        for index, item in enumerate(node.value):
            self._places.note(f"{key}[{index}]", item)
        (item_type, _) = get_args(inner)
        return tuple(self.group(item_type, item, f"{key}[{i}]") for i, item in enumerate(node.value))


def _either(keys: list[str]) -> str:
    """``a``, ``a or b``, ``a or b or c``."""
    return f" {tr('or')} ".join(keys)


def _kind(node: Node) -> str:
    from yaml.nodes import MappingNode, SequenceNode

    if node.tag not in {*_SCALARS, _CORE + "map", _CORE + "seq"}:
        return tr("marked with a YAML tag (!)")
    if isinstance(node, MappingNode):
        return tr("a group of keys")
    if isinstance(node, SequenceNode):
        return tr("a list")
    return tr("empty") if _is_empty(node) else tr("a single value")


def join(key: str, name: str) -> str:
    """``key.name``, or the name alone at the top; on one line and not too long, whatever was written."""
    short = name if name.isprintable() and len(name) <= 40 else show(name)
    return f"{key}.{short}" if key else short

"""A .po becomes a .mo that gettext reads: what Babel would make of it, and never an old one."""

from __future__ import annotations

import gettext
import io
import os
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from hypothesis import given
from hypothesis import strategies as st

from sodien import catalogue
from sodien.i18n import LOCALE

PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "on"\nmsgstr "{}"\n'
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t\"\\'"), min_size=1)


def known(mo: bytes) -> dict[object, str]:
    """What gettext knows by a .mo; the header apart, which Babel dates."""
    catalog: dict[object, str] = gettext.GNUTranslations(io.BytesIO(mo))._catalog  # type: ignore[attr-defined]
    return {key: text for key, text in catalog.items() if key != ""}


def babels(po: bytes) -> bytes:
    made = io.BytesIO()
    write_mo(made, read_po(io.BytesIO(po), locale="vi"))
    return made.getvalue()


def test_the_catalogue_is_read_as_babel_reads_it() -> None:
    for po in LOCALE.rglob("*.po"):
        assert known(catalogue.compiled(po.read_text(encoding="utf-8"))) == known(babels(po.read_bytes()))


@given(
    entries=st.dictionaries(
        st.tuples(st.none() | st.sampled_from(["one", "other"]), TEXT),
        st.tuples(st.none() | TEXT, st.just("") | TEXT, st.booleans()),
    ),
    width=st.sampled_from([0, 40]),
)
def test_any_catalogue_is_read_as_babel_reads_it(
    entries: dict[tuple[str | None, str], tuple[str | None, str, bool]], width: int
) -> None:
    catalog = Catalog(locale="vi", charset="utf-8", fuzzy=False)
    for (context, text), (plural, translated, fuzzy) in entries.items():
        flags = ["fuzzy"] if fuzzy else []
        if plural is None:
            catalog.add(text, translated, context=context, flags=flags)
        else:
            # An untranslated plural is English anyway; Babel writes that down.
            catalog.add((text, plural), (translated or "x",), context=context, flags=flags)
    written = io.BytesIO()
    write_po(written, catalog, width=width)
    po = written.getvalue()
    assert known(catalogue.compiled(po.decode())) == known(babels(po))


def test_a_changed_catalogue_is_compiled_anew(tmp_path: Path) -> None:
    po = tmp_path / "sodien.po"
    for text in ("bật", "mở"):  # the second as fast as can be
        po.write_text(PO.format(text), encoding="utf-8")
        assert catalogue.load(po).gettext("on") == text
    os.utime(po, ns=(1, 1))  # an older file is another file too
    po.write_text(PO.format("cũ"), encoding="utf-8")
    os.utime(po, ns=(1, 1))
    assert catalogue.load(po).gettext("on") == "cũ"


def test_what_is_up_to_date_is_not_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    po = tmp_path / "sodien.po"
    po.write_text(PO.format("bật"), encoding="utf-8")
    catalogue.load(po)
    monkeypatch.setattr(catalogue, "compiled", lambda _po: pytest.fail("compiled again"))
    assert catalogue.load(po).gettext("on") == "bật"


def test_texts_are_right_where_nothing_may_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    po = tmp_path / "sodien.po"
    po.write_text(PO.format("bật"), encoding="utf-8")
    monkeypatch.setattr(Path, "write_bytes", refused)
    assert catalogue.load(po).gettext("on") == "bật"
    assert [path.name for path in tmp_path.iterdir()] == ["sodien.po"]

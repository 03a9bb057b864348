"""Pictures beside the ledger: of a dial, of a notice. Each is copied under its hash, which its entry has."""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path

from sodien.errors import SodienError
from sodien.files import open_file, replacing
from sodien.i18n import tr
from sodien.ledger.bodies import Picture
from sodien.ledger.store import Ledger

#: Bytes of a picture; those of telephones have a third of it.
MOST_PICTURE_B = 50_000_000


def kept(file: Path, ledger: Ledger, *, keep: bool) -> Picture:
    """What an entry says of a picture; the file is copied to ``photos`` beside the ledger if ``keep``.

    Raises SodienError where it cannot be read or copied.
    """
    try:
        with open_file(file) as stream:
            data = stream.read(MOST_PICTURE_B + 1)
        if len(data) > MOST_PICTURE_B:
            raise OSError(errno.EFBIG, tr("more than {most} MB", most=MOST_PICTURE_B // 1_000_000), str(file))
        digest = hashlib.sha256(data).hexdigest()
        copy = ledger.path.parent / "photos" / f"{digest[:16]}{file.suffix.lower()}"
        if keep and not copy.exists():
            copy.parent.mkdir(exist_ok=True)
            with replacing(copy, as_caller=False) as stream:
                stream.write(data)
    except OSError as error:
        raise SodienError(
            tr(
                "{path}: the picture cannot be kept ({reason}); choose another --photo or leave it out.",
                path=error.filename or file,
                reason=error.strerror or error,
            )
        ) from None
    return Picture(path=str(file.absolute()), sha256=digest, copy=f"{copy.parent.name}/{copy.name}")

"""Files that survive a power cut or another program: replaced whole, synced, locked.

Root that works in a folder of the service's user acts as that user: whatever it finds or makes there could be
a link to a file of root's, put there by whoever has taken the service over.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from sodien.errors import SodienError
from sodien.i18n import tr


def shipped(name: str) -> Path:
    """A file or folder that comes beside the code, by its path in a clone; a wheel has it below ``data``."""
    here = Path(__file__).parent
    inside = here / "data"
    return (inside if inside.is_dir() else here.parent) / name


@contextmanager
def acting_as_owner(folder: Path) -> Iterator[None]:
    """What is made in the folder meanwhile is of use to whoever the folder is for.

    Root in a folder of somebody else acts as its owner. In a folder that a group shares (set-group-ID,
    and the group may write), new files are the group's to read and write, whoever makes them.
    """
    try:
        found = folder.stat()
    except OSError:
        yield
        return
    with _umask_of(found), _as_owner(folder, found):
        yield


@contextmanager
def _umask_of(folder: os.stat_result) -> Iterator[None]:
    shared = stat.S_ISGID | stat.S_IWGRP
    if folder.st_mode & shared != shared:
        yield
        return
    before = os.umask(0o007)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _as_owner(folder: Path, owner: os.stat_result) -> Iterator[None]:
    if os.geteuid() != 0 or owner.st_uid == 0:
        yield
        return
    groups = os.getgroups()
    try:
        os.setgroups(_groups_of(owner.st_uid, owner.st_gid))
        os.setegid(owner.st_gid)
        os.seteuid(owner.st_uid)
        yield
    except (ImportError, LookupError) as error:
        if isinstance(error, LookupError) and "unknown encoding" not in str(error):
            raise
        raise SodienError(
            tr(
                "{path} is another user's, who may not read this program; install it (sudo make install), "
                "or call it as that user.",
                path=folder,
            )
        ) from None
    finally:
        os.seteuid(0)
        os.setegid(os.getgid())
        os.setgroups(groups)


@contextmanager
def acting_as_caller() -> Iterator[None]:
    """Inside :func:`acting_as_owner`: be root again for a file that the person who calls has named."""
    user, group = os.geteuid(), os.getegid()
    if os.getuid() != 0 or user == 0:
        yield
        return
    try:
        os.seteuid(0)
        os.setegid(os.getgid())
        yield
    finally:
        os.setegid(group)
        os.seteuid(user)


def of_a_child() -> tuple[int | None, int | None]:
    """``user`` and ``group`` for :mod:`subprocess`: a child is not root again where root acts as an owner."""
    return (None, None) if os.getuid() == os.geteuid() else (os.geteuid(), os.getegid())


def user_name() -> str:
    """Who reads and writes now: their name, or number where they have none."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _groups_of(user: int, group: int) -> list[int]:
    try:
        return os.getgrouplist(pwd.getpwuid(user).pw_name, group)
    except KeyError:
        return [group]


@contextmanager
def replacing(path: Path, *, as_caller: bool = True) -> Iterator[BinaryIO]:
    """A file to write beside ``path``, which it takes the place of at the end.

    An exception in between leaves what was there, and nothing beside it. ``as_caller``: the path is one that
    the person named (:func:`acting_as_caller`), not one of the ledger's folder.

    Raises:
        SodienError: the path is a device or a folder, which a rename would replace or fail on.
        OSError: the file cannot be written.
    """
    acting = acting_as_caller if as_caller else contextlib.nullcontext
    building = path.with_name(f".{path.name}.new")
    with acting():
        if path.exists() and not path.is_file():
            raise SodienError(tr("{path} is not a file; name another one with -o.", path=path))
        building.unlink(missing_ok=True)  # what a crash left, or a link that leads elsewhere
        file = building.open("xb")
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with acting():
            os.replace(building, path)
    except BaseException:
        with contextlib.suppress(OSError), acting():
            building.unlink()
        raise


def open_file(path: Path) -> BinaryIO:
    """A file to read; no device and no pipe, which may have no end or wait for ever. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if stat.S_ISDIR(os.fstat(handle).st_mode):
        os.close(handle)
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    return _regular(handle, path)


def _regular(handle: int, path: Path) -> BinaryIO:
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, tr("it is a device or a pipe"), str(path))
    return os.fdopen(handle, "rb")


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder survive a power cut. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class LedgerInUseError(SodienError):
    """Another program counts into this ledger."""


def lock_path(ledger: Path) -> Path:
    """The file that is locked; it stays there."""
    return Path(f"{ledger}.lock")


@contextmanager
def only_one(ledger: Path) -> Iterator[None]:
    """Hold the ledger's lock file. A folder that is missing is left to whoever opens the ledger.

    Raises:
        LedgerInUseError: another program holds it.
        SodienError: the lock file cannot be used.
    """
    try:
        # A link is not followed, and what is in the file stays.
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        stream = _regular(os.open(lock_path(ledger), flags, 0o666), lock_path(ledger))
    except FileNotFoundError:
        yield
        return
    except OSError as error:
        raise _unusable(ledger, error) from None
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LedgerInUseError(
                tr("{path}: another 'sodien run' is counting into this ledger; stop it first.", path=ledger)
            ) from None
        except OSError as error:
            raise _unusable(ledger, error) from None
        yield


def read_only(ledger: Path) -> str | None:
    """A sentence where the disk of a ledger can only be read, whoever the file is for; else None."""
    try:
        if not os.statvfs(ledger.parent).f_flag & os.ST_RDONLY:
            return None
    except OSError:
        return None
    return tr(
        "{path}: its disk can only be read now; copy the folder to a sound disk and name the copy in "
        "ledger.path.",
        path=ledger,
    )


def _unusable(ledger: Path, error: OSError) -> SodienError:
    if (sentence := read_only(ledger)) is not None:
        return SodienError(sentence)
    return SodienError(
        tr(
            "{path}: the lock file cannot be used ({error}); let the service's user write in its folder.",
            path=ledger,
            error=error.strerror or error,
        )
    )

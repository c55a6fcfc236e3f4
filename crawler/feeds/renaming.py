"""The step at which staged files take their final names."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler.errors import ArgumentError, PublicationError
from crawler.feeds.appending import append, read_existing
from crawler.feeds.compression import compression_of
from crawler.feeds.staging import StagedFile, Target, check_target, sync_folder

try:
    import fcntl
except ImportError:  # Windows: two runs that append to one file at once are not kept apart
    fcntl = None  # type: ignore[assignment]  # mypy knows it as a module


@dataclass(frozen=True, slots=True)
class Rename:
    """A name that a part is to take, so written that another process can do it.

    Of a file that is appended to, ``rows`` is the part without the old content,
    ``head`` what such a file begins with (as Latin-1), and ``identity`` tells
    whether the old file is still the one that was read; None where there was none.
    """

    path: str
    real: str
    part: str
    format: str
    rows: str | None = None
    head: str = ""
    identity: tuple[int, ...] | None = None
    compressed: bool = False


def renames_of(ready: Sequence[tuple[StagedFile, StagedFile]]) -> tuple[Rename, ...]:
    """Write down the names of (whole file, its rows), the same where nothing is appended to."""
    return tuple(
        Rename(
            path=staged.target.path,
            real=str(staged.target.real),
            part=str(staged.part),
            format=staged.target.format,
            rows=str(rows.part) if staged.target.append else None,
            head=rows.head.decode("latin-1"),
            identity=rows.existing.identity if rows.existing else None,
            compressed=staged.target.compression is not None,
        )
        for staged, rows in ready
    )


def check(ready: Sequence[StagedFile]) -> None:
    """Refuse before the first rename what can be known by then. Raises PublicationError."""
    for staged in ready:
        try:
            check_target(staged.target)
        except ArgumentError as error:
            raise PublicationError(str(error)) from error
        if not staged.part.exists():
            raise PublicationError(f"{staged.target.path!r} was staged, and its part was removed")


def rename(ready: Sequence[StagedFile]) -> None:
    """Give each file its final name, in order, and put the names on the disk.

    Raises PublicationError with the names of the files that are in place.
    """
    done: list[str] = []
    for staged in ready:
        try:
            os.replace(staged.part, staged.target.real)
        except OSError as error:
            raise PublicationError(
                f"{staged.target.path!r} could not be put in place: {error.strerror or error}"
                + (f"; in place are {', '.join(done)}" if done else "")
            ) from error
        done.append(staged.target.path)
    for folder in dict.fromkeys(staged.target.real.parent for staged in ready):
        sync_folder(folder)


def roll_forward(renames: Sequence[Rename]) -> None:
    """Do the renames that another process did not come to. May be repeated.

    Raises PublicationError where one cannot be done; the parts stay.
    """
    with locked([Path(each.real).parent for each in renames if each.rows]):
        for each in renames:
            try:
                if each.rows is not None and Path(each.part).exists():
                    _take_in(each)
                with contextlib.suppress(FileNotFoundError):  # it took its name already
                    os.replace(each.part, each.real)
                if each.rows is not None:
                    Path(each.rows).unlink(missing_ok=True)
            except OSError as error:
                raise PublicationError(
                    f"{each.path!r} could not be put in place: {error.strerror or error}"
                ) from error
    for folder in dict.fromkeys(Path(each.real).parent for each in renames):
        sync_folder(folder)


def _take_in(each: Rename) -> None:
    """Where others appended to the file meanwhile, make the whole anew with what is theirs."""
    compression = compression_of(each.path) if each.compressed else None
    target = Target(each.path, Path(each.real), each.format, True, compression)
    try:
        existing = read_existing(target)
    except ArgumentError as error:
        raise PublicationError(str(error)) from error
    identity = existing.identity if existing else None
    if identity == (tuple(each.identity) if each.identity else None):
        return
    failed: list[Exception] = []
    whole = StagedFile(target, failed.append)
    append(whole, Path(each.rows or each.part), existing, each.head.encode("latin-1"))
    whole.seal()
    if failed:
        whole.remove()
        raise failed[0]
    os.replace(whole.part, each.part)


@contextlib.contextmanager
def locked(folders: Sequence[Path]) -> Iterator[None]:
    """Keep other runs from appending to files in *folders*, where the system can."""
    with contextlib.ExitStack() as stack:
        for folder in sorted(set(folders)) if fcntl is not None else ():
            with contextlib.suppress(OSError):  # a network file system without locks
                descriptor = os.open(folder, os.O_RDONLY)
                stack.callback(os.close, descriptor)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield

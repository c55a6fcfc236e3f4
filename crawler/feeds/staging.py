"""A file that is written beside its final name, counted and hashed on its way to the disk."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import secrets
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.extensions.postprocessing import PostProcessingManager

from crawler.errors import ArgumentError, PublicationError
from crawler.feeds.compression import Compression

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

BUFFER = 1 << 18
MAX_NAME_BYTES = 200  # of the final name in that of its part; most file systems allow 255


@dataclass(frozen=True, slots=True)
class Target:
    """Where a file goes.

    ``path`` is as the user named it, ``real`` the same with links resolved:
    there it is written, so that a link stays one.
    """

    path: str
    real: Path
    format: str
    append: bool = False
    compression: Compression | None = None


@dataclass(frozen=True, slots=True)
class Existing:
    """What a file that is to be appended to holds.

    ``head`` is the beginning of its content, decompressed, b"" where it has
    none; ``ends_line`` is False where a row stands at its end without a
    newline; ``identity`` tells whether the file is still the same.
    """

    head: bytes
    ends_line: bool
    identity: tuple[int, ...]


def target_at(
    path: str,
    *,
    format: str,
    append: bool = False,
    compression: Compression | None = None,
) -> Target:
    """Make the target of a path, links resolved. Raises ArgumentError for what is no path."""
    try:
        real = Path(os.path.realpath(path))
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise ArgumentError(f"{path!r} cannot be a file: {error}") from error
    return Target(path, real, format, append, compression)


class StagedFile(io.RawIOBase):
    """A part: what is written to it is counted and hashed.

    The first error is handed to *on_error*; from then on what is written is
    thrown away, since Scrapy would log each further error and go on. The name
    of the part is new, *part* or one made up here: two runs never share one.
    """

    def __init__(
        self, target: Target, on_error: Callable[[Exception], None], part: Path | None = None
    ) -> None:
        """Create the part, and the folders in which it stands. Raises OSError."""
        super().__init__()
        self.target = target
        self.existing: Existing | None = None
        self.head = b""  # what the whole file begins with, where the part does not
        self.rows: int | None = None
        self.size = 0
        self.sealed = False
        self._on_error = on_error
        self._failed = False
        self._sha256 = hashlib.sha256()
        make_folder(target.real.parent)
        self.part = part or new_part(target.real)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self._fd = os.open(self.part, flags, 0o666)
        _keep_owner_and_mode(target.real, self._fd)

    @property
    def continues(self) -> bool:
        """Whether the rows come after others that are there already."""
        return self.existing is not None and bool(self.existing.head)

    @property
    def sha256(self) -> str:
        """The hash of what was written, in hexadecimal."""
        return self._sha256.hexdigest()

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        view = memoryview(data).cast("B")
        if self._failed or self.closed:
            return len(view)
        try:
            written = os.write(self._fd, view)
        except OSError as error:
            self._fail(error)
            return len(view)
        self.size += written
        self._sha256.update(view[:written])
        return written

    def seal(self) -> None:
        """Put what was written on the disk, and close. Nothing is raised: see *on_error*."""
        if not self._failed:
            try:
                os.fsync(self._fd)
                self.sealed = True
            except OSError as error:
                self._fail(error)
        self.close()

    def remove(self) -> None:
        """Close and remove the part, if it is still there."""
        self.close()
        with contextlib.suppress(OSError):
            self.part.unlink()

    def close(self) -> None:
        if not self.closed:
            with contextlib.suppress(OSError):
                os.close(self._fd)
        super().close()

    def _fail(self, error: OSError) -> None:
        self._failed = True
        self._on_error(cannot_write(self.target.path, error))


def cannot_write(path: str, error: OSError) -> PublicationError:
    """Word an error of the system: which file, and why."""
    problem = PublicationError(f"{path!r} could not be written: {error.strerror or error}")
    problem.__cause__ = error
    return problem


def staged_under(file: object) -> StagedFile | None:
    """Find the part to which a feed's file writes; None where it is another kind of file."""
    if isinstance(file, PostProcessingManager):
        file = file.file
    raw = getattr(file, "raw", None)
    return raw if isinstance(raw, StagedFile) else None


def check_target(target: Target) -> None:
    """Refuse a target that cannot be replaced. Raises ArgumentError, touches nothing."""
    named = target.path
    try:
        mode = target.real.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        _check_folder(target)
        return
    except OSError as error:
        raise ArgumentError(f"{named!r} cannot be a file: {error.strerror or error}") from error
    if stat.S_ISDIR(mode):
        example = os.path.join(named, f"posts.{target.format}")
        raise ArgumentError(f"{named!r} is a folder, expected a file, as in {example}")
    if not stat.S_ISREG(mode):
        raise ArgumentError(f"{named!r} is no regular file; for standard output write -")
    if not os.access(target.real, os.W_OK):
        raise ArgumentError(f"{named!r} is write-protected")
    _check_folder(target)


def _check_folder(target: Target) -> None:
    folder = target.real.parent
    while not os.path.exists(folder):  # of the folder too, where a name above it may not be read
        folder = folder.parent
    if not folder.is_dir():
        raise ArgumentError(f"{target.path!r} cannot be made: {str(folder)!r} is no folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ArgumentError(f"{target.path!r} cannot be made: {str(folder)!r} is not writable")


def new_part(real: Path) -> Path:
    """Make up the name of a part: hidden, in the folder of the final name."""
    name = os.fsencode(real.name)[:MAX_NAME_BYTES].decode("utf-8", "ignore")
    return real.with_name(f".{name}.{secrets.token_hex(8)}.part")


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, such that they outlive a power cut."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _keep_owner_and_mode(real: Path, descriptor: int) -> None:
    """Give a part the owner and the permissions of the file that it will replace."""
    with contextlib.suppress(OSError, AttributeError):  # Windows has neither call
        old = real.stat()
        with contextlib.suppress(PermissionError):  # only root may give files away
            os.fchown(descriptor, old.st_uid, old.st_gid)
        os.fchmod(descriptor, stat.S_IMODE(old.st_mode))

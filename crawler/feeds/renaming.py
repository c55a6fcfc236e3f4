"""The step at which staged files take their final names."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from crawler.errors import ArgumentError, PublicationError
from crawler.feeds.staging import StagedFile, check_target, sync_folder

try:
    import fcntl
except ImportError:  # Windows: two runs that append to one file at once are not kept apart
    fcntl = None  # type: ignore[assignment]


def rename(ready: Sequence[StagedFile]) -> None:
    """Give each file its final name, in order, and put the names on the disk.

    Raises PublicationError before the first rename for all that can be known
    then, and after it with the names of the files that are in place.
    """
    for staged in ready:
        try:
            check_target(staged.target)
        except ArgumentError as error:
            raise PublicationError(str(error)) from error
        if not staged.part.exists():
            raise PublicationError(f"{staged.target.path!r} was staged, and its part was removed")
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

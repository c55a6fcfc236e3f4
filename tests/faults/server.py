"""The sample site behind a script of faults, on a real socket, with an account of the guest.

Every request is kept with its arrival and its end, and each is judged: did it
come while another was in flight, or before the time that a Retry-After named?
"""

from __future__ import annotations

import select
import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cached_property
from threading import Lock, Thread
from urllib.parse import parse_qs, unquote, urlsplit

from crawler.sample.answers import Answer
from crawler.sample.server import SampleHandler, SampleServer
from crawler.sample.site import SampleSite

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST, not FIN
TOLD_TO_WAIT = frozenset({429, 503})


@dataclass(frozen=True)
class Reply:
    """An answer, and how it is delivered.

    ``before`` are seconds of silence ahead of it; ``drip`` is how many bytes come
    at once and the pause after them; ``keep`` is how much of the body is sent
    before the connection ends: by ``reset``, or after ``hold`` seconds of silence.
    With ``mute`` it ends without a word.
    """

    answer: Answer
    before: float = 0
    drip: tuple[int, float] | None = None
    keep: int | None = None
    reset: bool = False
    hold: float = 0
    mute: bool = False


@dataclass(frozen=True)
class Asked:
    """A request as a fault sees it: what was asked, and what the site would say."""

    site: SampleSite
    method: str
    target: str
    headers: Mapping[str, str]

    @cached_property
    def params(self) -> dict[str, str]:
        query = urlsplit(self.target).query
        return {name: values[-1] for name, values in parse_qs(query, True).items()}

    @cached_property
    def route(self) -> str | None:
        """The route of the API, None for what is none of it."""
        path = unquote(urlsplit(self.target).path)
        if "rest_route" in self.params:
            return f"/{self.params['rest_route'].strip('/')}"
        for prefix in ("/wp-json", "/index.php/wp-json"):
            if f"{path}/".startswith(f"{prefix}/"):
                return f"/{path[len(prefix) :].strip('/')}"
        return None

    def answer(self, target: str | None = None) -> Answer:
        """Ask the site itself, for this or another target; the body is not packed."""
        return self.site.respond(self.method, target or self.target, {})


Fault = Callable[[Asked], "Reply | Answer | None"]
"""What answers in the site's place; None where the site is to answer."""


@dataclass
class Visit:
    """A request: when it came and when it was over, by the monotonic clock."""

    target: str
    arrival: float
    connection: socket.socket
    end: float | None = None
    status: int | None = None

    def is_left(self) -> bool:
        """Tell whether the guest has hung up: then this is in flight no more."""
        return is_closed(self.connection)


@dataclass
class Account:
    """How the guest behaved."""

    visits: list[Visit] = field(default_factory=list)
    at_once: list[tuple[str, str]] = field(default_factory=list)  # two targets in flight
    early: list[tuple[str, float]] = field(default_factory=list)  # a target, seconds too early
    closed_until: float = 0  # no request before, by the clock on the wall
    lock: Lock = field(default_factory=Lock)

    def arrive(self, target: str, connection: socket.socket) -> Visit:
        with self.lock:
            for other in self.visits:
                if other.end is None and other.connection is not connection:
                    if other.is_left():
                        other.end = time.monotonic()
                    else:
                        self.at_once.append((other.target, target))
            if (left := self.closed_until - time.time()) > 0:
                self.early.append((target, left))
            visit = Visit(target, time.monotonic(), connection)
            self.visits.append(visit)
            return visit

    def leave(self, visit: Visit, answer: Answer | None) -> None:
        with self.lock:
            visit.end = visit.end or time.monotonic()
            if answer is None:
                return
            visit.status = answer.status
            wait = answer.header("Retry-After")
            if answer.status in TOLD_TO_WAIT and wait is not None:
                self.closed_until = max(self.closed_until, until(wait))

    @property
    def targets(self) -> list[str]:
        return [visit.target for visit in self.visits]

    @property
    def pauses(self) -> list[float]:
        """Seconds between the end of each request and the arrival of the next."""
        ends = [visit.end or visit.arrival for visit in self.visits]
        arrivals = [visit.arrival for visit in self.visits]
        return [after - end for end, after in zip(ends, arrivals[1:], strict=False)]


def until(wait: str) -> float:
    """Read a Retry-After as a moment of the clock on the wall; a broken one holds nobody."""
    if wait.isdecimal():
        return time.time() + int(wait)
    try:
        return parsedate_to_datetime(wait).timestamp()
    except ValueError:
        return 0


def is_closed(connection: socket.socket) -> bool:
    try:
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):  # reset, or closed by us
        return True


class FaultServer(SampleServer):
    """A server of the sample site that *fault* may answer for; ``account`` tells who came."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(("127.0.0.1", 0), None)
        self.RequestHandlerClass = FaultHandler
        self.fault = fault
        self.account = Account()

    def reply(self, asked: Asked) -> Reply:
        found = self.fault(asked)
        if found is None:
            found = self.site.respond(asked.method, asked.target, asked.headers)
        return found if isinstance(found, Reply) else Reply(found)


class FaultHandler(SampleHandler):
    """One connection; answers as slowly, as partly and as wrongly as the reply says."""

    server: FaultServer

    def do_GET(self) -> None:
        account = self.server.account
        visit = account.arrive(self.path, self.connection)
        asked = Asked(self.server.site, self.command, self.path, self.headers)
        try:
            reply = self.server.reply(asked)
            self._deliver(reply, visit)
        except ConnectionError:  # the guest has hung up, or is hung up on
            account.leave(visit, None)
            self.close_connection = True

    do_HEAD = do_GET

    def _deliver(self, reply: Reply, visit: Visit) -> None:
        answer = reply.answer
        self._wait(reply.before)
        if reply.mute:
            raise ConnectionResetError
        data = self._head(answer)
        body = answer.body if reply.keep is None else answer.body[: reply.keep]
        size, pause = reply.drip or (len(body), 0.0)
        pieces = [body[at : at + size] for at in range(0, len(body), max(1, size))]
        for piece in pieces[:-1]:
            self.connection.sendall(data + piece)
            data = b""
            self._wait(pause)
        data += pieces[-1] if pieces else b""
        if reply.hold:
            self.connection.sendall(data)
            self._wait(reply.hold)
            data = b""
        # Noted before the last byte is out: who has it may come again at once.
        self.connection.sendall(data[:-1])
        self.server.account.leave(visit, answer)
        self.connection.sendall(data[-1:])
        if reply.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self.connection.close()
        last = (answer.header("Connection") or "").lower() == "close"
        self.close_connection = last or reply.keep is not None

    def _wait(self, seconds: float) -> None:
        """Be silent, as long as the guest listens."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            select.select([self.connection], [], [], left)
            if is_closed(self.connection):
                raise ConnectionResetError

    def finish(self) -> None:
        """Flush what is left, unless the connection is gone."""
        if self.connection.fileno() != -1:
            super().finish()


@contextmanager
def serve_faults(fault: Fault) -> Iterator[FaultServer]:
    """Serve the sample site under *fault* while the block runs, on a free port."""
    server = FaultServer(fault)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join()

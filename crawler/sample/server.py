"""The sample site on a socket: real HTTP/1.1 with connections kept open, on loopback."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from socketserver import TCPServer
from threading import Lock, Thread
from typing import Any, NamedTuple

from crawler.sample.answers import Answer
from crawler.sample.site import Responder, SampleSite


class Seen(NamedTuple):
    """A request that came in: when, by the monotonic clock, and its request line."""

    time: float
    method: str
    target: str


class SampleServer(ThreadingHTTPServer):
    """A server of the sample site; ``site`` may be changed, ``requests`` tells what was asked.

    ``in_flight_peak`` is the largest number of requests that were answered at one time;
    a request is in flight until its answer is ready to be written.
    """

    daemon_threads = False  # closing waits for them: none outlives the server
    block_on_close = True
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], wrap: Callable[[SampleSite], Responder] | None
    ) -> None:
        super().__init__(address, SampleHandler)
        host, port = self.socket.getsockname()[:2]
        self.url = f"http://{host}:{port}/"
        self.site = SampleSite(self.url)
        self.responder = wrap(self.site) if wrap else self.site
        self.requests: list[Seen] = []
        self.in_flight_peak = 0
        self._in_flight = 0
        self._connections: set[socket] = set()
        self._lock = Lock()

    def get_request(self) -> tuple[socket, Any]:
        connection, address = super().get_request()
        with self._lock:
            self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def server_bind(self) -> None:
        """Bind without asking the name service who we are, as http.server would."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing where a client hung up; else what Python says."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def respond(self, method: str, target: str, headers: Any) -> Answer:
        """Answer a request, and keep account of it."""
        with self._lock:
            self.requests.append(Seen(time.monotonic(), method, target))
            self._in_flight += 1
            self.in_flight_peak = max(self.in_flight_peak, self._in_flight)
        try:
            return self.responder.respond(method, target, headers)
        finally:
            with self._lock:
                self._in_flight -= 1

    def close(self) -> None:
        """Stop listening, hang up on whoever is connected, and wait for the threads."""
        self.shutdown()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(SHUT_RDWR)
        self.server_close()


class SampleHandler(BaseHTTPRequestHandler):
    """One connection: request after request until either side hangs up."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: SampleServer

    def do_GET(self) -> None:
        if length := self.headers.get("Content-Length"):
            self.rfile.read(int(length))
        try:
            answer = self.server.respond(self.command, self.path, self.headers)
        except ConnectionError:  # what a layer raises to hang up without a word
            self.close_connection = True
            return
        if (answer.header("Connection") or "").lower() == "close":
            self.close_connection = True
        self.wfile.write(self._head(answer) + answer.body)

    do_HEAD = do_OPTIONS = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def _head(self, answer: Answer) -> bytes:
        """Write the status line and the headers; what the answer sets itself is left as it is."""
        headers = [("Date", formatdate(usegmt=True)), *answer.headers]
        if self.command != "HEAD" and answer.header("Content-Length") is None:
            headers.append(("Content-Length", str(len(answer.body))))
        lines = [f"HTTP/1.1 {answer.status} {answer.reason}"]
        lines += [f"{name}: {value}" for name, value in headers]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: ``requests`` tells it all."""


@contextmanager
def serve(
    port: int = 0,
    host: str = "127.0.0.1",
    *,
    wrap: Callable[[SampleSite], Responder] | None = None,
) -> Iterator[SampleServer]:
    """Serve the sample site while the block runs; port 0 takes one that is free.

    *wrap* lays something over the site that answers in its place. It may raise
    ConnectionError to hang up, and send its own Content-Length and Connection.
    """
    server = SampleServer((host, port), wrap)
    thread = Thread(
        target=server.serve_forever,
        kwargs={"poll_interval": 0.05},
        name="sample-site",
        daemon=True,
    )
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join()

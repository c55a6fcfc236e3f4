"""Serves a made-up site on loopback, each answer computed once.

    python -m benchmarks.server --posts 10000

It prints its address when it is ready. Only the client is to be measured, so an answer
is kept by method, address and encoding, and from the second round on costs a look-up. The runner
asks ``/_bench/reset`` before a run and ``/_bench/counts`` after it.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import re
import signal
import socket
from collections import Counter
from http import HTTPStatus

from benchmarks.generate import POSTS, SEED, generate_posts
from benchmarks.site import Answer, Site

HEAD_LIMIT = 64 * 1024
"""Bytes of a request line and headers; more is no request of ours."""

COMPRESSED_FROM = 256
"""Bytes below which a body is sent as it is."""


class Counts:
    """What was asked since the last reset."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.bytes = 0
        self.computed = 0

    def report(self) -> bytes:
        """Return the counts as JSON; ``computed`` answers were not yet known."""
        return json.dumps(
            {
                "requests": sum(self.requests.values()),
                "bytes": self.bytes,
                "computed": self.computed,
                "by_path": dict(sorted(self.requests.items())),
            }
        ).encode()


class Responder:
    """Turns the head of a request into the bytes of a response."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.counts = Counts()
        self.known: dict[tuple[str, str, bool], bytes] = {}

    def respond(self, method: str, target: str, *, compress: bool) -> bytes:
        """Return the response to *method* *target*; GET and HEAD are known."""
        path, _, query = target.partition("?")
        if path.startswith("/_bench/"):
            return self._control(path)
        key = (method, target, compress)
        response = self.known.get(key)
        if response is None:
            self.counts.computed += 1
            response = self.known[key] = self._compute(method, path, query, compress)
        self.counts.requests[path] += 1
        self.counts.bytes += len(response)
        return response

    def _control(self, path: str) -> bytes:
        report = self.counts.report()
        if path == "/_bench/reset":
            self.counts = Counts()
        return serialize("GET", Answer(200, report), compress=False)

    def _compute(self, method: str, path: str, query: str, compress: bool) -> bytes:
        if method not in ("GET", "HEAD"):
            return serialize(method, Answer(405, b"[]", {"Allow": "GET"}), compress=False)
        return serialize(method, self.site.answer(path, query), compress=compress)


def serialize(method: str, answer: Answer, *, compress: bool) -> bytes:
    r"""Write *answer* as HTTP/1.1, its body gzipped where that is wished and worth it.

    >>> serialize("HEAD", Answer(404, b"gone", content_type="text/plain"), compress=True)
    b'HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\n'
    """
    headers = {"Content-Type": answer.content_type, **answer.headers}
    body = answer.body
    if compress and len(body) >= COMPRESSED_FROM:
        body = gzip.compress(body, 6, mtime=0)
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    headers["Content-Length"] = str(len(body))
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    head = "\r\n".join(lines) + "\r\n\r\n"
    return head.encode("latin-1") + (b"" if method == "HEAD" else body)


class Connection(asyncio.Protocol):
    """One connection, kept alive; requests are answered in the order they come."""

    def __init__(self, responder: Responder) -> None:
        self.responder = responder
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while not self.transport.is_closing():
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            if not found:
                if len(head) > HEAD_LIMIT:
                    self.transport.close()
                return
            self.buffer = rest
            self._answer(head.decode("latin-1"))

    def _answer(self, head: str) -> None:
        line, _, headers = head.partition("\r\n")
        method, _, rest = line.partition(" ")
        target = rest.rpartition(" ")[0]
        lower = headers.lower()
        accepted = re.search(r"^accept-encoding:(.*)$", lower, re.MULTILINE)
        compress = accepted is not None and "gzip" in accepted[1]
        self.transport.write(self.responder.respond(method, target, compress=compress))
        if re.search(r"^connection:\s*close", lower, re.MULTILINE):
            self.transport.close()


async def serve(responder: Responder, listener: socket.socket) -> None:
    """Answer on *listener* until SIGTERM or SIGINT comes."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = await loop.create_server(lambda: Connection(responder), sock=listener)
    print(responder.site.home, flush=True)
    await stopped.wait()
    server.close()


def main(arguments: list[str] | None = None) -> None:
    """Bind, make the posts, print the address, serve."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.server", description=__doc__)
    parser.add_argument("--posts", type=int, default=POSTS)
    parser.add_argument("--exact", type=int, default=0, help="how many are exact copies")
    parser.add_argument("--near", type=int, default=0, help="how many are near copies")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--ignore-fields", action="store_true", help="_fields has no effect")
    given = parser.parse_args(arguments)
    with socket.create_server(("127.0.0.1", given.port)) as listener:
        home = f"http://127.0.0.1:{listener.getsockname()[1]}"
        posts = list(
            generate_posts(
                given.posts, exact=given.exact, near=given.near, seed=given.seed, home=home
            )
        )
        site = Site(home, posts, ignore_fields=given.ignore_fields)
        asyncio.run(serve(Responder(site), listener))


if __name__ == "__main__":
    main()

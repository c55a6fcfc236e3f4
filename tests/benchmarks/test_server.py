"""The benchmark's server on a real socket."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from benchmarks.measure import Server, serving

POSTS = 120
PAGE = "/wp-json/wp/v2/posts?per_page=100&page="


@pytest.fixture(scope="module")
def started() -> Iterator[Server]:
    with serving(POSTS) as server:
        yield server


@pytest.fixture
def server(started: Server) -> Server:
    started.control("reset")
    return started


@pytest.fixture
def connection(server: Server) -> Iterator[http.client.HTTPConnection]:
    opened = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    yield opened
    opened.close()


def get(connection: http.client.HTTPConnection, path: str, **headers: str):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers=named)
    response = connection.getresponse()
    return response, response.read()


def test_one_connection(connection):
    """Many requests go over one connection, and the second page holds the rest."""
    _, first = get(connection, PAGE + "1")
    kept = connection.sock
    response, second = get(connection, PAGE + "2")

    assert connection.sock is kept
    assert len(json.loads(first)) == 100
    assert len(json.loads(second)) == POSTS - 100
    assert response.getheader("X-WP-Total") == str(POSTS)


def test_gzip_when_asked(connection):
    """Gzip comes to those who ask for it, and holds the same bytes."""
    plain, body = get(connection, PAGE + "1", Accept_Encoding="identity")
    packed, squeezed = get(connection, PAGE + "1", Accept_Encoding="gzip, deflate")

    assert plain.getheader("Content-Encoding") is None
    assert packed.getheader("Content-Encoding") == "gzip"
    assert gzip.decompress(squeezed) == body
    assert len(squeezed) < len(body) / 3


def test_links_lead_back(connection, server):
    """What the records link to lies on the address that was asked."""
    _, body = get(connection, PAGE + "1")

    for record in json.loads(body):
        assert record["link"].startswith(server.url + "/")
        assert record["_links"]["self"][0]["href"].startswith(server.url + "/wp-json/")


def test_known_answers(connection, server):
    """An answer is computed once; the counts say how many were asked and how many computed."""
    for path in ("/wp-json/wp/v2/tags?per_page=7", "/robots.txt"):
        get(connection, path)
    server.control("reset")
    for path in ("/wp-json/wp/v2/tags?per_page=7", "/robots.txt", "/robots.txt"):
        get(connection, path)

    counts = server.control("counts")
    assert counts["requests"] == 3
    assert counts["computed"] == 0
    assert counts["by_path"] == {"/robots.txt": 2, "/wp-json/wp/v2/tags": 1}
    assert server.control("reset")["requests"] == 3
    assert server.control("counts")["requests"] == 0


def test_head(connection):
    """HEAD has the headers of GET and no body; the connection goes on."""
    connection.request("HEAD", PAGE + "1")
    response = connection.getresponse()
    assert response.read() == b""
    assert response.getheader("X-WP-TotalPages") == "2"

    assert get(connection, "/robots.txt")[0].status == 200


def test_only_reads(connection):
    """Nothing can be written."""
    connection.request("DELETE", "/wp-json/wp/v2/posts/101")

    assert connection.getresponse().status == 405


def test_requests_in_pieces_and_in_a_row(server):
    """A request may come in pieces and two at once; they are answered in their order."""
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as client:
        client.sendall(b"GET /robots.txt HT")
        client.sendall(b"TP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nConnection: close\r\n\r\n")
        received = b""
        while piece := client.recv(65536):
            received += piece

    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert received.index(b"User-agent") < received.index(b"<!DOCTYPE html>")


def test_too_long_a_head(server):
    """Who never ends the head of a request is let go."""
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as client:
        client.sendall(b"GET /" + b"x" * 70_000)
        assert client.recv(10) == b""

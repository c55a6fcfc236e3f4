from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import zipfile
from http.client import HTTPConnection, IncompleteRead, RemoteDisconnected
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import crawler
from crawler.sample.answers import Answer
from crawler.sample.server import serve


@pytest.fixture
def server():
    with serve() as running:
        yield running


@pytest.fixture
def connection(server):
    client = HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    yield client
    client.close()


def fetch(connection, target, method="GET", **headers):
    connection.request(method, target, headers=headers)
    response = connection.getresponse()
    return response, response.read()


class TestConversation:
    def test_one_connection(self, server, connection):
        """Requests follow each other on one connection, and are told in order."""
        sockets = set()
        for target in ("/robots.txt", "/wp-json/", "/wp-json/wp/v2/posts?per_page=100", "/nope/"):
            response, body = fetch(connection, target)
            assert response.version == 11
            assert int(response.headers["Content-Length"]) == len(body)
            sockets.add(connection.sock.getsockname())

        assert len(sockets) == 1
        assert [(each.method, each.target) for each in server.requests] == [
            ("GET", "/robots.txt"),
            ("GET", "/wp-json/"),
            ("GET", "/wp-json/wp/v2/posts?per_page=100"),
            ("GET", "/nope/"),
        ]
        times = [each.time for each in server.requests]
        assert times == sorted(times)
        assert server.in_flight_peak == 1

    def test_same_answer(self, server, connection):
        """What comes over the wire is what the site answers."""
        target = "/wp-json/wp/v2/media?per_page=3&page=2"
        response, body = fetch(connection, target, **{"Accept-Encoding": "gzip"})
        answer = server.site.respond("GET", target, {"accept-encoding": "gzip"})

        assert (response.status, body) == (answer.status, answer.body)
        got = [each for each in response.getheaders() if each[0] not in ("Date", "Content-Length")]
        assert got == list(answer.headers)

    def test_two_links(self, connection):
        """A page names its route in a Link header of its own."""
        response, _ = fetch(connection, "/2024/10/spoons/")
        assert len(response.headers.get_all("Link")) == 3

    def test_head(self, connection):
        """After HEAD the connection goes on."""
        response, body = fetch(connection, "/wp-json/wp/v2/posts", "HEAD")
        assert (response.status, body, response.headers["X-WP-Total"]) == (200, b"", "62")
        assert fetch(connection, "/wp-json/wp/v2/posts/1")[0].status == 404

    def test_post_with_body(self, connection):
        """A body that nobody wants is read past."""
        connection.request("POST", "/wp-json/wp/v2/posts", body=b"title=x")
        response = connection.getresponse()
        assert (response.status, b"rest_forbidden" in response.read()) == (401, True)
        assert fetch(connection, "/robots.txt")[0].status == 200

    def test_redirect(self, server, connection):
        """Addresses on the site carry the port that was taken."""
        response, _ = fetch(connection, "/2024/10/spoons")
        assert response.headers["Location"] == f"{server.url}2024/10/spoons/"

    def test_change(self, server, connection):
        """What a test changes shows in the next answer."""
        server.site.insert("posts", date="2026-01-01T00:00:00")
        response, _ = fetch(connection, "/wp-json/wp/v2/posts")
        assert response.headers["X-WP-Total"] == "63"

    def test_no_request_at_all(self, server):
        """Noise on the line is answered with 400 and disturbs nobody."""
        with socket.create_connection(server.server_address[:2], timeout=10) as raw:
            raw.sendall(b"\x16\x03\x01 hello\r\n\r\n")
            assert b"400" in raw.recv(1000)
        assert server.requests == []

    def test_chosen_port(self):
        """A port that was used just now can be used again."""
        with serve() as first:
            port = first.server_port
        with serve(port) as second:
            assert second.url == f"http://127.0.0.1:{port}/"


class TestInFlight:
    def test_peak(self):
        """The server knows how many requests it answered at one time."""
        barrier = threading.Barrier(3)

        class Together:
            def __init__(self, site):
                self.site = site

            def respond(self, method, target, headers):
                barrier.wait(timeout=10)
                return self.site.respond(method, target, headers)

        with serve(wrap=Together) as server:
            clients = [HTTPConnection(urlsplit(server.url).netloc, timeout=10) for _ in range(3)]
            threads = [
                threading.Thread(target=fetch, args=(each, "/robots.txt")) for each in clients
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for client in clients:
                client.close()

            assert server.in_flight_peak == 3


class TestLayer:
    """What tests lay over the site to make it misbehave."""

    def layer(self, change):
        class Layer:
            def __init__(self, site):
                self.site = site

            def respond(self, method, target, headers):
                return change(self.site.respond(method, target, headers))

        return Layer

    def test_another_answer(self):
        """A layer may answer in the site's place."""
        busy = Answer(429, (("Retry-After", "2"),), b"later")
        assert Answer(520, (), b"").reason == ""
        with serve(wrap=self.layer(lambda answer: busy)) as server:
            connection = HTTPConnection(urlsplit(server.url).netloc, timeout=10)
            response, body = fetch(connection, "/wp-json/")
            connection.close()

        assert (response.status, response.reason, body) == (429, "Too Many Requests", b"later")
        assert response.headers["Retry-After"] == "2"

    def test_hang_up(self):
        """A layer that raises ConnectionError hangs up without a word."""

        def hang_up(answer):
            raise ConnectionResetError

        with serve(wrap=self.layer(hang_up)) as server:
            connection = HTTPConnection(urlsplit(server.url).netloc, timeout=10)
            with pytest.raises(RemoteDisconnected):
                fetch(connection, "/wp-json/")
            connection.close()
            assert len(server.requests) == 1

    def test_mistake(self, capfd):
        """An error in a layer is printed, and the server goes on."""

        def fail(answer):
            raise ZeroDivisionError("a mistake in a layer")

        with serve(wrap=self.layer(fail)) as server:
            for _ in range(2):
                connection = HTTPConnection(urlsplit(server.url).netloc, timeout=10)
                with pytest.raises(RemoteDisconnected):
                    fetch(connection, "/wp-json/")
                connection.close()

        assert capfd.readouterr().err.count("ZeroDivisionError: a mistake") == 2

    def test_cut_off(self):
        """A layer may promise more than it sends."""

        def cut(answer):
            headers = (*answer.headers, ("Content-Length", "9999999"), ("Connection", "close"))
            return Answer(answer.status, headers, answer.body[:100])

        with serve(wrap=self.layer(cut)) as server:
            connection = HTTPConnection(urlsplit(server.url).netloc, timeout=10)
            with pytest.raises(IncompleteRead):
                fetch(connection, "/wp-json/")
            connection.close()


class TestEnd:
    def test_with_an_idle_client(self, capfd):
        """Closing hangs up on whoever is still connected, at once and quietly."""
        before = set(threading.enumerate())  # other tests' servers may be up in this process
        with serve() as server:
            client = socket.create_connection(server.server_address[:2], timeout=10)
            client.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n")
            client.recv(65536)
            begun = time.monotonic()

        assert time.monotonic() - begun < 2
        assert client.recv(10) == b""
        client.close()
        assert set(threading.enumerate()) <= before
        assert capfd.readouterr() == ("", "")

    def test_client_that_hangs_up(self, server, capfd):
        """A client that leaves in the middle of an answer is not worth a word."""
        for _ in range(5):
            client = socket.create_connection(server.server_address[:2], timeout=10)
            client.sendall(b"GET /wp-json/wp/v2/posts?per_page=100 HTTP/1.1\r\nHost: x\r\n\r\n")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.close()
        while len(server.requests) < 5:
            time.sleep(0.01)

        assert capfd.readouterr() == ("", "")


def test_from_a_zip(tmp_path):
    """The site can be served out of a zipped egg."""
    package = Path(crawler.__file__).parent
    with zipfile.ZipFile(tmp_path / "presscrawl.egg", "w") as egg:
        egg.write(package / "__init__.py", "crawler/__init__.py")
        for path in sorted((package / "sample").rglob("*")):
            if path.suffix in (".py", ".txt", ".json"):
                egg.write(path, f"crawler/{path.relative_to(package)}")
    code = (
        "import crawler.sample.site as site; assert 'presscrawl.egg' in site.__file__; "
        "print(len(site.SampleSite('http://x.test').listed('posts')))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "presscrawl.egg")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr, done.returncode) == ("62\n", "", 0)

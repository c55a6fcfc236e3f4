from __future__ import annotations

import pytest

from crawler.errors import ArgumentError
from crawler.sites import read_sites


def sites_in(tmp_path, text):
    path = tmp_path / "sites.txt"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_sites(path)


def test_lines(tmp_path):
    """One URL a line, normalised; empty lines and comments are left out."""
    text = (
        "\ufeff# all of them\nhttps://Example.org/\n\n  http://example.net:8080/blog/ # a blog\n"
    )
    assert sites_in(tmp_path, text) == ["https://example.org", "http://example.net:8080/blog/"]


def test_windows_line_ends(tmp_path):
    """Files of other systems are read as well."""
    assert sites_in(tmp_path, "https://a.example\r\nhttps://b.example\r\n") == [
        "https://a.example",
        "https://b.example",
    ]


def test_named_twice(tmp_path):
    """A site that is named twice counts once, with or without a slash at its end."""
    text = "https://a.example/blog\nhttps://A.example:443/blog/\nhttps://a.example"
    assert sites_in(tmp_path, text) == ["https://a.example/blog", "https://a.example"]


def test_sign_in_a_url(tmp_path):
    """A fragment is no comment."""
    assert sites_in(tmp_path, "https://a.example/#top\n") == ["https://a.example"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("https://a.example\n\nb.example\n", r"^sites.txt, line 3: 'b.example' has no http"),
        ("# none\n", r"^sites: '.*/sites.txt' names no site$"),
        ("", r"^sites: '.*/sites.txt' names no site$"),
        (b"\xff\xfe\x00", r"^sites: '.*/sites.txt' cannot be read: "),
    ],
)
def test_refused(tmp_path, text, message):
    """What cannot be read is named, with its line."""
    with pytest.raises(ArgumentError, match=message):
        sites_in(tmp_path, text)


def test_no_file(tmp_path):
    """So is a file that is not there."""
    with pytest.raises(
        ArgumentError, match=r"^sites: '.*/none.txt' cannot be read: .*No such file"
    ):
        read_sites(tmp_path / "none.txt")

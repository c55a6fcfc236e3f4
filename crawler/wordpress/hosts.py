"""Host names as they are compared and connected to: lower case, ASCII."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address

MAX_HOST_CHARS = 253
MAX_LABEL_CHARS = 63

_LABELS = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
_NETLOC = re.compile(r"(?:[^\\\[\]]*@)?(?:\[[0-9a-fA-F:.]+\]|[^@:\\\[\]]+)(?::[0-9]*)?")
_DEVIATIONS = re.compile("[ßẞς\u200c\u200d]")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")  # as the last label it makes the host an IPv4 address


def ascii_host(host: str) -> str:
    """Write a host in lower case and ASCII, an IPv6 address in its short form.

    >>> ascii_host("BÜCHER.example"), ascii_host("0:0:0:0:0:0:0:1")
    ('xn--bcher-kva.example', '::1')

    Raises ValueError where it is no name that can be looked up. That goes for
    2130706433, 0x7f.1 and 127.1 too: addresses to some, names to others.
    """
    if ":" in host:
        if "%" in host:  # a scope makes sense on one machine only
            raise ValueError(f"{host[:100]!r} is no address of the internet")
        return IPv6Address(host).compressed
    name = host.lower()
    if not name.isascii():
        name = _to_ascii(name)
    if len(name) > MAX_HOST_CHARS or not _LABELS.fullmatch(name):
        raise ValueError(f"{host[:100]!r} is no host name")
    if max(map(len, name.split("."))) > MAX_LABEL_CHARS:
        raise ValueError(f"{host[:100]!r} has a part of more than {MAX_LABEL_CHARS} characters")
    return str(IPv4Address(name)) if _NUMBER.fullmatch(name.rpartition(".")[2]) else name


def is_plain(netloc: str) -> bool:
    """Tell whether the host in a URL's authority is where every program would look for it.

    >>> is_plain("me@example.org:8080"), is_plain("[::1]"), is_plain("example.org[::1]")
    (True, True, False)
    """
    return _NETLOC.fullmatch(netloc) is not None


def _to_ascii(name: str) -> str:
    # Python's codec follows IDNA 2003, which reads ß as ss, where browsers now look up another
    # name: whose site is meant, the user must say.
    if _DEVIATIONS.search(name):
        raise ValueError(f"{name[:100]!r} needs its ASCII form (xn--...)")
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise ValueError(f"{name[:100]!r} is no host name") from error

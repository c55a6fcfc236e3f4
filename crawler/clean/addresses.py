"""Addresses of links and images: absolute, of a harmless scheme, without what tracks readers."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from w3lib.url import safe_url_string

PLAIN = re.compile(
    r"https?://[a-z0-9.-]+(?::\d+)?(?:/[\w.~!$'()*+,;=:@%/-]*)?(?P<query>\?[\w.~!$'()*+,;=:@%/?&-]*)?",
    re.ASCII,
)
"""Addresses that need nothing done to them, unless their query tracks: most of all."""

SCHEMES = ("http", "https", "mailto", "tel")

_PARAMETERS = r"""(?:
    utm_\w+|fbclid|gclid|gclsrc|gbraid|wbraid|dclid|msclkid|yclid|ymclid|twclid|ttclid|igshid
    |igsh|li_fat_id|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|__hs\w+|hsctatracking|vero_id|vero_conv
    |oly_enc_id|oly_anon_id|_openstat|wickedid|rb_clickid|s_cid|epik|ml_subscriber
    |ml_subscriber_hash|pk_(?:campaign|kwd|source|medium|content)|mtm_\w+|matomo_\w+|piwik_\w+
    |fb_action_ids|fb_action_types|fb_source|fb_ref
    |ga_(?:source|medium|term|content|campaign|place)|cmpid|_ga|_gl|srsltid|ref_src|ref_url
)"""
"""Names of parameters that tell who sent the reader, and nothing about the page."""

TRACKING = re.compile(rf"{_PARAMETERS}(?:=.*)?", re.IGNORECASE | re.VERBOSE | re.DOTALL)
TRACKED = re.compile(rf"[?&]{_PARAMETERS}(?:=|&|$)", re.IGNORECASE | re.VERBOSE)


class TrackedNames(dict[bytes, bool]):
    """The name of a parameter -> whether it tells who sent the reader."""

    def __missing__(self, name: bytes) -> bool:
        tracks = TRACKING.fullmatch(name.decode()) is not None
        if len(self) < MOST and len(name) < LONGEST_NAME:
            self[name] = tracks
        return tracks


MOST, LONGEST_NAME = 4096, 100
"""Names that are remembered, and their characters: a hostile body has others every time."""

tracked_names = TrackedNames()

LONGEST = 8192
"""Characters of an address at most; longer ones are data, and no address."""

EDGES = "".join(map(chr, range(0x21)))
INNER = str.maketrans("", "", "\t\n\r")


def absolute_url(address: str | None, base: str) -> str | None:
    r"""Return *address* as it leads from the page *base*; None where it leads nowhere.

    >>> absolute_url("/a?utm_source=x&id=7#top", "https://example.org/b/")
    'https://example.org/a?id=7#top'
    >>> absolute_url("java\nscript:alert(1)", "https://example.org/") is None
    True
    """
    if not address or len(address) > LONGEST:
        return None
    plain = PLAIN.fullmatch(address)
    if plain and (plain["query"] is None or not TRACKED.search(plain["query"])):
        return address
    return _mended(address, base)


@lru_cache(maxsize=1024)
def _mended(address: str, base: str) -> str | None:
    address = address.strip(EDGES).translate(INNER)
    if not address:
        return None
    try:
        address = urljoin(base, address)
        parts = urlsplit(address)
        if parts.scheme not in SCHEMES:
            return None
        if parts.scheme in ("mailto", "tel"):
            return safe_url_string(address)
        if not parts.hostname:
            return None
        return safe_url_string(without_tracking(address))
    except ValueError:  # no host, or one that cannot be: http://[x/
        return None


def without_tracking(url: str) -> str:
    """Cut the parameters that tell who sent the reader; keep all others as they are.

    >>> without_tracking("https://a.example/?b=1&utm_medium=x&fbclid=y")
    'https://a.example/?b=1'
    >>> without_tracking("https://a.example/#utm_source=rss")
    'https://a.example/'
    """
    url, hash_sign, fragment = url.partition("#")
    if TRACKING.fullmatch(fragment.partition("&")[0]):
        hash_sign = fragment = ""
    path, question, query = url.partition("?")
    if question:
        kept = [pair for pair in query.split("&") if not TRACKING.fullmatch(pair)]
        query = "&".join(kept)
        question = "?" if kept else ""
    return f"{path}{question}{query}{hash_sign}{fragment}"


HOST = re.compile(r"https?://(?:[^/?#@]*@)?(?:www\.)?([^/:?#]+)", re.IGNORECASE)


def host_of(url: str) -> str:
    """Return the host of *url* in lower case without ``www.``, empty where it has none.

    >>> host_of("https://www.Example.org:8080/a")
    'example.org'
    """
    found = HOST.match(url)
    return found[1].lower() if found else ""


def is_foreign(url: str, base: str) -> bool:
    """Tell whether *url* is on another site than *base*; cdn.a.org and a.org are one site.

    >>> is_foreign("https://cdn.example.org/a.jpg", "https://www.example.org/")
    False
    >>> is_foreign("https://other.example/a", "https://www.example.org/")
    True
    """
    host, own = host_of(url), host_of(base)
    return host != own and bool(host) and bool(own) and _site(host) != _site(own)


SECOND_LEVEL = {"ac", "co", "com", "edu", "gob", "gov", "go", "ne", "net", "nom", "or", "org"}
"""Second labels under a country that are not yet a site: example.co.uk."""


def _site(host: str) -> str:
    labels = host.split(".")
    count = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVEL else 2
    return ".".join(labels[-count:])


def decode_protected_email(encoded: str) -> str | None:
    """Decode an address that Cloudflare hid from robots; None where it is none.

    The first byte is the key, every other one is masked with it.

    >>> decode_protected_email("422b022c276c2d")
    'i@ne.o'
    """
    try:
        data = bytes.fromhex(encoded)
        decoded = bytes(byte ^ data[0] for byte in data[1:]).decode()
    except (ValueError, IndexError):
        return None
    return decoded if "@" in decoded and decoded.isprintable() else None

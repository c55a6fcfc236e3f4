from __future__ import annotations

import pytest

from crawler.wordpress.languages import MAX_LANGUAGES, languages


class TestLanguages:
    def test_order(self):
        """The page's own comes first, then its translations, each once."""
        page = b"""<!DOCTYPE html><html class="no-js" lang="en_GB" prefix="og: x"><head>
            <link rel="alternate" hreflang="en-gb" href="/"/>
            <link rel='alternate' hreflang='fr-CA' href='/fr/'/>
            <link rel="alternate" hreflang="x-default" href="/"/>"""
        assert languages(page) == ("en-gb", "fr-ca")

    @pytest.mark.parametrize(
        "page",
        [
            b"",
            b"<html>",
            b'<html lang="">',
            b'<html lang="<b>">',
            b'<link rel="stylesheet" hreflang="fr">',
            b'<link rel="alternate" type="application/rss+xml" href="/feed/">',
            b'{"name": "an API"}',
            b"\xff\xfe<html lang=\xff>",
        ],
    )
    def test_none(self, page):
        """What says nothing gives nothing."""
        assert languages(page) == ()

    def test_many(self):
        """A page that names languages without end gives some of them."""
        names = [f"{first}{second}" for first in "abcdefghi" for second in "abcdefghi"]
        page = "".join(f"<link rel=alternate hreflang={name}>" for name in names).encode()
        assert len(languages(page)) == MAX_LANGUAGES

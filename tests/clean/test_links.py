from __future__ import annotations

import pytest

from tests.clean.cleaning import clean, cuts


def protect(address):
    return "7a" + "".join(f"{byte ^ 0x7A:02x}" for byte in address.encode())


CODE = protect("ida@example.org")
HIDDEN = f'<span class="__cf_email__" data-cfemail="{CODE}">[email&#160;protected]</span>'
LINKED = (
    f'<a href="/cdn-cgi/l/email-protection" class="__cf_email__" data-cfemail="{CODE}">[x]</a>'
)


class TestLinks:
    def test_listed(self):
        """Links are listed in order, absolute, with their text on one line."""
        picture = '<a href="https://b.example/?gclid=1"><img src=/i.jpg></a>'
        html = f'<p><a href="/a">one\n two</a> {picture}'

        assert clean(html).links == [
            {"url": "https://example.org/a", "text": "one two"},
            {"url": "https://b.example/", "text": ""},
        ]

    @pytest.mark.parametrize("href", ['href="javascript:x()"', "name=top", 'href=""'])
    def test_leads_nowhere(self, href):
        """A link that leads nowhere is only its text."""
        assert clean(f"<p>a <a {href}>b</a></p>").html == "<p>a b</p>"


class TestEmails:
    @pytest.mark.parametrize(
        ("html", "shown"),
        [
            (f"<p>to {HIDDEN}.</p>", "<p>to ida@example.org.</p>"),
            (
                f"<p>to {LINKED}.</p>",
                '<p>to <a href="mailto:ida@example.org">ida@example.org</a>.</p>',
            ),
            (
                f'<p><a href="/cdn-cgi/l/email-protection#{CODE}">Ida</a></p>',
                '<p><a href="mailto:ida@example.org">Ida</a></p>',
            ),
            (
                f'<p><a href="/cdn-cgi/l/email-protection#1">{HIDDEN}</a></p>',
                '<p><a href="mailto:ida@example.org">ida@example.org</a></p>',
            ),
        ],
    )
    def test_decoded(self, html, shown):
        """What Cloudflare hid from robots is shown again."""
        assert clean(html).html == shown

    def test_account(self):
        """The stand-in is cut, the address added."""
        cleaned = clean(f"<p>to {HIDDEN}</p>")

        assert cleaned.cleaning["cut"] == {"protected_email": 16}
        assert cleaned.additions == ("ida@example.org",)

    @pytest.mark.parametrize(
        "html",
        [
            '<p><a href="/cdn-cgi/l/email-protection#zz">Ida</a></p>',
            '<p><span data-cfemail="zz">Ida</span></p>',
            '<p><span data-cfemail="">Ida</span></p>',
        ],
    )
    def test_not_decodable(self, html):
        """What cannot be decoded stays as it is."""
        assert (clean(html).text, cuts(html)) == ("Ida", {})

    def test_cut(self):
        """With CLEAN_EMAILS=cut no address stays, hidden, linked or plain."""
        html = (
            f'<p>a {HIDDEN} b <a href="mailto:x@y.example">Ida</a> c i.d-a+1@mail.y.example.</p>'
        )
        cleaned = clean(html, emails="cut")

        assert cleaned.html == "<p>a  b Ida c .</p>"
        assert cleaned.cleaning["cut"] == {"email": 22, "protected_email": 16}

    @pytest.mark.parametrize(
        "text",
        [
            *("@handle", "a@b", "a @ b.c", "user@localhost"),
            *("https://medium.example/@me@x.example/post", "git@host.example:foo"),
        ],
    )
    def test_no_address(self, text):
        """What only has an @ is no address."""
        assert clean(f"<p>{text}</p>", emails="cut").text == text

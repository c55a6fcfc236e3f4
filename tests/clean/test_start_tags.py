from __future__ import annotations

import pytest

from crawler.clean.start_tags import LONGEST, MOST, StartTags, Unsure, judge, kept_attributes


class TestJudge:
    @pytest.mark.parametrize(
        ("tag", "html", "letter"),
        [
            (b"p", b"<p>", "p"),
            (b'p class="wp-block" style="color:red" dir="rtl"', b'<p dir="rtl">', "p"),
            (b"/h2", b"</h2>", "E"),
            (b"br", b"<br>", "b"),
            (b'ol start="3" data-x="a=b"', b'<ol start="3">', "l"),
            (b'span class="x"', b"", "s"),
            (b"/span", b"", "s"),
            (b'code class="language-php"', b'<code class="language-php">', "c"),
            (b"code", b"<code>", "k"),
        ],
    )
    def test_known(self, tag, html, letter):
        """A tag that no rule looks at has its clean form, and a letter."""
        judged = judge(tag)

        assert (judged[0], judged[2]) == (html, letter)

    @pytest.mark.parametrize(
        "tag",
        [
            b"script",
            b"/script",
            b"sub",
            b"/q",
            b"font",
            b"x-y",
            b"!-- a --",
            b"!DOCTYPE html",
            b"?php ",
            b'p a"b="1"',
            b'p a<b="1"',
            b'p =="1"',
            b"p a='1'",
            b"p a",
            b'p\x0ba="1"',
            b'a href="/x"',
            b'img src="/x"',
            b"a",
            b"img",
            b'td colspan="2"',
            b'span hidden=""',
        ],
    )
    def test_left_alone(self, tag):
        """What a rule may cut, what is not on the list, and what no serializer writes."""
        assert judge(tag) is None


class TestKeptAttributes:
    @pytest.mark.parametrize(
        ("tag", "attributes", "kept"),
        [
            ("a", ' href="/x" onclick="y()" title="&quot;T"', ' href="/x" title="&quot;T"'),
            ("p", "", ""),
            ("p", ' id="sharedaddy-not" class="a  b"', ""),
            ("p", ' class="&#115;haredaddy"', None),
            ("p", ' a"="1"', None),
            ("p", ' class="x"title="y"', None),
            ("div", ' class="highlighted"', None),
            ("pre", ' lang="x"', None),
            ("code", ' class="language-none"', None),
            ("code", ' class="language-PHP"', None),
            ("code", ' class="language-php x"', None),
            ("code", ' class="language-php" lang="php"', ' class="language-php"'),
        ],
    )
    def test_kept(self, tag, attributes, kept):
        """What is on the allow-list stays as it was written; None where a rule may look."""
        assert kept_attributes(tag, attributes) == kept


class TestStartTags:
    def test_remembered(self):
        """A tag is looked at once."""
        tags = StartTags()

        assert tags[b"p"] is tags[b"p"]
        assert list(tags) == [b"p"]

    def test_not_known(self):
        """A tag that a rule may look at is refused, and not remembered."""
        tags = StartTags()

        with pytest.raises(Unsure):
            tags[b"script"]
        assert not tags

    def test_bounded(self):
        """However many tags come, few are remembered."""
        tags = StartTags()
        for number in range(3 * MOST):
            assert tags[b'p id="x%d"' % number] is not None
            assert len(tags) <= MOST

    def test_long(self):
        """A long tag is not remembered, and neither is an address."""
        tags = StartTags()

        assert tags[b'p id="%b"' % (b"x" * LONGEST)] is not None
        assert tags[b'a href="/x"'] is not None
        assert tags[b'img src="/x"'] is not None
        assert not tags

from __future__ import annotations

import html

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.clean.plain import BREAKING, plain_text


@pytest.mark.parametrize(
    ("rendered", "plain"),
    [
        ("", ""),
        ("Plain words", "Plain words"),
        ("  two \n\t spaces\xa0here ", "two spaces here"),
        ("one\r\ntwo\rthree &amp; four", "one two three & four"),
        ("no\0thing", "nothing"),
        ("Fish &amp; Chips &#8217;24 &hellip;", "Fish & Chips ’24 …"),
        ("AT&T and R&D", "AT&T and R&D"),
        ("a &lt;b&gt; c", "a <b> c"),
        ("5 < 6", "5 < 6"),
        ("The <em>very</em> best<sup>1</sup>", "The very best1"),
        ("one<br>two<br/>three", "one two three"),
        ("<p>One.</p><p>Two.</p>", "One. Two."),
        ("<ul><li>a<li>b</ul>", "a b"),
        ("<h2>Head</h2>text", "Head text"),
        ("text<h3>Head</h3>", "text Head"),
        ("<p>One.</p>Two.", "One. Two."),
        ("<table><tr><td>a<td>b</table>", "a b"),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "a b"),
        ("<blockquote>a</blockquote><figcaption>b</figcaption>", "a b"),
        ("a<hr>b", "a b"),
        ("before<script>alert('x')</script>after", "beforeafter"),
        ("<style>p { color: red }</style>red", "red"),
        ("<template><p>never</p></template>shown", "shown"),
        ("<noscript>Switch it on.</noscript>shown", "shown"),
        ("text <!-- a comment --> more", "text more"),
        ("<p>unclosed <b>bold", "unclosed bold"),
        ("</p>stray", "stray"),
        ('<img src="x.jpg" alt="a picture">caption', "caption"),
        ("שלום <b>עולם</b>", "שלום עולם"),
        ("日本<br>語", "日本 語"),
    ],
)
def test_rendered(rendered, plain):
    """What WordPress renders becomes the one line that a reader sees."""
    assert plain_text(rendered) == plain


@given(text=st.text())
@example(text="&amp;lt;")
def test_escaped_text(text):
    """Text that was escaped comes back as it was, but for white space."""
    escaped = html.escape(text.replace("\0", ""))
    assert plain_text(escaped) == " ".join(as_html_reads(text).split())


def as_html_reads(text):
    """HTML has no NUL, and one kind of line end."""
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


@given(rendered=st.text(alphabet="<>/&;pbr \nax'\"=!-"))
def test_any_html(rendered):
    """Whatever comes, one line leaves, folded."""
    plain = plain_text(rendered)
    assert plain == " ".join(plain.split())


@given(
    words=st.lists(st.text(alphabet="abcé日", min_size=1), min_size=1),
    name=st.sampled_from(
        [name for name in BREAKING.split(", ") if name not in ("tr", "td", "th")]
    ),
)
def test_words_apart(words, name):
    """Words in elements of their own never run together."""
    rendered = "".join(
        f"<{name}>{word}</{name}>" if name != "br" else f"{word}<br>" for word in words
    )
    assert plain_text(rendered) == " ".join(words)

"""What is compiled gives what the Python beside it gives, whatever the body."""

from __future__ import annotations

import os
import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from turbohtml import parse_fragment

from benchmarks.generate import generate_posts
from crawler.clean import inner_loops, markdown, outline, parts, text, tidy
from crawler.clean.body import clean_body
from crawler.clean.start_tags import KeptAttributes, StartTags, Unsure, judge
from tests.clean.bodies import golden_bodies, real_bodies, real_files
from tests.clean.hostile import HOSTILE
from tests.clean.test_intact import COMMON, HTML, MARKUP, OTHERS, mutated

compiled_parts = pytest.importorskip("crawler.compiled.parts", exc_type=ImportError)
compiled_text = pytest.importorskip("crawler.compiled.text", exc_type=ImportError)

known = {parts: StartTags(), compiled_parts: compiled_parts.StartTags()}
kept = KeptAttributes()


def all_of(module, data):
    """Give all that the parts of *data* tell, up to where they are Unsure."""
    told = []
    try:
        parts = module.Parts(data, known[module])
        tags = range(len(parts.outline))
        told += [parts.data, parts.outline, parts.last_links()]
        told += [parts.tag(at) for at in tags]
        told += [parts.attributes(at) for at in tags]
        told += [parts.has_words(at) for at in (-1, *tags)]
        told += [parts.between(at - 1, at) for at in (*tags, len(tags))]
        told += [parts.line(at, len(tags)) for at in list(tags)[-3:]]
        told += [parts.line(at, at + 1) for at in tags]
        links = parts.links(kept, lambda at, number: f"{at} {number}")
        told += [links, *parts.outputs()]
    except Unsure:
        told.append(Unsure)
    return told


def assert_same(html):
    """See that both ways tell the same of *html*, as it is and once it is clean."""
    data = parse_fragment(html).inner_html.encode("utf-8", "replace")

    told = all_of(compiled_parts, data)

    assert told == all_of(parts, data)
    clean = clean_body(html, base_url="https://a.example/b/").html.encode()
    assert compiled_text.text_of(clean) == text.text_of(clean)
    assert compiled_text.may_open_entity(clean) == markdown.may_open_entity(clean)
    assert compiled_text.has_empty_paragraph(data) == tidy.has_empty_paragraph(data)
    return told[-1] is not Unsure


class TestBodies:
    def test_generated(self):
        """So it is of the bodies that editors write, nearly none of which is doubtful."""
        bodies = [post["content"]["rendered"] for post in generate_posts(300)]

        assert sum(map(assert_same, bodies)) > 290

    def test_golden(self):
        """So of the golden ones."""
        for body in golden_bodies():
            assert_same(body.html)

    @pytest.mark.parametrize("file", real_files(), ids=lambda file: file.stem)
    def test_real(self, file):
        """So of those of real sites."""
        for body in real_bodies(file):
            assert_same(body.html)

    @pytest.mark.parametrize("name", sorted(HOSTILE))
    def test_hostile(self, name):
        """So of hostile ones, of a size that is none, but not of their whole size."""
        assert_same(HOSTILE[name][:20_000])

    @given(html=HTML)
    def test_any_markup(self, html):
        """So of any markup."""
        assert_same(html)

    @given(html=st.lists(st.sampled_from(COMMON), max_size=12).map("".join))
    def test_common_markup(self, html):
        """So of what editors write, in any order."""
        assert_same(html)

    def test_mutated(self):
        """So of 3,000 bodies with pieces cut, doubled and put elsewhere."""
        rng = random.Random(5)
        bodies = [post["content"]["rendered"] for post in generate_posts(50)]
        bodies += [body.html for body in golden_bodies()]
        pieces = MARKUP + OTHERS + COMMON * 3
        sure = sum(assert_same(mutated(rng, rng.choice(bodies), pieces)) for _ in range(3_000))

        assert sure > 500


CLEAN = [
    *"<p> </p> <br> <ul> </ul> <ol> </ol> <li> </li> <td> </td> <tr> <b> </b>".split(),
    *("<pre>", "</pre>"),
    *(
        " ",
        "  ",
        "\n",
        "\t",
        "\r",
        "\f",
        "\x1c",
        "&nbsp;",
        "&amp;",
        "&lt;",
        "&gt;",
        "x",
        "two words",
    ),
    *(
        "é",
        "\u2003",
        "\xa0",
        "\u0301",
        "日本語",
        "a much longer run of words, so that it takes eight",
    ),
]


IN_PARAGRAPH = [
    *"<b> </b> <i> </i> <em> </em> <strong> </strong> <br> <a> <bdi> <p> </p>".split(),
    *("&nbsp;", "&amp;"),
    *(
        " ",
        "\n",
        "\x1c",
        "\x85",
        "\xa0",
        "\u1680",
        "\u2003",
        "\u200b",
        "\u202f",
        "\u205f",
        "\u3000",
    ),
    *("x", "é", "<", "<p"),
]


class TestText:
    @given(html=st.lists(st.sampled_from(CLEAN), max_size=14).map("".join))
    def test_any_order(self, html):
        """Text is the same of tags in any order, also as no parser would leave them."""
        data = html.encode()

        assert compiled_text.text_of(data) == text.text_of(data)

    @given(words=st.text(st.sampled_from(" \n\txé日\u2003\x1c"), max_size=60))
    def test_any_space(self, words):
        """It is the same of any white space, in code and out of it."""
        for html in (f"<p>{words}</p>", f"<pre>{words}</pre>", f"a<pre>{words}<br>{words}</pre>b"):
            assert compiled_text.text_of(html.encode()) == text.text_of(html.encode())

    @pytest.mark.parametrize("html", [b"a<script>b", b"a<p", b"a &quot; b", b"&", b"<", b"<>"])
    def test_refused(self, html):
        """What no serializer of ours writes is refused, and nothing behind it is looked at."""
        with pytest.raises(ValueError, match="serializer"):
            compiled_text.text_of(html)

    @given(html=st.binary(max_size=200) | st.text("&amp;#</p>libr x_é").map(str.encode))
    def test_open_entity(self, html):
        """So it is told whether an ampersand may make an entity."""
        assert compiled_text.may_open_entity(html) == markdown.may_open_entity(html)

    @given(inner=st.lists(st.sampled_from(IN_PARAGRAPH), max_size=6).map("".join))
    def test_empty_paragraph(self, inner):
        """So it is told which paragraphs are empty."""
        html = f"<p>{inner}</p>".encode()

        assert compiled_text.has_empty_paragraph(html) == tidy.has_empty_paragraph(html)


class TestParts:
    @given(
        html=st.lists(st.sampled_from(["<", ">", "a ", "b", '"', "=", "&amp;", "/"])).map("".join)
    )
    def test_any_edges(self, html):
        """Where < and > stand in any order, most is doubtful, and in both ways the same."""
        assert all_of(compiled_parts, html.encode()) == all_of(parts, html.encode())

    def test_judged(self):
        """So it is judged of every tag, also of more than are remembered, and of long ones."""
        tags = [b"p", b"/em", b'p class="sharedaddy"', b'p id="%b"' % (b"x" * 500)]
        tags += [b'p id="x%d"' % number for number in range(5_000)] + [b"p"]
        judged = compiled_parts.StartTags()

        for tag in tags:
            for _ in range(2):
                try:
                    said = judged[tag]
                except Unsure:
                    said = None
                assert said == judge(tag)

    @given(outlined=st.text("qQbfFeEpxlctTgkPai "))
    def test_awkward(self, outlined):
        """So it is told which elements stand in each other as they should not."""
        assert compiled_parts.is_awkward(outlined) == outline.is_awkward(outlined)

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("between", (1, 1)),
            ("between", (-2, 1)),
            ("line", (0, 4)),
            ("has_words", (9,)),
            ("tag", (3,)),
        ],
    )
    def test_beyond(self, name, words):
        """Tags that are not there are an error, and no memory that is somebody else's."""
        read = compiled_parts.Parts(b"<p>a</p><p>b", known[compiled_parts])

        with pytest.raises(IndexError):
            getattr(read, name)(*words)

    @pytest.mark.parametrize("module", [parts, compiled_parts])
    @pytest.mark.parametrize(
        "html",
        [
            b'<a href="https://a.example/cdn-cgi/l/email-protection">x</a>',
            b'<a href="https://a.example/">x<a href="https://b.example/">y</a></a>',
            b'<a href="https://a.example/">x',
        ],
    )
    def test_doubtful_links(self, module, html):
        """A link that hides an address, one in another, and one that does not end."""
        read = module.Parts(html, known[module])

        with pytest.raises(Unsure):
            read.links(kept, lambda at, number: "")

    @pytest.mark.parametrize("query", ["?" * 8_000, "?a" * 4_000, "?&amp;" * 1_000, "?a?utm_x=1"])
    def test_many_marks(self, query):
        """However many there are in an address, it takes no longer than to read them."""
        html = b'<a href="https://a.example/%b">x</a>' % query.encode() * 500
        told = [
            read.links(kept, lambda at, number: "mended")
            for read in (module.Parts(html, known[module]) for module in (parts, compiled_parts))
        ]

        assert told[0] == told[1]
        assert (told[0][0]["url"] == "mended") == ("utm" in query)

    @pytest.mark.parametrize("module", [parts, compiled_parts])
    def test_long_address(self, module):
        """One that is too long to be one is left to be looked at."""
        read = module.Parts(
            b'<a href="https://a.example/%b">x</a>' % (b"x" * 8_192), known[module]
        )

        assert read.links(kept, lambda at, number: "mended") == [{"url": "mended", "text": "x"}]

    def test_changed(self):
        """So are tags that somebody took away."""
        read = compiled_parts.Parts(b"<p>a</p>", known[compiled_parts])
        read.pieces.clear()

        with pytest.raises(IndexError):
            read.outputs()


class TestChosen:
    def test_compiled(self):
        """What is compiled is what is used."""
        assert inner_loops.Parts is compiled_parts.Parts
        assert inner_loops.text_of is compiled_text.text_of

    def test_pure(self):
        """In Python all comes out the same."""
        code = (
            "import sys\n"
            "from crawler.clean.body import clean_body\n"
            "from benchmarks.generate import generate_posts\n"
            "for post in generate_posts(20):\n"
            "    print(repr(clean_body(post['content']['rendered'], base_url=post['link'])))\n"
            "assert not [name for name in sys.modules if name.startswith('crawler.compiled')]\n"
        )
        pure = {**os.environ, "PRESSCRAWL_PURE_PYTHON": "1"}
        run = subprocess.run(
            [sys.executable, "-c", code], env=pure, capture_output=True, check=True
        )

        here = [
            repr(clean_body(post["content"]["rendered"], base_url=post["link"]))
            for post in generate_posts(20)
        ]
        assert run.stdout.decode().splitlines() == here

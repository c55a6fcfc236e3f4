"""What no rule cut is kept: on bodies of real sites, weighed by an independent reading."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from unicodedata import is_normalized, normalize
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup, Tag

from crawler.clean.plain import plain_text
from tests.clean.bodies import SHARED, Body, golden_bodies, real_bodies, real_files
from tests.clean.strict_html import complaints
from tests.clean.witness import (
    PARTING,
    characters,
    first_departure,
    fold,
    read_html,
    render_markdown,
    weigh,
    words,
)

FILES = {f"{file.parent.name}/{file.stem}": file for file in real_files()}
NO_FILES = pytest.param(None, marks=pytest.mark.skip("no folder `shared` with real records"))


ABSOLUTE = re.compile(r"https?://[^/\s]|mailto:|tel:")
TRACKING = re.compile(r"[?&;](?:utm_\w+|fbclid|gclid|msclkid|mc_cid|mc_eid)=")


@pytest.fixture(params=["golden", *(FILES or [NO_FILES])])
def bodies(request) -> tuple[Body, ...]:
    """The bodies of the golden folder, then those of one real site after the other."""
    if request.param == "golden":
        return golden_bodies()
    return real_bodies(FILES[request.param])


def came_in(body: Body) -> str:
    """What came, read or not, and what the cleaner says it added."""
    return " ".join([body.came.whole, *body.cleaned.additions])


def went_out(body: Body) -> str:
    """What went out, and what the cleaner says a rule cut; marks that were composed went out."""
    cuts = [text for rule, text in body.cleaned.cuts if rule != "composed"]
    return " ".join([body.cleaned.text, *cuts])


def outline(html_text: str) -> list[str]:
    """What there is beside words, in its order: headings, items, rows, quotes, links, images."""
    tree = BeautifulSoup(html_text, "html.parser")
    for inner in tree.select("pre *"):
        inner.unwrap()  # no Markdown can hold it
    return [
        f"{element.name} {unquote(element.get('href') or element.get('src') or '')}".strip()
        for element in tree.select("h1, h2, h3, h4, h5, h6, ul > li, ol > li, tr, pre, a, img, hr")
        if element.name in ("img", "hr", "tr") or element.get_text().strip() or element.img
    ]


def plain(pre: Tag) -> str:
    """The lines of preformatted text, as a browser shows them."""
    for line_break in pre("br"):
        line_break.replace_with("\n")
    return pre.get_text()


def without_blank_ends(lines: str) -> str:
    """The same lines without white space at their ends."""
    return "\n".join(line.rstrip() for line in lines.split("\n"))


def size(text: str) -> int:
    """Count the characters, white space aside."""
    return len("".join(text.split()))


def first_difference(before: str, after: str) -> str:
    """Show two strings from a little before they part."""
    parts = (index for index, (a, b) in enumerate(zip(before, after, strict=False)) if a != b)
    start = max(next(parts, min(len(before), len(after))) - 40, 0)
    return f"{before[start : start + 120]!r} became {after[start : start + 120]!r}"


def faults(bodies, find):
    """Name the bodies in which *find* finds a fault, each with it."""
    return {body.name: found for body in bodies if (found := find(body))}


class TestOutputs:
    def test_agree(self, bodies):
        """HTML, text and Markdown say the same words in the same order."""

        def disagreement(body):
            text = words(body.cleaned.text)
            return [
                f"text against {kind}: {weigh(text, read.words) or 'another order'}"
                for kind, read in (("html", body.html_out), ("markdown", body.markdown_out))
                if read.words != text
            ]

        assert faults(bodies, disagreement) == {}

    def test_structure(self, bodies):
        """The Markdown renders to the headings, items, rows, links and images of the HTML."""

        def difference(body):
            kept = outline(body.cleaned.html)
            rendered = outline(render_markdown(body.cleaned.markdown))
            return None if kept == rendered else str(weigh(kept, rendered) or "another order")

        assert faults(bodies, difference) == {}

    def test_as_it_came(self, bodies):
        """Words keep their order, and are parted and joined only where something was cut."""

        def departure(body):
            came = normalize("NFC", body.came.text)
            return first_departure(came, body.cleaned.text, body.cleaned.additions)

        assert faults(bodies, departure) == {}

    def test_composed(self, bodies):
        """The text is in Unicode's composed form (NFC)."""
        assert [body.name for body in bodies if not is_normalized("NFC", body.cleaned.text)] == []

    def test_preformatted(self, bodies):
        """Preformatted text keeps its lines and its indentation in the text."""

        def reflowed(body):
            tree = BeautifulSoup(body.cleaned.html, "html.parser")
            text = without_blank_ends(body.cleaned.text)
            alone = [pre for pre in tree("pre") if not pre.find(PARTING - {"br"})]
            blocks = [without_blank_ends(plain(pre)).strip() for pre in alone]
            return [block for block in blocks if block not in text]

        assert faults(bodies, reflowed) == {}

    def test_lists(self, bodies):
        """Links and images are those of the HTML, in its order, absolute and without tracking."""

        def difference(body):
            tree = BeautifulSoup(body.cleaned.html, "html.parser")
            links = [a["href"] for a in tree("a", href=True)]
            images = [image["src"] for image in tree("img")]
            wrong = [
                url for url in links + images if not ABSOLUTE.match(url) or TRACKING.search(url)
            ]
            if links != [link["url"] for link in body.cleaned.links]:
                wrong.append("links")
            if images != [image["url"] for image in body.cleaned.images]:
                wrong.append("images")
            return wrong

        assert faults(bodies, difference) == {}

    def test_safe(self, bodies):
        """The HTML, and what the Markdown renders to, hold nothing but what is on the list."""

        def harm(body):
            return complaints(body.cleaned.html) + complaints(
                render_markdown(body.cleaned.markdown)
            )

        assert faults(bodies, harm) == {}

    def test_again(self, bodies):
        """HTML that is cleaned again stays as it is."""

        def change(body):
            again = body.clean(body.cleaned.html)
            if again.html != body.cleaned.html:
                return first_difference(body.cleaned.html, again.html)
            return again.cleaning["cut"]

        assert faults(bodies, change) == {}


class TestBalance:
    def test_words(self, bodies):
        """Words that came, and that were added, are words that went out or were cut by a rule."""

        def imbalance(body):
            balance = weigh(words(came_in(body)), words(went_out(body)))
            # Texts that were cut come as they stood, without the breaks between their blocks.
            return None if balance.is_parting else str(balance)

        assert faults(bodies, imbalance) == {}

    def test_characters(self, bodies):
        """The same holds for every single character, those that nobody sees included."""

        def imbalance(body):
            balance = weigh(
                characters(came_in(body)).elements(), characters(went_out(body)).elements()
            )
            return str(balance) if balance else None

        assert faults(bodies, imbalance) == {}

    def test_account(self, bodies):
        """The account is level, and its numbers are those of what came, went and was cut."""

        def error(body):
            account = body.cleaned.cleaning
            cut = Counter()
            for rule, text in body.cleaned.cuts:
                cut[rule] += size(text)
            counted = {
                "in": size(normalize("NFC", body.came.whole)) + cut["composed"],
                "added": sum(map(size, body.cleaned.additions)),
                "out": size(body.cleaned.text),
                "cut": {rule: cut[rule] for rule in cut.keys() | account["cut"].keys()},
            }
            told = {key: account[key] for key in counted}
            level = told["in"] + told["added"] == told["out"] + sum(told["cut"].values())
            return None if level and told == counted else f"told {told}, counted {counted}"

        assert faults(bodies, error) == {}

    def test_limits(self, bodies):
        """No body is too much for the cleaner: none is read by the second reader, or in part."""
        assert faults(bodies, lambda body: body.cleaned.cleaning["limits"]) == {}


def test_all_bodies():
    """Every body of the real records is weighed."""
    if not FILES:
        pytest.skip("no folder `shared` with real records beside the project")
    counts = Counter(
        name.partition("/")[0]
        for name, file in FILES.items()
        for body in real_bodies(file)
        if body.html
    )

    assert counts["posts"] > 290
    assert counts["pages"] > 90


@pytest.fixture(scope="module")
def record():
    """The seed record: a syndicated post of a news site."""
    file = SHARED / "seeds" / "post-2545.json"
    if not file.exists():
        pytest.skip("no folder `shared` with a seed record beside the project")
    seed = json.loads(file.read_bytes())
    return seed[0] if isinstance(seed, list) else seed


@pytest.fixture(scope="module")
def seed(record):
    """Its body."""
    return Body("seed", record["content"]["rendered"], record["link"])


@pytest.fixture(scope="module")
def tree(seed):
    """Its body, as BeautifulSoup reads it."""
    return BeautifulSoup(seed.html, "html.parser")


ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


class TestSeed:
    def test_article(self, seed, tree):
        """The text is the article, whole, and nothing else."""
        article = tree.select_one("[data-articlebody]")

        assert words(seed.cleaned.text) == read_html(str(article)).words

    def test_headings(self, seed, tree):
        """The headings stay headings, at their place."""
        headings = [fold(heading.get_text()) for heading in tree.select("h2")]
        cleaned = BeautifulSoup(seed.cleaned.html, "html.parser")

        assert len(headings) == 3
        assert [fold(heading.get_text()) for heading in cleaned.select("h2")] == headings
        assert re.findall("^## (.+)$", seed.cleaned.markdown, re.MULTILINE) == headings
        assert set(headings) <= set(seed.cleaned.text.split("\n\n"))

    def test_scripts(self, seed, tree):
        """No line of the script is left in any output, and all of it is in the account."""
        script = fold(tree.script.string)
        lines = [fold(line) for line in tree.script.string.splitlines() if "(" in line]
        cleaned = seed.cleaned

        assert len(lines) > 30
        for output in (cleaned.html, cleaned.text, cleaned.markdown):
            assert [line for line in lines if html.unescape(line) in fold(output)] == []
        assert script in [fold(text) for _, text in cleaned.cuts]

    def test_source(self, seed, tree):
        """The footer is out of the text, and its address is the source."""
        footer = tree.select("a")[-1]

        assert fold(footer.get_text()) not in seed.cleaned.text
        assert fold(footer.get_text()) not in seed.cleaned.markdown
        assert seed.cleaned.source["url"] == footer["href"]
        assert seed.cleaned.links == []

    def test_addresses(self, record, seed):
        """The e-mail address stays or goes, as the setting says, and nothing else with it."""
        [address] = ADDRESS.findall(seed.came.text)
        without = Body("seed", seed.html, record["link"], {"emails": "cut"}).cleaned

        assert address in words(seed.cleaned.text)
        for output in (without.html, without.text, without.markdown):
            assert "@" not in output
        assert [text for _, text in without.cuts].count(address) == 1
        balance = weigh(words(seed.cleaned.text), words(without.text))
        assert balance.lost == {address: 1}
        assert not balance.invented

    def test_title(self, record):
        """The title is plain text, with real quotes and a real ellipsis."""
        title = plain_text(record["title"]["rendered"])

        assert title == html.unescape(record["title"]["rendered"])
        assert {"’", "‘", "…"} <= set(title)
        assert "&" not in title

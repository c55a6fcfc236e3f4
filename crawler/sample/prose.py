"""Prose as it is written under content/ -> block HTML as WordPress renders it.

Paragraphs stand apart by empty lines. A first character says what else a block is: ``## ``
a heading, ``- `` or ``1. `` a list, ``> `` a quote, ``|`` a table, ``!`` a figure or an embed,
three backticks code, ``<`` HTML as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from uuid import NAMESPACE_URL, uuid5

from crawler.sample.texture import texturize

CJK = re.compile(r"[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]\n")
FOOTNOTE = re.compile(r"\[\^(\d+)\]:\s+(.*)", re.DOTALL)


def no_figure(name: str, first: bool) -> str:
    """Refuse a figure where only words are expected."""
    raise ValueError(f"there are no figures here, got {name!r}")


@dataclass(slots=True)
class Page:
    """What the prose of one record may refer to, and the footnotes found in it.

    ``links`` are addresses by the name of the record that they lead to; ``figure``
    writes the image of a picture's name, *first* on its page or not.
    """

    name: str
    links: Mapping[str, str] = field(default_factory=dict)
    figure: Callable[[str, bool], str] = no_figure
    footnotes: list[dict[str, str]] = field(default_factory=list)
    pictures: int = 0


def render(text: str, page: Page) -> str:
    """Turn prose into block HTML; footnotes are left in *page*."""
    blocks = [block for each in _split(text) if (block := _block(each, page))]
    if page.footnotes:
        blocks.append(_footnotes(page))
    return "\n" + "\n\n\n\n".join(blocks) + "\n"


def _split(text: str) -> list[str]:
    """Cut at empty lines, but not within code and verse."""
    parts = re.split(r"^(```.*?^```|<pre.*?</pre>)$", text, flags=re.DOTALL | re.MULTILINE)
    whole = ("```", "<pre")
    blocks = [[part] if part.startswith(whole) else re.split(r"\n\s*\n", part) for part in parts]
    return [each.strip("\n") for block in blocks for each in block if each.strip()]


def _block(text: str, page: Page) -> str:
    for mark, make in BLOCKS.items():
        if text.startswith(mark):
            return make(text, page)
    if text.startswith("[^") and (match := FOOTNOTE.match(text)):
        number, note = match.groups()
        page.footnotes.append({"content": inline(note, page), "id": _note_id(page, number)})
        return ""
    if re.match(r"\d+\. ", text):
        return _list(re.sub(r"^\d+\. ", "- ", text, flags=re.MULTILINE), page, "ol")
    direction = ' dir="rtl"' if re.match(r"[\u0590-\u06ff]", text) else ""
    return f"<p{direction}>{inline(text, page)}</p>"


def inline(text: str, page: Page) -> str:
    """Render emphasis, links, code and footnote marks within a block."""
    text = CJK.sub(lambda match: match[0][0], text).replace("//\n", "<br>")
    text = re.sub(r"&(?!#?\w+;)", "&amp;", re.sub(r"\s*\n\s*", " ", text))
    text = re.sub(r"`([^`]+)`", lambda match: f"<code>{escape(match[1])}</code>", text)
    text = re.sub(r"\[([^]^]+)\]\(([^)\s]+)\)", lambda match: _link(match, page), text)
    text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
    text = re.sub(r"(?<![*\w])\*([^*]+)\*", r"<em>\1</em>", text)
    return texturize(re.sub(r"\[\^(\d+)\]", lambda match: _note_mark(match[1], page), text))


def _link(match: re.Match[str], page: Page) -> str:
    text, target = match.groups()
    address = page.links[target[1:]] if target.startswith("@") else target
    return f'<a href="{address}">{text}</a>'


def _note_id(page: Page, number: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{page.name}#{number}"))


def _note_mark(number: str, page: Page) -> str:
    note = _note_id(page, number)
    anchor = f'<a href="#{note}" id="{note}-link">{number}</a>'
    return f'<sup data-fn="{note}" class="fn">{anchor}</sup>'


def _footnotes(page: Page) -> str:
    notes = [
        f'<li id="{note["id"]}">{note["content"]} <a href="#{note["id"]}-link" '
        f'aria-label="Jump to footnote reference {number}">↩︎</a></li>'
        for number, note in enumerate(page.footnotes, 1)
    ]
    return f'<ol class="wp-block-footnotes">{"".join(notes)}</ol>'


def _heading(text: str, page: Page) -> str:
    marks, _, title = text.partition(" ")
    level = len(marks)
    return f'<h{level} class="wp-block-heading">{inline(title, page)}</h{level}>'


def _list(text: str, page: Page, tag: str = "ul") -> str:
    items = [inline(each, page) for each in re.split(r"^- ", text, flags=re.MULTILINE)[1:]]
    listed = "\n\n\n\n".join(f"<li>{item.strip()}</li>" for item in items)
    return f'<{tag} class="wp-block-list">\n{listed}\n</{tag}>'


def _quote(text: str, page: Page) -> str:
    lines = re.sub(r"^> ?", "", text, flags=re.MULTILINE)
    said, dashes, who = lines.partition("-- ")
    cite = f"<cite>{inline(who.strip(), page)}</cite>" if dashes else ""
    kind = "wp-block-quote is-layout-flow wp-block-quote-is-layout-flow"
    return f'<blockquote class="{kind}">\n<p>{inline(said.strip(), page)}</p>\n{cite}</blockquote>'


def _table(text: str, page: Page) -> str:
    lines = [line for line in text.splitlines() if not line.startswith("|=")]
    rows = [[inline(cell.strip(), page) for cell in line.strip("|").split("|")] for line in lines]
    head = "".join(f"<th>{cell}</th>" for cell in rows[0])
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows[1:])
    notes = [line[2:].strip() for line in text.splitlines() if line.startswith("|=")]
    return (
        '<figure class="wp-block-table"><table class="has-fixed-layout"><thead><tr>'
        f"{head}</tr></thead><tbody>{body}</tbody></table>"
        f"{''.join(_caption(note, page) for note in notes)}</figure>"
    )


def _caption(text: str, page: Page) -> str:
    caption = inline(text.strip(), page)
    return f'<figcaption class="wp-element-caption">{caption}</figcaption>' if caption else ""


def _code(text: str, page: Page) -> str:
    code = escape(text.partition("\n")[2].removesuffix("```").rstrip("\n"), quote=False)
    return f'<pre class="wp-block-code"><code>{code}</code></pre>'


def _figure(text: str, page: Page) -> str:
    """Render ``!image NAME | caption``, ``!gallery NAMES | caption`` or ``!video URL | title``."""
    words, _, caption = text.partition("|")
    kind, *names = words.split()
    if kind == "!video":
        return _video(names[0], caption.strip())
    figures = []
    for name in names:
        figures.append(page.figure(name, page.pictures == 0))
        page.pictures += 1
    images = [f'<figure class="wp-block-image size-large">{each}' for each in figures]
    if kind == "!image":
        return f"{images[0]}{_caption(caption, page)}</figure>"
    note = _caption(caption, page).replace('"wp-', '"blocks-gallery-caption wp-')
    listed = "\n\n\n\n".join(f"{image}</figure>" for image in images)
    gallery = (
        "wp-block-gallery has-nested-images columns-default is-cropped wp-block-gallery-1 "
        "is-layout-flex wp-block-gallery-is-layout-flex"
    )
    return f'<figure class="{gallery}">\n{listed}\n{note}</figure>'


def _video(address: str, title: str) -> str:
    frame = (
        f'<iframe title="{escape(title)}" width="500" height="281" src="{address}" '
        'frameborder="0" allow="accelerometer; encrypted-media; picture-in-picture" '
        'referrerpolicy="strict-origin-when-cross-origin" allowfullscreen></iframe>'
    )
    kind = "wp-block-embed is-type-video wp-embed-aspect-16-9 wp-has-aspect-ratio"
    return (
        f'<figure class="{kind}"><div class="wp-block-embed__wrapper">\n{frame}\n</div></figure>'
    )


def _html(text: str, page: Page) -> str:
    return text


BLOCKS: dict[str, Callable[[str, Page], str]] = {
    "```": _code,
    "##": _heading,
    "- ": _list,
    ">": _quote,
    "|": _table,
    "!": _figure,
    "<": _html,
}

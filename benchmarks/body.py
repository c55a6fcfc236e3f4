"""Rendered block HTML of any wanted length, as WordPress's editor leaves it."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks import words
from benchmarks.prose import Prose

BLOCKS: tuple[tuple[float, str], ...] = (
    (0.64, "paragraph"),
    (0.75, "heading"),
    (0.83, "listing"),
    (0.89, "figure"),
    (0.93, "quote"),
    (0.95, "table"),
    (0.97, "code"),
    (0.98, "button"),
    (1.00, "separator"),
)
"""Kinds of blocks by cumulated share."""


class Writer(Prose):
    """Writes the blocks of one post."""

    def body(self, length: int) -> list[str]:
        """Return blocks of about *length* characters together; the first is a paragraph."""
        blocks = [self.paragraph(length)]
        written = len(blocks[0])
        while written < length:
            block = self.block(length - written)
            if len(block) > 2 * (length - written):
                break
            blocks.append(block)
            written += len(block) + 4
        return blocks

    def block(self, room: int) -> str:
        """Return one block, a paragraph where *room* characters are too few for others."""
        if room < 400:
            return self.paragraph(room)
        chance = self.random()
        for share, kind in BLOCKS:
            if chance < share:
                write: Callable[[int], str] = getattr(self, kind)
                return write(room)
        raise AssertionError("the shares of BLOCKS end at 1")

    def paragraph(self, room: int) -> str:
        """Return a paragraph of one to seven sentences, no more than fit *room*."""
        sentences = [self.sentence()]
        length = len(sentences[0])
        for _ in range(self.below(7)):
            if length > room:
                break
            sentences.append(self.sentence())
            length += len(sentences[-1])
        if self.random() < 0.06 and len(sentences) > 1:
            sentences[0] += "<br />"
        return f"<p>{' '.join(sentences)}</p>"

    def heading(self, room: int) -> str:
        """Return a heading of level two, sometimes three."""
        level = 2 if self.random() < 0.7 else 3
        text = " ".join(self.sentence_words()[:6]).rstrip(",")
        return f'<h{level} class="wp-block-heading">{text}</h{level}>'

    def listing(self, room: int) -> str:
        """Return a list, sometimes with a list in it."""
        tag = "ul" if self.random() < 0.7 else "ol"
        entries = [self.sentence() for _ in range(3 + self.below(5))]
        if self.random() < 0.25:
            inner = "\n".join(f"<li>{self.one(words.NOUNS)}</li>" for _ in range(3))
            entries[1] += f'\n<ul class="wp-block-list">\n{inner}\n</ul>\n'
        lines = "\n\n\n\n".join(f"<li>{entry}</li>" for entry in entries)
        return f'<{tag} class="wp-block-list">\n{lines}\n</{tag}>'

    def figure(self, room: int) -> str:
        """Return an image with its sizes and a caption."""
        number = 10_000 + self.below(80_000)
        year, month = 2012 + self.below(14), 1 + self.below(12)
        stem = f"{self.one(words.NOUNS)}-{self.one(words.NOUNS)}"
        base = f"{self.home}/wp-content/uploads/{year}/{month:02d}/{stem}"
        alt = " ".join(self.sentence_words()[:6])
        return (
            f'<figure class="wp-block-image size-large"><img fetchpriority="high" '
            f'decoding="async" width="1024" height="683" src="{base}-1024x683.jpg" '
            f'alt="{alt}" class="wp-image-{number}" srcset="{base}-1024x683.jpg 1024w, '
            f'{base}-300x200.jpg 300w, {base}-768x512.jpg 768w, {base}.jpg 1500w" '
            f'sizes="(max-width: 1024px) 100vw, 1024px" />'
            f'<figcaption class="wp-element-caption">{self.sentence()}</figcaption></figure>'
        )

    def quote(self, room: int) -> str:
        """Return a quotation with the name of the speaker."""
        speaker = f"{self.one(self.lists['F'])} {self.one(self.lists['S'])}"
        return (
            '<blockquote class="wp-block-quote is-layout-flow '
            f'wp-block-quote-is-layout-flow">\n{self.paragraph(500)}\n<cite>{speaker}</cite>'
            "</blockquote>"
        )

    def table(self, room: int) -> str:
        """Return a table of four columns under a head."""
        heads = "".join(f"<th>{self.one(words.NOUNS)}</th>" for _ in range(4))
        rows = "".join(
            f"<tr><td>{self.one(words.PLACES)}</td><td>{self.below(5000)}</td>"
            f"<td>{self.one(self.lists['A'])} {self.one(self.lists['N'])}</td>"
            f"<td>{self.below(100)}&nbsp;%</td></tr>"
            for _ in range(3 + self.below(6))
        )
        return (
            '<figure class="wp-block-table"><table class="has-fixed-layout"><thead><tr>'
            f"{heads}</tr></thead><tbody>{rows}</tbody></table></figure>"
        )

    def code(self, room: int) -> str:
        """Return some lines of code with the entities that code needs."""
        lines = [
            f"{' ' * 4 * self.below(3)}if {self.one(words.NOUNS)} &lt; {self.below(99)} "
            f"&amp;&amp; {self.one(words.NOUNS)}[&quot;{self.one(words.VERBS)}&quot;]:"
            for _ in range(3 + self.below(8))
        ]
        language = self.one(words.LANGUAGES)
        joined = "\n".join(lines)
        return (
            f'<pre class="wp-block-code"><code lang="{language}" class="language-{language}">'
            f"{joined}</code></pre>"
        )

    def button(self, room: int) -> str:
        """Return a row with one button."""
        return (
            '<div class="wp-block-buttons is-layout-flex wp-block-buttons-is-layout-flex">\n'
            '<div class="wp-block-button"><a class="wp-block-button__link wp-element-button" '
            f'href="{self.address()}">{self.one(words.VERBS).title()} the '
            f"{self.one(words.NOUNS)}</a></div>\n</div>"
        )

    def separator(self, room: int) -> str:
        """Return a horizontal rule."""
        return '<hr class="wp-block-separator has-alpha-channel-opacity"/>'


def render(blocks: list[str]) -> str:
    r"""Join *blocks* as WordPress leaves them once the comments between are gone.

    >>> render(["<p>one</p>", "<p>two</p>"])
    '\n<p>one</p>\n\n\n\n<p>two</p>\n'
    """
    return "\n" + "\n\n\n\n".join(blocks) + "\n"

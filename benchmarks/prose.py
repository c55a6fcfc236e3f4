"""Sentences and titles of a post, with the marks and entities that editors put in."""

from __future__ import annotations

from random import Random

from benchmarks import words

PATTERNS = tuple(
    tuple(pattern.split())
    for pattern in (
        "the A N V the N beside the N",
        "R the N of P V a A N",
        "F S V the N and the N , and the A N was V R",
        "nobody in P had V the A N before the N",
        "every N needs a N , a A N and some N",
        "after the N the A N of P was V by the N",
        "F S , the N of the A N , said the N had been V",
        "it took D U to have the N V , more than the N had V",
        "the N that stood between the N and the N is A R",
        "in P the N and its N are V as the A N allows",
        "R , a A N V the N where the N had V it",
        "the N costs D U a N , which the A N of P V",
        "when the N was A , F V the N with a A N",
        "there is a A N on the N , and it isn't A",
        "a N without a N is like a A N without its N",
    )
)
"""Sentences: an upper-case letter stands for a word of that list, all else for itself."""


class Prose:
    """Writes the sentences of one post, whose topic favours some words.

    Only ``random()`` of *rng* is used: of Python's generator it alone is
    promised to give the same numbers in every version.
    """

    def __init__(self, rng: Random, home: str) -> None:
        self.random = rng.random
        self.home = home
        self.lists = {
            "N": self.some(words.NOUNS, 190),
            "V": self.some(words.VERBS, 110),
            "A": self.some(words.ADJECTIVES, 90),
            "R": self.some(words.ADVERBS, 30),
            "P": self.some(words.PLACES, 16),
            "F": self.some(words.FIRST_NAMES, 20),
            "S": self.some(words.SURNAMES, 20),
            "U": words.UNITS,
        }

    def below(self, limit: int) -> int:
        """Return a number from 0 to *limit* - 1."""
        return int(self.random() * limit)

    def one(self, choices: tuple[str, ...] | list[str]) -> str:
        """Return one of *choices*, each as likely."""
        return choices[int(self.random() * len(choices))]

    def some(self, choices: list[str], count: int) -> list[str]:
        """Return *count* of *choices*, with repetitions: a topic has its favourites."""
        return [self.one(choices) for _ in range(count)]

    def sentence_words(self) -> list[str]:
        """Return the words of one sentence; commas stand on the word before."""
        written: list[str] = []
        for token in PATTERNS[int(self.random() * len(PATTERNS))]:
            if token in self.lists:
                choices = self.lists[token]
                written.append(choices[int(self.random() * len(choices))])
            elif token == "D":
                written.append(str(2 + self.below(900)))
            elif token == ",":
                written[-1] += ","
            else:
                written.append(token.replace("'", "&#8217;"))
        written[0] = written[0][0].upper() + written[0][1:]
        return written

    def sentence(self) -> str:
        """Return a sentence with the links, marks and entities that editors put in."""
        written = self.sentence_words()
        chance = self.random()
        if chance < 0.36:
            start = self.below(len(written) - 2)
            end = start + 1 + self.below(2)
            marked = " ".join(written[start:end])
            written[start:end] = [self.mark(marked, chance)]
        return " ".join(written) + "."

    def mark(self, text: str, chance: float) -> str:
        """Wrap *text* in an inline element, or in typographic quotes."""
        if chance < 0.09:
            return f'<a href="{self.address()}">{text}</a>'
        if chance < 0.12:
            return (
                f'<a href="{self.address()}" target="_blank" rel="noreferrer noopener">{text}</a>'
            )
        if chance < 0.19:
            return f"<strong>{text}</strong>"
        if chance < 0.25:
            return f"<em>{text}</em>"
        if chance < 0.27:
            return f"<code>{text}</code>"
        if chance < 0.32:
            return f"&#8220;{text}&#8221;"
        return f"{text} &#8211;" if chance < 0.34 else f"{text} &amp;&nbsp;{self.one(words.NOUNS)}"

    def address(self) -> str:
        """Return the address of a page, on this site or another."""
        path = f"{self.one(words.NOUNS)}-{self.one(words.NOUNS)}"
        if self.random() < 0.5:
            return f"{self.home}/{2012 + self.below(14)}/{1 + self.below(12):02d}/{path}/"
        return f"https://{self.one(words.DOMAINS)}/{path}?ref={self.below(900)}&#038;page=2"

    def title(self) -> str:
        """Return a title as it is rendered: no markup, numeric entities."""
        parts = self.sentence_words()[: 5 + self.below(6)]
        text = " ".join(parts).rstrip(",")
        chance = self.random()
        if chance < 0.15:
            text = f"{self.one(words.PLACES)}&#8217;s {text[0].lower()}{text[1:]}"
        elif chance < 0.25:
            text += f" &#038; {self.one(words.NOUNS)}"
        elif chance < 0.30:
            text += "&#8230;"
        return text

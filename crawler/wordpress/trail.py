"""What discovery tried on its way, and the one line that says so where it led nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from crawler.wordpress.query import Origin
from crawler.wordpress.site import WORDPRESS_COM

HINTS = {
    "401": "; the whole site asks for a login",
    "403": "; a firewall may be what refuses",
    "429": "; the site asks to come back later",
    "503": "; the site may be down for the moment",
}
"""What it most likely means when every place answered the same."""


@dataclass(slots=True)
class Trail:
    """What was learnt so far of the site known as *site*.

    ``origin`` is the one that answered. ``page`` is what the site's own page
    was, None where it was not asked for; ``announced`` whether it names an API,
    ``elsewhere`` another host on which it has it, ``sent_off`` where it sends
    its visitors. ``outcomes`` are what the places answered, by URL.
    """

    site: str
    origin: Origin
    page: str | None = None
    announced: bool = False
    elsewhere: Origin | None = None
    sent_off: Origin | None = None
    outcomes: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        if self.elsewhere is not None:
            return (
                f"the API of {self.site} is on another host, {self.elsewhere.netloc}; "
                f"if it may be asked, add -a allow_hosts={self.elsewhere.netloc}"
            )
        if self.sent_off is not None:
            return (
                f"{self.site} sends its visitors to {self.sent_off}; name that site, "
                f"or add -a allow_hosts={self.sent_off.netloc}"
            )
        places = _join(self.show(url) for url in self.outcomes)
        answers = list(self.outcomes.values())
        hint = HINTS.get(answers[0], "") if len(set(answers)) == 1 else ""
        return (
            f"no WordPress REST API at {self.site}: {self._clue()}{places} "
            f"answered {_join(answers)}{hint}{self._advice()}"
        )

    def show(self, url: str) -> str:
        """Write a URL as short as it is clear."""
        return url.removeprefix(str(self.origin))[:200]

    def _clue(self) -> str:
        if self.announced:
            return "its page names one, but "
        if self.page is None:
            return ""
        page = "no Link header" if self.page == "a web page" else f"its page is {self.page}"
        return f"{page}, and "

    def _advice(self) -> str:
        asked_there = any(WORDPRESS_COM in url for url in self.outcomes)
        if asked_there or not self.origin.host.endswith(".wordpress.com"):
            return ""
        return f"; WordPress.com has it at https://{WORDPRESS_COM}/wp/v2/sites/{self.origin.host}"


def _join(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last

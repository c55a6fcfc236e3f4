"""The bodies that the cleaner is weighed on: of real sites, and of the golden folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from crawler.clean.body import CleanBody, clean_body
from tests.clean.witness import Reading, read_html, read_markdown

SHARED = Path(__file__).resolve().parents[3] / "shared"
GOLDEN = Path(__file__).with_name("golden")
GOLDEN_URL = "https://example.org/2026/11/post/"


@dataclass(frozen=True)
class Body:
    """A rendered body, and what the cleaner and the witness make of it, each once."""

    name: str
    html: str
    base_url: str
    options: dict[str, str] = field(default_factory=dict)

    @cached_property
    def cleaned(self) -> CleanBody:
        """What the cleaner makes of it."""
        return self.clean(self.html)

    @cached_property
    def came(self) -> Reading:
        """What the witness reads in what came."""
        return read_html(self.html)

    @cached_property
    def html_out(self) -> Reading:
        """What the witness reads in the HTML that went out."""
        return read_html(self.cleaned.html)

    @cached_property
    def markdown_out(self) -> Reading:
        """What the witness reads in the Markdown that went out, rendered."""
        return read_markdown(self.cleaned.markdown)

    def clean(self, html: str) -> CleanBody:
        """Clean *html* as this body is cleaned."""
        return clean_body(html, base_url=self.base_url, keep_cuts=True, **self.options)


@lru_cache
def golden_bodies() -> tuple[Body, ...]:
    """Give the bodies of the golden folder, by name."""
    return tuple(map(golden_body, sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())))


def golden_body(name: str) -> Body:
    """Give one body of the golden folder."""
    options = GOLDEN / name / "in.json"
    return Body(
        name=f"golden/{name}",
        html=(GOLDEN / name / "in.html").read_text(encoding="utf-8"),
        base_url=GOLDEN_URL,
        options=json.loads(options.read_bytes()) if options.exists() else {},
    )


def real_files() -> list[Path]:
    """List the files of real posts and pages beside the project, where there are any."""
    return [
        file
        for folder in ("posts", "pages")
        for file in sorted((SHARED / "real-records" / folder).glob("*.json"))
    ]


@lru_cache
def real_bodies(file: Path) -> tuple[Body, ...]:
    """Give the bodies of one site's file of records."""
    return tuple(_bodies(file))


def _bodies(file: Path) -> Iterator[Body]:
    for record in json.loads(file.read_bytes()):
        if "content" in record:
            name = f"{file.parent.name}/{file.stem}#{record['id']}"
            yield Body(name, record["content"]["rendered"], record["link"])

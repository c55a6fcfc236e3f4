"""Make text of what WordPress renders as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, cast

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings
from scrapy.statscollectors import StatsCollector
from scrapy.utils.misc import load_object

from crawler.clean.addresses import host_of
from crawler.clean.body import CleanBody, clean_body
from crawler.clean.characters import without_emails
from crawler.clean.excerpt import plain_excerpt
from crawler.clean.linked import clean_linked
from crawler.clean.once import Emails
from crawler.clean.plain import plain_text
from crawler.errors import ArgumentError
from crawler.items import Comment, Document, Item, Media, Term, User
from crawler.pipelines.ahead import Ahead, Rendered, rendered_of
from crawler.spiders.wordpress import records_read

if TYPE_CHECKING:
    from crawler.clean.site_rule import SiteRule

LINES: dict[type[Item], tuple[str, ...]] = {
    Document: ("title",),
    Media: ("title", "alt_text", "caption", "description"),
    Comment: ("author_name",),
    Term: ("name", "description"),
    User: ("name", "description"),
}
"""Fields that come as rendered HTML and leave as one line of text."""


class CleanPipeline:
    """Clean bodies and comments, and turn titles, captions and names into plain text."""

    def __init__(
        self, stats: StatsCollector, emails: Emails, rules: Mapping[str, SiteRule]
    ) -> None:
        self.stats = stats
        self.count = stats.inc_value
        self.emails = emails
        self.rules = rules
        self.ahead = Ahead(self.clean_body)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        settings = crawler.settings
        pipeline = cls(crawler.stats, read_emails(settings), read_rules(settings))
        crawler.signals.connect(pipeline.records_read, records_read)
        return pipeline

    def records_read(self, items: Sequence[Item]) -> None:
        """Learn what comes next."""
        self.ahead.tell(items)

    def process_item(self, item: Item) -> Item:
        for name in LINES.get(type(item), ()):
            rendered = getattr(item, name)
            if rendered:
                setattr(item, name, self.line(plain_text(rendered)))
        if isinstance(item, Document):
            self.clean_document(item)
            clean_linked(item, emails=self.emails)
        elif isinstance(item, Comment) and (rendered := rendered_of(item)) is not None:
            cleaned = self.ahead.cleaned(item, rendered)
            item.content_html, item.content_text = cleaned.html, cleaned.text
        self.count("clean/item_count")
        return item

    def clean_body(self, item: Item, rendered: Rendered) -> CleanBody:
        """Clean a body; that of a document by what the user has for its site, too."""
        rules = self.rules if isinstance(item, Document) else None
        return clean_body(
            rendered.html,
            base_url=rendered.base_url,
            emails=self.emails,
            site_rule=rules.get(host_of(rendered.base_url)) if rules else None,
            canonical=rendered.canonical,
        )

    def line(self, text: str) -> str:
        """Take from a line of text what the settings want gone."""
        return without_emails(text) if self.emails == "cut" else text

    def clean_document(self, item: Document) -> None:
        """Fill what is made of the body and of the excerpt; a body that is null stays so."""
        if item.excerpt:
            item.excerpt = self.line(plain_excerpt(item.excerpt))
        rendered = rendered_of(item)
        if rendered is None:
            return
        cleaned = self.ahead.cleaned(item, rendered)
        item.content_html = cleaned.html
        item.content_text = cleaned.text
        item.content_markdown = cleaned.markdown
        item.links = cast(list[dict[str, Any]], cleaned.links)
        item.images = cast(list[dict[str, Any]], cleaned.images)
        item.embeds = cast(list[dict[str, Any]], cleaned.embeds)
        item.source = cast(dict[str, Any] | None, cleaned.source)
        item.word_count, item.word_unit = cleaned.word_count, cleaned.word_unit
        item.cleaning = cleaned.cleaning
        self.count_cleaning(cleaned.cleaning)

    def count_cleaning(self, cleaning: Mapping[str, Any]) -> None:
        """Count characters by what became of them, and bodies that met a limit."""
        self.count("clean/body_count")
        for rule, characters in cleaning["cut"].items():
            self.count(f"clean/cut_count/{rule}", characters)
        for limit in cleaning["limits"]:
            self.count(f"clean/limit_count/{limit}")


def read_emails(settings: BaseSettings) -> Emails:
    """Read CLEAN_EMAILS."""
    value = settings.get("CLEAN_EMAILS")
    if value == "keep" or value == "cut":
        return cast(Emails, value)
    raise ArgumentError(f"CLEAN_EMAILS must be keep or cut, got {value!r}")


def read_rules(settings: BaseSettings) -> dict[str, SiteRule]:
    """Read CLEAN_RULES: a function, or the dotted path of one, for each host."""
    try:
        given = settings.getdict("CLEAN_RULES")
    except (TypeError, ValueError):
        given = None
    if given is None:
        raise ArgumentError(
            f"CLEAN_RULES must be a dictionary of hosts, got {settings.get('CLEAN_RULES')!r}"
        )
    return {_host(host): _function(host, path) for host, path in given.items()}


def _host(host: str) -> str:
    known = host_of(f"https://{host}/")
    if "/" in host or known != host.lower().removeprefix("www."):
        raise ArgumentError(f"CLEAN_RULES must name hosts such as 'example.org', got {host!r}")
    return known


def _function(host: str, path: object) -> SiteRule:
    try:
        function = load_object(path) if isinstance(path, str) else path
    except Exception as error:  # whatever happens in a module of the user's
        raise ArgumentError(
            f"CLEAN_RULES must give a function for {host!r}, as 'package.module.function', "
            f"got {path!r}: {error}"
        ) from None
    if not callable(function):
        raise ArgumentError(f"CLEAN_RULES must give a function for {host!r}, got {path!r}")
    return cast("SiteRule", function)

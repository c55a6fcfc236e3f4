from __future__ import annotations

import pytest
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import TextResponse
from scrapy.settings import Settings
from twisted.internet.error import TimeoutError as TwistedTimeout
from twisted.python.failure import Failure

from crawler import __version__
from crawler.errors import ArgumentError, DiscoveryError
from crawler.spiders.wordpress import WordPressSpider, reason_of, user_agent
from crawler.wordpress.bounds import Bounds
from crawler.wordpress.query import origin_of


def spider(tmp_path, **arguments):
    settings = Settings({"EXPORTS_DIR": str(tmp_path), "CONTACT": None})
    return WordPressSpider.from_crawler(
        Crawler(WordPressSpider, settings),
        **{"site": "https://example.org", "collections": "posts", **arguments},
    )


class TestFromCrawler:
    def test_run(self, tmp_path):
        """A spider has its arguments, its run and the harvest that it works for."""
        made = spider(tmp_path, limit="3", allow_hosts="api.example.org", dataset="news")

        assert made.arguments.limit == 3
        assert made.allow_hosts == {"api.example.org"}
        assert made.run.dataset == "news"
        assert made.run.folder.parent == tmp_path / "example.org"
        assert made.harvest.url == "https://example.org"

    def test_bounds(self, tmp_path):
        """What it may ask is what the user named."""
        made = spider(tmp_path, allow_hosts="api.example.org")

        assert made.bounds == Bounds(
            origin_of("https://example.org"), frozenset({"api.example.org"}), None
        )

    def test_bounds_once_found(self, tmp_path):
        """As soon as its API is found, that is the only place."""
        made = spider(tmp_path)
        index = b'{"namespaces": ["wp/v2"], "routes": {}}'
        list(made.parse(TextResponse("https://www.example.org/", status=404)))
        list(made.parse(TextResponse("https://www.example.org/wp-json/", body=index)))

        assert made.bounds.pinned == origin_of("https://www.example.org")

    def test_refused(self, tmp_path):
        """Arguments that cannot be used leave nothing behind."""
        with pytest.raises(ArgumentError, match="did you mean limit"):
            spider(tmp_path, limt="3")
        assert list(tmp_path.iterdir()) == []

    def test_job_of_scrapyd(self, tmp_path):
        """Scrapyd's own argument passes."""
        assert spider(tmp_path, _job="6487ec79").arguments.site == "https://example.org"


class TestAnswers:
    def test_next_request(self, tmp_path):
        """Each answer gives the next request; none is filtered as a duplicate."""
        made = spider(tmp_path)
        [request] = made._next_request()
        [following] = made.parse(TextResponse(request.url, status=404, body=b"Not Found"))

        assert request.dont_filter
        assert following.dont_filter
        assert following.url == "https://example.org/wp-json/"
        assert following.errback == made.failed_to_discover  # until the API is found

    def test_failure(self, tmp_path):
        """No response at the first URL is the end, and the spider keeps the reason."""
        made = spider(tmp_path)
        assert list(made.failed(Failure(TwistedTimeout("took too long")))) == []
        assert isinstance(made.error, DiscoveryError)
        assert "https://example.org could not be reached" in str(made.error)
        assert "took too long" in str(made.error)

    def test_robots(self, tmp_path):
        """What robots.txt forbids is no failure of the site: the next guess is asked for."""
        made = spider(tmp_path)
        [request] = made.failed(Failure(IgnoreRequest("Forbidden by robots.txt")))
        assert request.url == "https://example.org/wp-json/"
        assert made.error is None

    def test_end(self, tmp_path):
        """An error of the harvest ends the requests."""
        made = spider(tmp_path)
        page = TextResponse(
            "https://example.org", status=403, headers={"cf-mitigated": "challenge"}, body=b""
        )
        assert list(made.parse(page)) == []
        assert "Cloudflare" in str(made.error)


@pytest.mark.parametrize(
    ("contact", "name"),
    [
        ("mail@example.org", f"presscrawl/{__version__} (+mail@example.org)"),
        ("", f"presscrawl/{__version__} (no contact set)"),
        (None, f"presscrawl/{__version__} (no contact set)"),
    ],
)
def test_user_agent(contact, name):
    """The user agent says who comes, and whom to write to or that nobody was named."""
    assert user_agent(contact) == name


class TestReasonOf:
    def test_first_line(self):
        """A few words: the first line, cut."""
        failure = Failure(ValueError("x" * 500 + "\nmore"))
        assert reason_of(failure) == "x" * 200

    def test_no_words(self):
        """An error that says nothing is named by its class."""
        assert reason_of(Failure(ConnectionResetError())) == "ConnectionResetError"

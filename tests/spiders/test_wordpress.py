from __future__ import annotations

import pytest
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import TextResponse
from scrapy.settings import Settings
from scrapy.statscollectors import MemoryStatsCollector
from twisted.internet.error import TimeoutError as TwistedTimeout
from twisted.python.failure import Failure

from crawler import __version__
from crawler.errors import ArgumentError, DiscoveryError
from crawler.resuming import abandon
from crawler.spiders.wordpress import WordPressSpider, reason_of, user_agent
from crawler.wordpress.bounds import Bounds
from crawler.wordpress.query import origin_of


@pytest.fixture
def spider(tmp_path):
    """Make spiders from arguments, as a crawl would; what they hold is let go of in the end."""
    made = []

    def make(**arguments):
        settings = Settings(
            {
                "EXPORTS_DIR": str(tmp_path / "exports"),
                "STATE_PATH": str(tmp_path / "state" / "presscrawl.sqlite3"),
                "JOURNAL_MAX_AGE": 60,
                "CONTACT": None,
            }
        )
        crawler = Crawler(WordPressSpider, settings)
        crawler.stats = MemoryStatsCollector(crawler)
        crawler.crawling = True
        one = WordPressSpider.from_crawler(
            crawler, **{"site": "https://example.org", "collections": "posts", **arguments}
        )
        made.append(one)
        return one

    yield make
    for each in made:
        abandon(each.run, each.state)
        each.closed("finished")


class TestFromCrawler:
    def test_run(self, tmp_path, spider):
        """A spider has its arguments, its run and the harvest that it works for."""
        made = spider(limit="3", allow_hosts="api.example.org", dataset="news")

        assert made.arguments.limit == 3
        assert made.allow_hosts == {"api.example.org"}
        assert made.run.dataset == "news"
        assert made.run.folder.parent == tmp_path / "exports" / "example.org"
        assert made.harvest.url == "https://example.org"

    def test_bounds(self, spider):
        """What it may ask is what the user named."""
        made = spider(allow_hosts="api.example.org")

        assert made.bounds == Bounds(
            origin_of("https://example.org"), frozenset({"api.example.org"}), None
        )

    def test_bounds_once_found(self, spider):
        """As soon as its API is found, that is the only place."""
        made = spider()
        index = b'{"namespaces": ["wp/v2"], "routes": {}}'
        list(made.parse(TextResponse("https://www.example.org/", status=404)))
        list(made.parse(TextResponse("https://www.example.org/wp-json/", body=index)))

        assert made.bounds.pinned == origin_of("https://www.example.org")

    def test_refused(self, tmp_path, spider):
        """Arguments that cannot be used leave nothing behind."""
        with pytest.raises(ArgumentError, match="did you mean limit"):
            spider(limt="3")
        assert list(tmp_path.iterdir()) == []

    def test_job_of_scrapyd(self, spider):
        """Scrapyd's own argument passes."""
        assert spider(_job="6487ec79").arguments.site == "https://example.org"


class TestAnswers:
    def test_next_request(self, spider):
        """Each answer gives the next request; none is filtered as a duplicate."""
        made = spider()
        [request] = made._go_on()
        [following] = made.parse(TextResponse(request.url, status=404, body=b"Not Found"))

        assert request.dont_filter
        assert following.dont_filter
        assert following.url == "https://example.org/wp-json/"
        assert following.errback == made.failed

    def test_failure(self, spider):
        """No response at the first URL is the end, and the spider keeps the reason."""
        made = spider()
        assert list(made.failed(Failure(TwistedTimeout("took too long")))) == []
        assert isinstance(made.error, DiscoveryError)
        assert "https://example.org could not be reached" in str(made.error)
        assert "took too long" in str(made.error)

    def test_robots(self, spider):
        """What robots.txt forbids is no failure of the site: the next guess is asked for."""
        made = spider()
        [request] = made.failed(Failure(IgnoreRequest("Forbidden by robots.txt")))
        assert request.url == "https://example.org/wp-json/"
        assert made.error is None

    def test_end(self, spider):
        """An error of the harvest ends the requests."""
        made = spider()
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

"""Settings of the project: what differs from Scrapy's defaults, each with its reason."""

from __future__ import annotations

import os
from pathlib import Path

from scrapy.settings import default_settings
from scrapy.utils.conf import closest_scrapy_cfg

from crawler.node import check_node
from crawler.on_demand import on_demand

check_node(__file__)  # in an egg, before anything of ours that needs more than Scrapy

_HOME = Path(closest_scrapy_cfg() or "scrapy.cfg").parent  # of the project, else here

BOT_NAME = "presscrawl"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
COMMANDS_MODULE = "crawler.commands"  # our crawl runs several sites and has a true exit status

# --- our own ------------------------------------------------------------------------------

CONTACT = os.environ.get("PRESSCRAWL_CONTACT", "")  # an address or page, for the user agent
EXPORTS_DIR = os.environ.get("PRESSCRAWL_EXPORTS_DIR", str(_HOME / "exports"))
CLEAN_EMAILS = "keep"  # or cut: e-mail addresses in bodies and comments
CLEAN_RULES: dict[str, str] = {}  # host -> dotted path of a function over a BeautifulSoup tree
SWEEP_EVERY = 1  # of mode=incremental: in how many runs all ids are compared once
SWEEP_MAX_GONE = 0.2  # part of a collection that may be missing before that is doubted
WORDPRESS_MAX_PAGES = 100_000  # requests to one collection: a site may make up pages for ever
WORDPRESS_MAX_RECORDS = 10_000_000  # of one collection, the same
STATE_PATH = os.environ.get(  # what datasets remember from run to run
    "PRESSCRAWL_STATE_PATH", str(Path(EXPORTS_DIR) / ".state" / "presscrawl.sqlite3")
)
JOURNAL_MAX_AGE = 7 * 86_400  # seconds: what an older unfinished run had is not gone on with
SITES_AT_ONCE = 8  # crawlers in one process; each is its own site's only guest
PROGRESS = "auto"  # a live view on a terminal, else lines in the log; log; off
PROMETHEUS_FILE = ""  # where a node exporter reads the stats of the last run; %(site)s
PROGRESS_LOG_SECONDS = 60  # from one line to the next, where there is no terminal

DEDUPE_EXACT = "drop"  # what a reader wants once: in duplicates.jsonl it is named
DEDUPE_NEAR = "mark"  # how alike is too alike is for the reader to say
DEDUPE_ALIASES = "drop"  # a site that the dataset has from another address is not harvested again
DEDUPE_MIN_WORDS = 20  # shorter texts are often the same by accident: "Photos from Saturday"
DEDUPE_THRESHOLD = 0.8  # Jaccard similarity of 5-word shingles from which on two texts are near

# --- a polite guest -----------------------------------------------------------------------

ROBOTSTXT_OBEY = True  # Scrapy's default is False; we are guests
ROBOTSTXT_USER_AGENT = "presscrawl"  # the name that rules are written for
CONCURRENT_REQUESTS = 1  # one in flight a site; each site has its own crawler
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0  # seconds; 0 for a site of one's own, which switches the throttle off too
DOWNLOAD_DELAY_JITTER = 0  # the default of 0.5 goes below what was asked for
AUTOTHROTTLE_ENABLED = True  # slower when the site answers slower
AUTOTHROTTLE_TARGET_CONCURRENCY = 0.5  # after an answer, a pause as long as it took
AUTOTHROTTLE_START_DELAY = 1.0  # the default of 5 s makes a small site take a minute more
DOWNLOAD_VERIFY_CERTIFICATES = True  # the default accepts any
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024  # a page of 100 posts has 4 MB at most; the default is 1 GiB
DOWNLOAD_WARNSIZE = 0  # what is above the cap is an error, what is below needs no warning
DOWNLOAD_TIMEOUT = 90  # seconds for a whole answer; the default of 180 is a long wait for 5 tries
RETRY_TIMES = 4  # the default of 2 gives up a page too soon on a site that is busy
RETRY_BACKOFF = (
    1.0  # seconds of quiet after a failure; doubled after each further one, plus chance
)
RETRY_BACKOFF_MAX = 60.0  # seconds
RETRY_AFTER_MAX = 300.0  # seconds; a site that wants more is left, and run.json says until when
CRAWL_DELAY_MAX = 60.0  # seconds; a site whose robots.txt wants more is not crawled
OPT_OUT_SIGNALS = "record"  # or obey, ignore: noai, TDMRep, Content-Signal
METAREFRESH_ENABLED = False  # a page that a site controls sends us nowhere
REFERER_ENABLED = False  # where we were is nobody's business
COOKIES_ENABLED = False  # a visitor without history gets the same public answers
HTTPPROXY_ENABLED = False  # http_proxy in the environment would send all traffic there

DOWNLOADER_MIDDLEWARES_BASE = on_demand(default_settings.DOWNLOADER_MIDDLEWARES_BASE)
REDIRECT_MAX_TIMES = 5  # the default of 20 is a loop; RFC 9309 wants five for robots.txt

DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.origin_guard.OriginGuard": 50,  # before robots.txt, which it judges too
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.robots.RobotsMiddleware": 100,  # in its place
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "crawler.middlewares.retry.PatientRetry": 550,  # in its place
    "crawler.middlewares.opt_out.OptOutSignals": 585,  # sees what was decompressed
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "crawler.middlewares.compression.LenientCompressionMiddleware": 590,  # in its place
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawler.middlewares.redirect.SameSiteRedirectMiddleware": 600,  # in its place
    "crawler.middlewares.gate.Gate": 999,  # next to the network: all that is sent goes through
}

DOWNLOADER = "crawler.connections.downloader.StoppableDownloader"  # a signal waits for nobody

# Which address a name leads to is judged where it is looked up: what is checked is connected to.
TWISTED_DNS_RESOLVER = "crawler.connections.resolver.CheckedResolver"
DOWNLOAD_HANDLERS = {  # a second wall: nothing else is there to read a file or ask another server
    "http": "crawler.connections.handler.CheckedHTTPHandler",
    "https": "crawler.connections.handler.CheckedHTTPHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}

SPIDER_MIDDLEWARES = {  # each of them looks at each item
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,  # one request follows the other
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # crawler.wordpress reads them
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,  # no meta is copied
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,  # see REFERER_ENABLED
    # our URLs end at 4 KB; this would drop those above 2 KB in silence, and the crawl with them
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
}

# --- nothing listens, nothing leaks -------------------------------------------------------

TELNETCONSOLE_ENABLED = False  # the default listens on loopback
REMOTE_CONTROL_ENABLED = False  # the default listens, and runs posted Python
EXTENSIONS_BASE = on_demand(default_settings.EXTENSIONS_BASE)
LOG_LEVEL = "INFO"  # DEBUG logs each item
LOG_FORMATTER = "crawler.log_format.NoPayloadLogFormatter"

STATS_CLASS = "crawler.stats_collector.Stats"
WARN_ON_GENERATOR_RETURN_VALUE = False  # reads the source of our callbacks at each response

# --- the flow: record -> item -> clean item -> deduplicated item -> feed ------------------

ITEM_PIPELINES = {
    "crawler.pipelines.clean.CleanPipeline": 100,
    "crawler.pipelines.dedupe.DedupePipeline": 200,
}

EXTENSIONS = {
    "scrapy.extensions.throttle.AutoThrottle": None,
    "crawler.extensions.throttle.PaceThrottle": 0,  # in its place
    "crawler.extensions.scraped.Scraped": 0,  # after those that it calls
    "crawler.feeds.publication.Publication": 100,
    "crawler.extensions.watch.Watch": 150,  # the lease of the run, and its end by a signal
    "crawler.extensions.certificate.Certificate": 200,
    "crawler.extensions.progress.Progress": 300,
}

FEED_STORAGES = {
    "": "crawler.feeds.storage.StagedFileStorage",  # a path; "file" alone would not catch it
    "file": "crawler.feeds.storage.StagedFileStorage",
    "stdout": "crawler.feeds.storage.StdoutStorage",  # ends the run when the pipe is closed
}
FEED_EXPORTERS = {
    "jsonl": "crawler.feeds.jsonl.JsonLinesExporter",
    "jsonlines": "crawler.feeds.jsonl.JsonLinesExporter",
    "jl": "crawler.feeds.jsonl.JsonLinesExporter",
    "csv": "crawler.feeds.csv.CsvExporter",
}
FEED_URI_PARAMS = "crawler.run.feed_uri_params"
FEEDS = {  # a kind that was asked for by its word has a file even when there is nothing in it
    f"%(run_folder)s/{name}.jsonl": {
        "format": "jsonl",
        "overwrite": True,
        "item_classes": [f"crawler.items.{kind}"],
        "store_empty": False,
    }
    for name, kind in {
        "documents": "Document",
        "media": "Media",
        "comments": "Comment",
        "terms": "Term",
        "users": "User",
        "tombstones": "Tombstone",
    }.items()
}

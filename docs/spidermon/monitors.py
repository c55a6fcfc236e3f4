"""Monitors of a harvest for Spidermon, by the stats of presscrawl: a suite to begin with.

See docs/spidermon.md. Each monitor reads keys that docs/reading-a-run.md explains.
"""

from __future__ import annotations

from scrapy.settings import BaseSettings
from spidermon import Monitor, MonitorSuite, monitors
from spidermon.contrib.monitors.mixins import StatsMonitorMixin

BAD_VERDICTS = ("partial", "denied", "failed")

LIMITS = {
    "MONITOR_LEAST_RECORDS": 1,  # that have to come
    "MONITOR_MOST_PAUSES": 20,  # for the whole site, because it asked or failed
    "MONITOR_MOST_COPIES": 0.5,  # of the documents that were compared
    "MONITOR_MOST_LIMITS": 0.05,  # of the bodies that were cleaned
    "MONITOR_MOST_ERRORS": 0.1,  # of the requests to collections
}
"""Settings of this suite with their defaults: change them for a run with -s."""


class StatsMonitor(Monitor, StatsMonitorMixin):
    """Reads stats: a key, or the sum of all that begin with it and a slash."""

    def count(self, key: str) -> int:
        kinds = (value for name, value in self.stats.items() if name.startswith(f"{key}/"))
        return self.stats.get(key, 0) + sum(kinds)

    def limit(self, name: str) -> float:
        return self.data.crawler.settings.getfloat(name, LIMITS[name])

    def at_most(self, key: str, most: float, why: str) -> None:
        found = self.count(key)
        assert found <= most, f"{key} is {found}, and should be {most:g} at most: {why}"


@monitors.name("Completeness")
class Completeness(StatsMonitor):
    """Asks whether everything is there."""

    @monitors.name("the crawl came to its end")
    def test_finished(self) -> None:
        reason = self.stats.get("finish_reason")
        assert reason == "finished", f"it is {reason}: docs/reading-a-run.md says what to do"

    @monitors.name("every collection is complete, or limited as was asked")
    def test_verdicts(self) -> None:
        for verdict in BAD_VERDICTS:
            key = f"wordpress/collection_count/{verdict}"
            self.at_most(key, 0, "run.json names the collections and the reason")

    @monitors.name("nothing is lost")
    def test_lost(self) -> None:
        self.at_most("wordpress/lost_count", 0, "run.json names what is missing")

    @monitors.name("as many records came as should")
    def test_records(self) -> None:
        found, least = self.count("wordpress/record_count"), self.limit("MONITOR_LEAST_RECORDS")
        assert found >= least, (
            f"wordpress/record_count is {found}, and should be {least:g} at least"
        )


@monitors.name("The site")
class Site(StatsMonitor):
    """Asks whether it is well, and we are welcome."""

    @monitors.name("no firewall answers in its place")
    def test_firewalls(self) -> None:
        self.at_most("wordpress/blocked_count", 0, "ask its owner to let you in")

    @monitors.name("it need not be left alone all the time")
    def test_pauses(self) -> None:
        most = self.limit("MONITOR_MOST_PAUSES")
        self.at_most("middlewares/pause_count", most, "a larger DOWNLOAD_DELAY, or another hour")

    @monitors.name("most requests are answered well")
    def test_errors(self) -> None:
        most = self.limit("MONITOR_MOST_ERRORS") * self.count("wordpress/page_count")
        self.at_most("wordpress/rest_error_count", most, "it is in trouble, or refuses much")

    @monitors.name("it leads nowhere else")
    def test_elsewhere(self) -> None:
        for key in ("middlewares/origin_refused_count", "middlewares/address_refused_count"):
            self.at_most(key, 0, "if it is the site's too, name it in allow_hosts")

    @monitors.name("it says nothing about the use of its texts")
    def test_opt_out(self) -> None:
        key = "middlewares/opt_out_signal_count"
        self.at_most(key, 0, "read opt_out in run.json before you publish or train")


@monitors.name("Texts")
class Texts(StatsMonitor):
    """Asks whether they are worth keeping."""

    @monitors.name("they are not mostly copies")
    def test_copies(self) -> None:
        most = self.limit("MONITOR_MOST_COPIES") * self.count("dedupe/compared_count")
        self.at_most("dedupe/dropped_count", most, "duplicates.jsonl names them")

    @monitors.name("the cleaner could read them")
    def test_limits(self) -> None:
        most = self.limit("MONITOR_MOST_LIMITS") * self.count("clean/body_count")
        self.at_most("clean/limit_count", most, "cleaning.limits of the records says what it was")


class HarvestSuite(MonitorSuite):
    """What is looked at when a harvest ends; actions for a failure go here."""

    monitors = (Completeness, Site, Texts)
    monitors_failed_actions = ()


class Monitored:
    """A Scrapy add-on that switches all of this on."""

    def update_settings(self, settings: BaseSettings) -> None:
        settings["EXTENSIONS"]["spidermon.contrib.scrapy.extensions.Spidermon"] = 500
        settings.set("SPIDERMON_ENABLED", True, "addon")
        settings.set("SPIDERMON_SPIDER_CLOSE_MONITORS", [f"{__name__}.HarvestSuite"], "addon")

"""Scrapy's own collector of stats, without its look at how it is called."""

from __future__ import annotations

from scrapy.statscollectors import MemoryStatsCollector


class Stats(MemoryStatsCollector):
    """Counts in memory.

    Scrapy's looks at each access whether somebody still gives a spider, to warn of it: that
    takes ten times as long as to count.
    """

    __getattribute__ = object.__getattribute__

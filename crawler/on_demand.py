"""Parts of Scrapy that are off by default, and take long to load: loaded where they are on.

Scrapy loads whatever stands in its settings, were it only to find that it is switched off. These
three took a fifth of each start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from scrapy.exceptions import NotConfigured
from scrapy.utils.misc import build_from_crawler, load_object

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class OnDemand:
    """Stands for the component at ``path`` until the setting ``switch`` is on."""

    switch: ClassVar[str]
    path: ClassVar[str]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Any:
        if not crawler.settings.getbool(cls.switch):
            raise NotConfigured
        return build_from_crawler(load_object(cls.path), crawler)


class Cookies(OnDemand):
    """A visitor with a history."""

    switch = "COOKIES_ENABLED"
    path = "scrapy.downloadermiddlewares.cookies.CookiesMiddleware"


class Telnet(OnDemand):
    """A console that listens."""

    switch = "TELNETCONSOLE_ENABLED"
    path = "scrapy.extensions.telnet.TelnetConsole"


class RemoteControl(OnDemand):
    """A server that runs what it is sent."""

    switch = "REMOTE_CONTROL_ENABLED"
    path = "scrapy.extensions.remote_control.RemoteControl"


ON_DEMAND: dict[str, str] = {
    each.path: f"{each.__module__}.{each.__name__}" for each in (Cookies, Telnet, RemoteControl)
}


def on_demand(components: dict[str, int]) -> dict[str, int]:
    """Copy Scrapy's own *components*, with what stands for them in the places of these three.

    >>> on_demand({"scrapy.extensions.telnet.TelnetConsole": 0, "other": 5})
    {'crawler.on_demand.Telnet': 0, 'other': 5}
    """
    return {ON_DEMAND.get(path, path): order for path, order in components.items()}

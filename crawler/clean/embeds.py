"""Embedded players, posts and maps: who provides them, and one link in their place."""

from __future__ import annotations

import re
from typing import TypedDict

from turbohtml import Element, Text

from crawler.clean.account import Account
from crawler.clean.addresses import absolute_url, host_of
from crawler.clean.tree import attribute, folded, take_out


class Embed(TypedDict):
    """Something that another site shows inside the text."""

    url: str
    provider: str


PROVIDERS = {
    "YouTube": "youtube.com youtu.be youtube-nocookie.com",
    "Vimeo": "vimeo.com",
    "Dailymotion": "dailymotion.com dai.ly",
    "VideoPress": "videopress.com video.wordpress.com",
    "WordPress.tv": "wordpress.tv",
    "TED": "ted.com",
    "Twitch": "twitch.tv",
    "Rutube": "rutube.ru",
    "VK": "vk.com vk.ru vkvideo.ru",
    "Bilibili": "bilibili.com",
    "Spotify": "spotify.com",
    "SoundCloud": "soundcloud.com",
    "Bandcamp": "bandcamp.com",
    "Mixcloud": "mixcloud.com",
    "Apple": "music.apple.com podcasts.apple.com",
    "X": "twitter.com x.com",
    "Bluesky": "bsky.app",
    "Instagram": "instagram.com",
    "Facebook": "facebook.com fb.watch",
    "Threads": "threads.net threads.com",
    "TikTok": "tiktok.com",
    "Pinterest": "pinterest.com",
    "Reddit": "reddit.com redditmedia.com",
    "LinkedIn": "linkedin.com",
    "Tumblr": "tumblr.com",
    "Telegram": "t.me",
    "Flickr": "flickr.com",
    "Imgur": "imgur.com",
    "Giphy": "giphy.com",
    "SlideShare": "slideshare.net",
    "Scribd": "scribd.com",
    "Issuu": "issuu.com",
    "Google Maps": "maps.google.com",
    "Google": "docs.google.com drive.google.com forms.gle calendar.google.com",
    "OpenStreetMap": "openstreetmap.org",
    "CodePen": "codepen.io",
    "GitHub": "gist.github.com",
    "Datawrapper": "datawrapper.de datawrapper.dwcdn.net",
    "Internet Archive": "archive.org",
    "Kickstarter": "kickstarter.com",
    "Amazon": "amazon.com read.amazon.com",
}

_BY_HOST = {host: name for name, hosts in PROVIDERS.items() for host in hosts.split()}

PAGES = (
    (r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/(?!videoseries)([\w-]{6,})(?:[?#].*)?",
     r"https://www.youtube.com/watch?v=\1"),
    (r"https?://player\.vimeo\.com/video/(\d+)(?:[?#].*)?", r"https://vimeo.com/\1"),
    (r"https?://(?:www\.)?dailymotion\.com/embed/video/(\w+)(?:[?#].*)?",
     r"https://www.dailymotion.com/video/\1"),
    (r"https?://open\.spotify\.com/embed/(\w+/\w+)(?:[?#].*)?", r"https://open.spotify.com/\1"),
)  # fmt: skip
"""Addresses of players, each with the page that a person would open."""

QUOTES = {
    "twitter-tweet": None,
    "twitter-video": None,
    "instagram-media": "data-instgrm-permalink",
    "tiktok-embed": "cite",
    "reddit-embed-bq": None,
    "reddit-card": None,
    "text-post-media": "data-text-post-permalink",
    "bluesky-embed": None,
    "fb-post": "data-href",
    "fb-video": "data-href",
    "wp-embedded-content": None,
}
"""Classes of quoted posts, each with the attribute that has its address (None: its last link)."""

FRAME_TAGS = frozenset({"iframe", "frame", "object", "embed", "applet", "video", "audio"})
FRAMES = ", ".join(sorted(FRAME_TAGS))
QUOTED = ", ".join(f".{name}" for name in QUOTES)
ANY = f"{FRAMES}, {QUOTED}, .wp-block-embed__wrapper, .wp-block-embed"

OWN_CONTENT = f"a, img, {FRAMES}"

COUNTERS = re.compile(
    r"googletagmanager\.com|doubleclick\.net|googlesyndication\.com|facebook\.com/(?:tr|plugins/like)"
    r"|amazon-adsystem\.com|platform\.twitter\.com/widgets|pixel\.wp\.com|about:blank"
)
"""Frames that show nothing a reader wants: counters, advertisements, buttons."""


def provider_of(url: str) -> str:
    """Name who provides what is at *url*: by the table, else by its host.

    >>> provider_of("https://www.youtube.com/watch?v=1"), provider_of("https://a.example/x")
    ('YouTube', 'a.example')
    """
    host = host_of(url)
    labels = host.split(".")
    for at in range(len(labels) - 1):
        name = _BY_HOST.get(".".join(labels[at:]))
        if name:
            return name
    return "Google Maps" if host.startswith("google.") and "/maps" in url else host


def page_of(url: str) -> str:
    """Return the page that a person would open for the player at *url*.

    >>> page_of("https://www.youtube.com/embed/abcdef12345?feature=oembed")
    'https://www.youtube.com/watch?v=abcdef12345'
    """
    for player, page in PAGES:
        found = re.fullmatch(player, url)
        if found:
            return found.expand(page)
    return url


def link_embeds(root: Element, base: str, account: Account) -> list[Embed]:
    """Put a link in the place of each embed, and list them in the order of the text."""
    found: dict[str, Embed] = {}
    skip = 0
    for element in root.select(ANY):
        if skip:
            skip -= 1
        elif element.tag in FRAME_TAGS:
            skip = len(element.select(ANY))
            _link_frame(element, base, account, found)
        elif element.matches(QUOTED):
            _note(found, _quoted_url(element, base))
        else:
            _link_bare(element, base, found)
    return list(found.values())


def _note(found: dict[str, Embed], url: str | None) -> None:
    if url:
        found.setdefault(url, Embed(url=url, provider=provider_of(url)))


def _quoted_url(quote: Element, base: str) -> str | None:
    for name, holder in QUOTES.items():
        if holder and quote.has_class(name):
            url = absolute_url(quote.attr(holder), base)
            if url:
                return url
    links = quote.select("a[href]")
    return absolute_url(links[-1].attr("href"), base) if links else None


def _frame_url(frame: Element, base: str) -> str | None:
    names = ("data-src", "data-lazy-src", "data-litespeed-src", "src", "data", "data-cmplz-src")
    for name in names:
        url = absolute_url(frame.attr(name), base)
        if url:
            return url
    inner = frame.select_one("source[src], embed[src], param[name=movie]")
    if inner is None:
        return None
    return absolute_url(inner.attr("src") or inner.attr("value"), base)


def _link_frame(frame: Element, base: str, account: Account, found: dict[str, Embed]) -> None:
    url = _frame_url(frame, base)
    account.cut("embed", frame.text)
    if url is None or COUNTERS.search(url) or frame.has_class("wp-embedded-content"):
        take_out(frame)
        return
    url = page_of(url)
    known = url in found
    _note(found, url)
    if known:
        take_out(frame)
        return
    label = folded(attribute(frame, "title")) or url
    account.add(label)
    link = Element("a", {"href": url}, [Text(label)])
    frame.replace_with(Element("div", {}, [link]))


def _link_bare(wrapper: Element, base: str, found: dict[str, Embed]) -> None:
    """Make a link of the bare address that an embed is when nobody could resolve it."""
    text = wrapper.text.strip()
    if wrapper.select_one(OWN_CONTENT) is not None or not text.startswith(("http://", "https://")):
        return
    url = absolute_url(text, base) if len(text.split()) == 1 else None
    if url is None:
        return
    _note(found, url)
    wrapper.clear()
    wrapper.append(Element("a", {"href": url}, [Text(text)]))

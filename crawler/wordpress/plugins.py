"""Which plugins a site runs, as far as the namespaces of its API tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

CORE = frozenset({
    "", "batch", "oembed", "wp", "wp-abilities", "wp-block-editor", "wp-site-health",
})  # fmt: skip
"""First words of the namespaces that core itself has."""

NAMES = {
    "acf": "Advanced Custom Fields",
    "aioseo": "All in One SEO",
    "akismet": "Akismet",
    "amp": "AMP",
    "buddypress": "BuddyPress",
    "cky": "CookieYes",
    "co-authors-plus": "Co-Authors Plus",
    "coauthors": "Co-Authors Plus",
    "code-snippets": "Code Snippets",
    "complianz": "Complianz",
    "contact-form-7": "Contact Form 7",
    "elementor": "Elementor",
    "elementor-pro": "Elementor Pro",
    "fluentform": "Fluent Forms",
    "gf": "Gravity Forms",
    "give-api": "GiveWP",
    "google-site-kit": "Site Kit by Google",
    "ithemes-security": "Solid Security",
    "jetpack": "Jetpack",
    "jwt-auth": "JWT Authentication",
    "ldlms": "LearnDash",
    "litespeed": "LiteSpeed Cache",
    "mailpoet": "MailPoet",
    "monsterinsights": "MonsterInsights",
    "omapp": "OptinMonster",
    "pll": "Polylang",
    "rankmath": "Rank Math",
    "redirection": "Redirection",
    "regenerate-thumbnails": "Regenerate Thumbnails",
    "seopress": "SEOPress",
    "tribe": "The Events Calendar",
    "two-factor": "Two Factor",
    "wc": "WooCommerce",
    "wc-admin": "WooCommerce",
    "wc-analytics": "WooCommerce",
    "wordfence": "Wordfence",
    "wp-rocket": "WP Rocket",
    "wp-statistics": "WP Statistics",
    "wpcom": "WordPress.com",
    "wpml": "WPML",
    "yoast": "Yoast SEO",
}
"""Plugins by the first word of their namespaces; what is not here goes by that word."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin, or a theme: its name, and the namespaces that tell of it."""

    name: str
    namespaces: tuple[str, ...]


def plugins(namespaces: Iterable[str]) -> tuple[Plugin, ...]:
    """Name the plugins that have these namespaces, sorted.

    >>> plugins(["wp/v2", "wc/v3", "wc-admin", "acme/v1"])
    (Plugin(name='acme', namespaces=('acme/v1',)), \
Plugin(name='WooCommerce', namespaces=('wc-admin', 'wc/v3')))
    """
    found: dict[str, set[str]] = {}
    for namespace in namespaces:
        word = namespace.strip("/").partition("/")[0].lower()
        if word not in CORE:
            found.setdefault(NAMES.get(word, word), set()).add(namespace)
    named = (Plugin(name, tuple(sorted(found[name]))) for name in found)
    return tuple(sorted(named, key=lambda plugin: plugin.name.casefold()))

from __future__ import annotations

from crawler.wordpress.plugins import Plugin, plugins


class TestPlugins:
    def test_core(self):
        """Core's own namespaces are no plugin's."""
        core = ["oembed/1.0", "wp/v2", "wp-site-health/v1", "wp-block-editor/v1", "batch/v1", ""]
        assert plugins(core) == ()

    def test_names(self):
        """A plugin that we know has its name, with all of its namespaces; others their word."""
        assert plugins(["yoast/v1", "wc/v3", "wc-admin", "wc/store", "testbed/v1"]) == (
            Plugin("testbed", ("testbed/v1",)),
            Plugin("WooCommerce", ("wc-admin", "wc/store", "wc/v3")),
            Plugin("Yoast SEO", ("yoast/v1",)),
        )

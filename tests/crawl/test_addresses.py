"""Where names lead: to addresses inside only where the user named that very host."""

from __future__ import annotations

from crawler.sample.server import serve
from tests.crawl.layers import Layer, redirect, where
from tests.crawl.watching import trap, watched_crawl, watched_crawls
from tests.running import read_run, run_crawl

REFUSED = "middlewares/address_refused_count"
PUBLIC = "93.184.216.34"  # nothing leaves loopback: the hook refuses the connection


def serve_moving(host, port=0):
    """Serve the sample site; its front page sends visitors of *host* to www. in front of it."""

    class Moving(Layer):
        def respond(self, method, target, headers):
            if target == "/" and headers["Host"].partition(":")[0] == host:
                return redirect(f"http://www.{headers['Host']}/")
            return super().respond(method, target, headers)

    return serve(port, wrap=lambda site: Moving(site, lambda target: None))


def crawl(tmp_path, port, *args, answers, **options):
    site = f"site=http://site.test:{port}"
    return watched_crawl(tmp_path, site, "collections=guides", *args, answers=answers, **options)


class TestInside:
    def test_named(self, tmp_path, sample):
        """A host that the user named may be inside."""
        seen = crawl(tmp_path, sample.server_port, answers={"site.test": [["127.0.0.1"]]})

        assert seen.crawl.status == 0, seen.crawl.stderr
        assert seen.connected == {("127.0.0.1", sample.server_port)}
        assert seen.looked_up == {"site.test", "127.0.0.1"}

    def test_not_named(self, tmp_path):
        """The www. before it may not: one line says where it leads, and how to allow it."""
        with serve_moving("site.test") as server, trap("127.0.0.2", port=server.server_port) as t:
            answers = {"site.test": [["127.0.0.1"]], "www.site.test": [["127.0.0.2"]]}
            seen = crawl(tmp_path, server.server_port, answers=answers)

        assert t.visitors == []
        assert seen.connected == {("127.0.0.1", server.server_port)}
        assert seen.crawl.status == 1
        (error,) = seen.crawl.errors
        assert error == (
            f"http://site.test:{server.server_port} could not be reached: 127.0.0.2 (loopback) is "
            "where www.site.test leads; if that may be asked, add -a allow_hosts=www.site.test, "
            "or name it as the site"
        )
        assert seen.counts(REFUSED) == {"loopback": 2}  # its robots.txt, and its page
        assert "retry/count" not in seen.crawl.stderr
        assert seen.crawl.stderr.count("Refused (loopback): www.site.test at 127.0.0.2") == 1

    def test_allowed(self, tmp_path):
        """It may where allow_hosts has it."""
        answers = {"site.test": [["127.0.0.1"]], "www.site.test": [["127.0.0.1"]]}
        with serve_moving("site.test") as server:
            host = f"allow_hosts=www.site.test:{server.server_port}"
            seen = crawl(tmp_path, server.server_port, host, answers=answers)

        assert seen.crawl.status == 0, seen.crawl.stderr
        assert seen.counts(REFUSED) == {}

    def test_two_sites(self, tmp_path):
        """What one site's user allows helps no other site of the process."""
        with serve_moving("b.test") as b, serve(b.server_port, "127.0.0.2") as www:
            to_www = where("/$", redirect(f"http://www.b.test:{b.server_port}/"))
            with serve(wrap=lambda site: Layer(site, to_www)) as a:
                answers = {"a.test": [["127.0.0.1"]], "b.test": [["127.0.0.1"]]}
                seen = watched_crawls(
                    tmp_path,
                    {"site": a_site(a), "collections": "guides", "allow_hosts": "www.b.test"},
                    {"site": f"http://b.test:{b.server_port}", "collections": "guides"},
                    answers={**answers, "www.b.test": [["127.0.0.2"]]},
                )

        first, second = (
            read_run(next((tmp_path / "exports" / f"{name}_{server.server_port}").iterdir()))
            for name, server in (("a.test", a), ("b.test", b))
        )
        assert first["exit_status"] == 0, seen.crawl.stderr
        assert second["exit_status"] == 1
        assert "allow_hosts=www.b.test" in second["error"]
        assert len(www.requests) == first["requests"] - len(a.requests)


def a_site(server):
    return f"http://a.test:{server.server_port}"


class TestRebinding:
    """A name that is outside at first and inside then."""

    def test_without_a_cache(self, tmp_path):
        """It is not connected to inside, though the user named it."""
        with trap("127.0.0.1") as t:
            seen = crawl(
                tmp_path,
                t.port,
                answers={"site.test": [[PUBLIC], ["127.0.0.1"]]},
                settings={"DNSCACHE_ENABLED": False, "RETRY_TIMES": 1},
            )

        assert t.visitors == []
        assert seen.connected == {(PUBLIC, t.port)}
        assert seen.crawl.status == 1
        (error,) = seen.crawl.errors
        assert "127.0.0.1 (loopback) is where site.test leads, and it had a public" in error
        assert seen.counts(REFUSED) == {"loopback": 3}

    def test_with_the_cache(self, tmp_path):
        """With the cache, which is the default, it is looked up once."""
        with trap("127.0.0.1") as t:
            answers = {"site.test": [[PUBLIC], ["127.0.0.1"]]}
            seen = crawl(tmp_path, t.port, answers=answers, settings={"RETRY_TIMES": 1})

        assert t.visitors == []
        assert seen.connected == {(PUBLIC, t.port)}
        assert len([event for event in seen.seen if event[1] == "site.test"]) == 1

    def test_both_at_once(self, tmp_path):
        """Of several addresses those outside are taken, if there is one."""
        with trap("127.0.0.1", "::1") as t:
            answers = {"site.test": [["127.0.0.1", PUBLIC, "::1"]]}
            seen = crawl(tmp_path, t.port, answers=answers, settings={"RETRY_TIMES": 1})

        assert t.visitors == []
        assert seen.connected == {(PUBLIC, t.port)}
        assert set(seen.counts(REFUSED)) == {"loopback"}


class TestAddressesThemselves:
    def test_ipv6(self, tmp_path):
        """An IPv6 address that the user names is connected to."""
        with trap("::1") as t:
            seen = watched_crawl(tmp_path, f"site=http://[::1]:{t.port}")

        assert t.visitors != []
        assert {address for address, _ in seen.connected} == {"::1"}

    def test_odd_spelling(self, tmp_path):
        """One in a form that is a name to some is refused at once."""
        seen = watched_crawl(tmp_path, "site=http://2130706433/")

        assert seen.crawl.status == 2
        assert "'http://2130706433/' has no host and port that can be used" in seen.crawl.errors[0]
        assert seen.connected == set()


def test_proxy(tmp_path, sample):
    """A proxy of one's own may be inside; what lies behind it, it looks up."""
    crawl = run_crawl(
        tmp_path,
        "site=http://site.test",
        "collections=guides",
        settings={"HTTPPROXY_ENABLED": True},
        env={"http_proxy": sample.url, "no_proxy": ""},
    )

    assert crawl.status == 0, crawl.stderr
    assert all(each.target.startswith("http://site.test") for each in sample.requests)
    assert len(sample.requests) > 4


def test_other_resolver(tmp_path, sample):
    """Whoever sets another resolver is told what that means."""
    settings = {"TWISTED_DNS_RESOLVER": "scrapy.resolver.CachingThreadedResolver"}
    crawl = run_crawl(tmp_path, f"site={sample.url}", "collections=guides", settings=settings)

    assert crawl.status == 0, crawl.stderr
    assert "WARNING: Addresses are not checked" in crawl.stderr

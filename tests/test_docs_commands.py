"""The commands and examples that the pages show: each of them exists, and does as shown."""

from __future__ import annotations

import doctest
import re
import shlex

import pytest
from scrapy.cmdline import ScrapyArgumentParser
from scrapy.settings import Settings, default_settings

from crawler import settings as our_settings
from crawler.commands.clusters import Command as Clusters
from crawler.commands.crawl import READERS
from crawler.commands.crawl import Command as Crawl
from crawler.commands.sample import Command as Sample
from crawler.commands.snapshot import Command as Snapshot
from crawler.commands.state import Command as State
from crawler.commands.state import read_named, read_words
from crawler.commands.verify import Command as Verify
from crawler.feeds.output import read_output
from tests.pages import OUR_SETTINGS, PAGES, blocks, commands, read

OTHERS = {"pip", "pipx", ".", "cat", "cd", "cp", "mkdir", "python3", "venv/bin/pip", "sudo"}


class TestCommands:
    def test_there_are_some(self):
        """The pages show commands of both kinds."""
        first = [line.split()[0] for _, line in commands()]
        assert first.count("scrapy") > 10
        assert first.count("make") > 3

    @pytest.mark.parametrize(("page", "line"), commands())
    def test_command(self, page, line):
        """A command that a page shows exists, and so do its options and arguments."""
        words = shlex.split(re.split(r"\s[|>]\s", line)[0], comments=True)
        words = words[words[0].startswith("PYTHONPATH=") :]
        if words[0] in ("scrapy", "presscrawl"):
            self.check_scrapy(words[1:])
        elif words[0] == "make":
            self.check_make(words[1:])
        elif words[0] == "curl":
            self.check_node(words[1:])
        else:  # tests/crawl/test_pages.py runs it, or says why not
            assert words[0] in OTHERS, f"{page}: a command that is not checked: {line}"

    def check_make(self, words):
        makefile = read("Makefile")
        given = dict(word.split("=", 1) for word in words if "=" in word)
        (target,) = (word for word in words if "=" not in word)
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
        for name in given:
            assert f"$({name})" in makefile or f"$${name}" in makefile, name
        if target == "crawl" and "SITE" in given:
            extra = shlex.split(given.get("ARGS", ""))
            self.check_scrapy(["crawl", "wordpress", "-a", f"site={given['SITE']}", *extra])

    def check_node(self, words):
        """See that what a Scrapyd node is asked exists: tests/scrapyd asks one."""
        node = re.escape("http://127.0.0.1:6800")
        assert re.fullmatch(rf"{node}/(schedule|listjobs|cancel)\.json.*", words[0])
        given = [word.split("=", 1) for word in words[1:] if word != "-d"]
        assert len(words) == 1 + 2 * len(given)
        for name, value in given:
            setting = value.partition("=")[0]
            assert name != "setting" or setting in OUR_SETTINGS, setting
        node = {"project", "spider", "setting", "job"}
        spider = next((value for name, value in given if name == "spider"), "wordpress")
        arguments = {name: value for name, value in given if name not in node}
        self.check_arguments(spider, arguments)

    def check_scrapy(self, words):
        if words[0] == "clusters":
            self.check_clusters(words[1:])
            return
        if words[0] == "state":
            self.check_state(words[1:])
            return
        if words[0] in ("verify", "snapshot"):
            self.check_reading(words)
            return
        command = {"crawl": Crawl, "sample": Sample}[words[0]]()
        parser = ScrapyArgumentParser(conflict_handler="resolve", exit_on_error=False)
        parser.add_argument("spiders", nargs="*")
        command.settings = Settings()
        command.add_options(parser)
        options = parser.parse_args(words[1:])
        spider = options.spiders[0] if words[0] == "crawl" else "wordpress"
        assert len(options.spiders) == (words[0] == "crawl")
        self.check_arguments(spider, dict(each.split("=", 1) for each in options.spargs))
        for each in options.set:
            name = each.partition("=")[0]
            known = name in OUR_SETTINGS or hasattr(default_settings, name)
            assert known or f'"{name}":' in read("docs/spidermon/monitors.py"), name
        outputs = [*(options.output or ()), *(options.overwrite_output or ())]
        exporters = {**default_settings.FEED_EXPORTERS_BASE, **our_settings.FEED_EXPORTERS}
        for each in outputs:
            read_output(each, overwrite=True, exporters=exporters)

    def check_reading(self, words):
        parser = ScrapyArgumentParser(conflict_handler="resolve", exit_on_error=False)
        parser.add_argument("folders", nargs="+")
        command = {"verify": Verify, "snapshot": Snapshot}[words[0]]()
        command.settings = Settings()
        command.add_options(parser)
        assert all(
            folder.startswith("exports/") for folder in parser.parse_args(words[1:]).folders
        )

    def check_state(self, words):
        parser = ScrapyArgumentParser(conflict_handler="resolve", exit_on_error=False)
        command = State()
        command.settings = Settings()
        command.add_options(parser)
        options, rest = parser.parse_known_args(words)
        word, _ = read_words(rest, options)
        if word == "forget":
            read_named(options)

    def check_clusters(self, words):
        parser = ScrapyArgumentParser(exit_on_error=False)
        parser.add_argument("files", nargs="+")
        command = Clusters()
        command.settings = Settings()
        command.add_options(parser)
        assert all(".jsonl" in file for file in parser.parse_args(words).files)

    def check_arguments(self, spider, given):
        if given.pop("sites", None):
            given["site"] = "https://example.org"
        if given:
            READERS[spider](given)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "pycon")])
def test_python_examples(page):
    """What a page shows of Python gives what it shows."""
    text = "".join(blocks(page, "pycon"))
    examples = doctest.DocTestParser().get_doctest(text, {}, page, page, 0)

    assert examples.examples
    assert doctest.DocTestRunner().run(examples).failed == 0

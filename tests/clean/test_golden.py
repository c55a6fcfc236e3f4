"""The golden folder: one body a trouble, and what a reader should get of it.

After a change that is meant, ``python -m tests.clean.test_golden NAME ...`` writes the expected
files of these bodies anew (``ALL`` of every one). Read the difference before it is committed.
"""

from __future__ import annotations

import json
import re
import sys

import pytest

from crawler.clean.account import RULES
from crawler.clean.body import CleanBody
from tests.clean.bodies import GOLDEN, golden_bodies, golden_body
from tests.clean.witness import is_invisible

NAMES = [body.name.removeprefix("golden/") for body in golden_bodies()]
OUTPUTS = {"out.html": "html", "out.txt": "text", "out.md": "markdown"}
README = (GOLDEN / "README.md").read_text(encoding="utf-8")


def expected(name: str, output: str) -> str:
    """Read an expected output: the file without the line feed at its end."""
    return (GOLDEN / name / output).read_text(encoding="utf-8").removesuffix("\n")


def facts(cleaned: CleanBody) -> dict[str, object]:
    """List what was found beside the text, and what was cut by which rule, as JSON has it."""
    cuts: dict[str, list[str]] = {}
    for rule, text in cleaned.cuts:
        cuts.setdefault(rule, []).append(" ".join(text.split()))
    named = {
        name: getattr(cleaned, name)
        for name in ("links", "images", "embeds", "source", "word_count", "word_unit")
    }
    found = {
        **named,
        "additions": cleaned.additions,
        "cuts": {rule: sorted(cuts[rule]) for rule in sorted(cuts)},
    }
    return json.loads(json.dumps(found))


@pytest.mark.parametrize("name", NAMES)
class TestGolden:
    @pytest.mark.parametrize("output", OUTPUTS)
    def test_output(self, name, output):
        """The output is the expected file."""
        assert getattr(golden_body(name).cleaned, OUTPUTS[output]) == expected(name, output)

    def test_facts(self, name):
        """What out.json names of links, images, embeds, source and cuts is what is found."""
        named = json.loads((GOLDEN / name / "out.json").read_bytes())
        found = facts(golden_body(name).cleaned)

        assert {key: found[key] for key in named} == named


def test_every_rule():
    """Each rule cuts something in one of the bodies; a site's own rule has its tests elsewhere."""
    used = {rule for body in golden_bodies() for rule, _ in body.cleaned.cuts}

    assert used == set(RULES) - {"site_rule"}


def test_readme():
    """The page of the folder has a line for each body, and for nothing else."""
    assert re.findall(r"^\| \[([\w-]+)\]\(\1/\) \|", README, re.MULTILINE) == NAMES


def rewrite(name: str) -> None:
    """Write the expected files of a body anew, with the facts that they name now."""
    cleaned = golden_body(name).cleaned
    for output, kind in OUTPUTS.items():
        (GOLDEN / name / output).write_text(getattr(cleaned, kind) + "\n", encoding="utf-8")
    file = GOLDEN / name / "out.json"
    named = json.loads(file.read_bytes()) if file.exists() else {}
    found = facts(cleaned)
    chosen = {key: found[key] for key in [*named, "cuts"]}
    text = json.dumps(chosen, indent=2, ensure_ascii=False)
    seen = "".join(f"\\u{ord(c):04x}" if is_invisible(c) and c < "\uffff" else c for c in text)
    file.write_text(seen + "\n", encoding="utf-8")


if __name__ == "__main__":
    chosen = NAMES if sys.argv[1:] == ["ALL"] else sys.argv[1:]
    if not chosen or not set(chosen) <= set(NAMES):
        sys.exit(f"expected ALL, or some of: {' '.join(NAMES)}")
    for name in chosen:
        rewrite(name)

"""What is installed, pinned and committed is what it should be."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
PIN = re.compile(
    r"^([a-z0-9-]+)==[\w.+!]+(?: ; [^\\\n]+)? \\\n"  # name==version ; marker, and a line to go on
    r"(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+",
    re.MULTILINE,
)


def normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def name_of(requirement: str) -> str:
    return normalise(re.match(r"[\w.-]+", requirement)[0])


def pinned(path: str) -> set[str]:
    """Name what is pinned there with hashes."""
    return set(PIN.findall((ROOT / path).read_text(encoding="utf-8")))


def imported_distributions() -> set[str]:
    """Name the distributions that modules under crawler/ import, wherever in them."""
    modules = set()
    for path in (ROOT / "crawler").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module.partition(".")[0])
    by_module = packages_distributions()
    foreign = modules - sys.stdlib_module_names - {"crawler", "_typeshed"}
    return {normalise(name) for module in foreign for name in by_module.get(module, [module])}


def committed() -> list[Path]:
    """List the files that git tracks, or would if asked; skip where there is no checkout."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        run = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"not a git checkout: {error}")
    paths = [ROOT / name for name in run.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


class TestDependencies:
    def test_used(self):
        """Every import of another project is a declared dependency, and every one is used."""
        declared = {name_of(requirement) for requirement in PROJECT["dependencies"]}

        assert imported_distributions() == declared

    @pytest.mark.parametrize(
        "requirement", [*PROJECT["dependencies"], *EXTRAS["test"]], ids=name_of
    )
    def test_pinned(self, requirement):
        """What runs and tests the project has one exact version, with hashes."""
        assert name_of(requirement) in pinned("constraints.txt")

    def test_benchmark_pins(self):
        """What the benchmarks need beside that is pinned too, and nothing twice."""
        pins = pinned("constraints-bench.txt")

        assert {name_of(requirement) for requirement in EXTRAS["bench"]} <= pins
        assert not pins & pinned("constraints.txt")

    def test_node_pins(self):
        """A node gets the versions that we run with, and all that an egg needs."""
        node = (ROOT / "constraints-scrapyd.txt").read_text(encoding="utf-8")
        ours = PIN.finditer((ROOT / "constraints.txt").read_text(encoding="utf-8"))
        lines = {found[1]: found[0].splitlines()[0] for found in ours if " ; " not in found[0]}

        for requirement in [*PROJECT["dependencies"], *EXTRAS["scrapyd"]]:
            name = name_of(requirement)
            assert name in pinned("constraints-scrapyd.txt")
            assert name == "setuptools" or lines.get(name, "") in node

    @pytest.mark.parametrize(
        "path", ["constraints.txt", "constraints-bench.txt", "constraints-scrapyd.txt"]
    )
    def test_pins_alone(self, path):
        """The file holds for any index: nothing but pins with hashes, and comments."""
        rest = PIN.sub("", (ROOT / path).read_text(encoding="utf-8"))

        assert [line for line in rest.splitlines() if not line.lstrip().startswith("#")] == []
        assert "://" not in rest


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy of the sources, for builds leave folders behind."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "setup.py", "scrapy.cfg", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "crawler", folder / "crawler", ignore=ignored)
    return folder


@pytest.fixture(scope="module", params=["bdist_wheel", "bdist_egg"])
def archive(request, source):
    """What pip installs, and what a Scrapyd node is sent."""
    command = [sys.executable, "setup.py", "-q", request.param, "-d", request.param]
    run = subprocess.run(command, cwd=source, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    [path] = (source / request.param).iterdir()
    with zipfile.ZipFile(path) as opened:
        yield opened


class TestArchive:
    def test_every_file(self, source, archive):
        """All modules and data files under crawler/ travel, tests and benchmarks do not."""
        paths = (path for path in (source / "crawler").rglob("*") if path.is_file())
        files = {path.relative_to(source).as_posix() for path in paths}
        packed = {name for name in archive.namelist() if not name.endswith(("/", ".pyc"))}
        names = {name for name in packed if not re.search(r"(^EGG-INFO|\.dist-info)/", name)}

        assert names == files

    def test_settings(self, archive):
        """A Scrapyd node finds the settings by the entry point."""
        [name] = [name for name in archive.namelist() if name.endswith("/entry_points.txt")]

        assert "[scrapy]\nsettings = crawler.settings\n" in archive.read(name).decode()

    def test_version(self, archive):
        """The version is the one that the package names."""
        import crawler

        [name] = [n for n in archive.namelist() if n.endswith(("/METADATA", "/PKG-INFO"))]

        assert f"\nVersion: {crawler.__version__}\n" in archive.read(name).decode()


LOCAL = {
    "a package index": r"(?:pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian)",
    "an index option": r"--(?:extra-)?index-url|--find-links|--trusted-host",
    "a folder of one machine": r"(?<![\w.:/-])/(?:home|root|Users|work|workspace)/\w",
}


class TestCommitted:
    @pytest.mark.parametrize("what", LOCAL)
    def test_local(self, what):
        """No committed file says where it was made."""
        found = []
        for path in committed():
            if path == Path(__file__):
                continue
            text = path.read_bytes().decode("utf-8", errors="replace")
            found += [f"{path.relative_to(ROOT)}: {m[0]}" for m in re.finditer(LOCAL[what], text)]

        assert found == []

    def test_outside(self):
        """Nothing that runs, builds or tools leave behind is there."""
        names = [str(path.relative_to(ROOT)) for path in committed()]
        left = re.compile(r"(^|/)(\.venv|build|dist|__pycache__|\.\w+_cache)/|\.egg-info/|\.pyc$")

        assert [name for name in names if left.search(name)] == []
        assert [name for name in names if name.startswith("exports/")] == ["exports/README.md"]

"""What is installed, pinned and committed is what it should be."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
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


UNSET = {
    key: value
    for key, value in os.environ.items()
    if not key.startswith(("COVERAGE", "PRESSCRAWL"))
}
"""What a user has: the coverage of copies of the sources is nobody's."""


# Without a compiler all works in Python, and that is tested by all else. What lands was compiled:
# .ci/run installs a compiler, and ends where a module was not built.
needs_compiler = pytest.mark.skipif(
    not (shutil.which("gcc") or shutil.which("cc"))
    or not Path(sysconfig.get_path("include"), "Python.h").exists(),
    reason="there is no C compiler, or Python.h is missing",
)


class TestCompiled:
    @needs_compiler
    def test_where_it_can_be(self):
        """Where there are a C compiler and the headers of Python, all is compiled."""
        run = self.list_compiled()

        names = sorted(path.stem for path in (ROOT / "crawler" / "compiled").glob("*.pyx"))
        assert run.stdout.splitlines() == [f"{name}: compiled" for name in names]
        assert run.returncode == 0

    def list_compiled(self, folder=ROOT):
        command = [sys.executable, "-m", "crawler.compiled"]
        return subprocess.run(command, cwd=folder, env=UNSET, capture_output=True, text=True)

    @needs_compiler
    def test_older(self, source, tmp_path):
        """What was compiled from another source is not used, and says so."""
        folder = tmp_path / "older"
        shutil.copytree(source, folder)
        for path in (ROOT / "crawler" / "compiled").glob("*.so"):
            shutil.copy(path, folder / "crawler" / "compiled")
        with (folder / "crawler" / "compiled" / "lines.pyx").open("a") as changed:
            changed.write("# another version\n")

        run = self.list_compiled(folder)

        assert "text: compiled" in run.stdout
        assert run.returncode == 1
        assert "lines: in Python (crawler.compiled.lines was compiled from another" in run.stdout
        assert "RuntimeWarning: crawler.compiled.lines was compiled from another" in run.stderr

    @pytest.mark.parametrize("command", [("clean", "-a"), ("bdist_egg", "-d", "egg")])
    def test_no_cython(self, source, tmp_path, command):
        """What a Scrapyd client runs works where there is no Cython, as in its environment."""
        folder = tmp_path / "client"
        shutil.copytree(source, folder)
        (folder / "Cython").mkdir()
        (folder / "Cython" / "__init__.py").write_text("raise ImportError('there is none')")

        run = subprocess.run(
            [sys.executable, "setup.py", *command],
            cwd=folder,
            env={**UNSET, "PYTHONPATH": str(folder)},
            capture_output=True,
            text=True,
        )

        assert run.returncode == 0, run.stderr

    def test_without_compiler(self, source, tmp_path):
        """Without one it is built all the same, and says what is left out."""
        command = [sys.executable, "setup.py", "bdist_wheel", "-d", str(tmp_path), "-b", "pure"]
        run = subprocess.run(
            command, cwd=source, env={**os.environ, "CC": "no-compiler"}, capture_output=True
        )

        assert run.returncode == 0
        assert b"no-compiler" in run.stderr
        [wheel] = tmp_path.glob("*.whl")
        names = zipfile.ZipFile(wheel).namelist()
        assert "crawler/clean/parts.py" in names
        assert not [name for name in names if name.endswith((".so", ".pyd"))]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy of the sources, for builds leave folders behind."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "setup.py", "scrapy.cfg", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    ignored = shutil.ignore_patterns("__pycache__", "*.so")
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
        built = {name for name in names if name.endswith((".so", ".pyd"))}

        assert names - built == files
        if archive.filename.endswith(".egg"):
            assert not built  # a node may be another machine

    def test_settings(self, archive):
        """A Scrapyd node finds the settings by the entry point."""
        [name] = [name for name in archive.namelist() if name.endswith("/entry_points.txt")]

        assert "[scrapy]\nsettings = crawler.settings\n" in archive.read(name).decode()

    def test_version(self, archive):
        """The version is the one that the package names."""
        import crawler

        [name] = [n for n in archive.namelist() if n.endswith(("/METADATA", "/PKG-INFO"))]

        assert f"\nVersion: {crawler.__version__}\n" in archive.read(name).decode()


@pytest.fixture(scope="module")
def presscrawl(source, tmp_path_factory):
    """The program, installed from a wheel into an environment that has only it and its needs."""
    folder = tmp_path_factory.mktemp("installed")
    build = [sys.executable, "setup.py", "-q", "bdist_wheel", "-d", str(folder)]
    subprocess.run(build, cwd=source, capture_output=True, check=True)
    [wheel] = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    own = subprocess.run([python, "-c", SITE], capture_output=True, text=True, check=True).stdout
    # our dependencies as they are here; in a folder named by a .pth no other .pth is read, so our
    # editable self stays out
    (Path(own.strip()) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "--python", python]
    install = [*pip, "install", "--no-deps", "--no-index", "--ignore-installed", wheel]
    subprocess.run(install, capture_output=True, check=True)
    return folder / "venv" / "bin" / "presscrawl"


SITE = "import sysconfig; print(sysconfig.get_path('purelib'))"


class TestInstalled:
    def run(self, presscrawl, folder, *words):
        unset = {key: value for key, value in os.environ.items() if "CRAWL" not in key}
        command = [presscrawl, *words]
        return subprocess.run(
            command, cwd=folder, env=unset, capture_output=True, encoding="utf-8", timeout=60
        )

    def test_crawl(self, presscrawl, tmp_path):
        """A crawl works in any folder, with all its data, and exports below that folder."""
        done = self.run(presscrawl, tmp_path, "sample", "--port", "0", "-a", "limit=2")

        assert done.returncode == 0, done.stderr
        [run_json] = tmp_path.glob("exports/*/*/run.json")
        assert json.loads(run_json.read_bytes())["exit_status"] == 0
        assert [path.name for path in tmp_path.iterdir()] == ["exports"]

    def test_own_code(self, presscrawl, tmp_path):
        """What runs is the wheel's code, and no checkout's."""
        code = "import crawler; print(crawler.__file__)"
        done = self.run(presscrawl.parent / "python", tmp_path, "-c", code)

        assert Path(done.stdout).is_relative_to(presscrawl.parent.parent)

    def test_another_project(self, presscrawl, tmp_path):
        """In the folder of another Scrapy project it is still ours."""
        (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = nothing.settings\n")
        done = self.run(presscrawl, tmp_path, "list")

        assert (done.stdout.split(), done.stderr) == (["survey", "wordpress"], "")

    def test_errors(self, presscrawl, tmp_path):
        """It calls itself by the name that was typed."""
        done = self.run(presscrawl, tmp_path, "crawl", "wordpress", "-L", "ERROR")

        expected = "presscrawl: error: expected one site, as in: -a site=https://example.org\n"
        assert (done.returncode, done.stderr) == (2, expected)

    def test_version(self, presscrawl, tmp_path):
        """It tells its version."""
        import crawler

        done = self.run(presscrawl, tmp_path, "--version")
        assert done.stdout == f"presscrawl {crawler.__version__}\n"


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

# What a person or CI does here: `make help` lists it. Every target sets up what it needs.

PYTHON ?= python3
ARGS ?=
TARGET ?= default

# The site reaches the shell by the environment, and raw: a URL may hold &, ;, quotes and $.
override SITE := $(value SITE)
export SITE

PY := .venv/bin/python
PIP := -m pip --disable-pip-version-check --no-input -qq
PURE := crawler/wordpress/*,crawler/clean/*,crawler/dedupe/*

.DELETE_ON_ERROR:
.PHONY: help setup compile crawl test test-fuzz test-wordpress test-scrapyd test-kill deploy lint format bench constraints clean

help:
	@echo "make crawl              crawl the sample site, and print what it made and where"
	@echo "make crawl SITE=URL     the same for a real site (ARGS='-a limit=10 ...' adds to it)"
	@echo "make test               run the tests, with coverage (ARGS='tests/clean -x' chooses)"
	@echo "make test-fuzz          spoil 10,000 responses, and see what becomes of their records"
	@echo "make test-wordpress     run the tests that need a real WordPress, on one started here"
	@echo "make test-kill          kill crawls a hundred times, and break as many disks"
	@echo "make test-scrapyd       run the tests that need a Scrapyd node, on one started here"
	@echo "make deploy             put the project on a Scrapyd node (TARGET=name of a [deploy:name])"
	@echo "make lint               ruff and mypy"
	@echo "make format             let ruff mend what it can"
	@echo "make bench              measure against bare Scrapy and dlt (ARGS='--help' for more)"
	@echo "make constraints        write the pins anew (UPGRADE=1 for the newest versions)"
	@echo "make compile            compile what could not be compiled before, and show how it goes"
	@echo "make setup              only set up .venv; the others do it by themselves"
	@echo "make clean              delete what make, tools and tests left; never exports"
	@echo
	@echo "PYTHON=python3.12 names the Python to use (3.11 or newer), now $(PYTHON)."

# --- set-up: .pins holds the dependencies, .project the project itself, editable --------------

setup: .venv/.project
	@:

.venv/.pins: constraints.txt
	@$(call make_venv,.venv)
	@echo "Setting up .venv: the pinned dependencies (a minute, once)"
	@$(PY) $(PIP) install --require-hashes -r constraints.txt
	@touch $@

PROJECT := pyproject.toml setup.py scrapy.cfg $(wildcard crawler/compiled/*.pyx)

.venv/.project: .venv/.pins $(PROJECT)
	@$(PY) $(PIP) install --no-deps --no-build-isolation -e .
	@$(call say_compiled,$(PY))
	@touch $@

.venv-bench/.project: constraints.txt constraints-bench.txt $(PROJECT)
	@$(call make_venv,.venv-bench)
	@echo "Setting up .venv-bench: the pinned dependencies, and dlt"
	@.venv-bench/bin/python $(PIP) install --require-hashes -r constraints.txt -r constraints-bench.txt
	@.venv-bench/bin/python $(PIP) install --no-deps --no-build-isolation -e .
	@$(call say_compiled,.venv-bench/bin/python)
	@touch $@

.venv-scrapyd/.project: constraints-scrapyd.txt
	@$(call make_venv,.venv-scrapyd)
	@echo "Setting up .venv-scrapyd: a Scrapyd node and its client, pinned"
	@.venv-scrapyd/bin/python $(PIP) install --require-hashes -r constraints-scrapyd.txt
	@touch $@

# A new environment each time the pins change: pip would leave what is pinned no more.
define make_venv
	command -v $(PYTHON) >/dev/null || { \
	    echo "presscrawl needs Python 3.11 or newer, and there is no '$(PYTHON)' here." \
	         "Name yours, as in: make setup PYTHON=/usr/local/bin/python3.12" >&2; exit 1; }; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "presscrawl needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) -V 2>&1)." \
	         "Name a newer one, as in: make setup PYTHON=python3.12" >&2; exit 1; }; \
	$(PYTHON) -m venv --clear $(1) || { \
	    echo "'$(PYTHON) -m venv' found no venv or pip to work with." \
	         "On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
endef

# What cannot be compiled is done in Python: whoever wants it faster has to know.
define say_compiled
	env -u PRESSCRAWL_PURE_PYTHON $(1) -m crawler.compiled >/dev/null 2>&1 || \
	    echo "Not all was compiled: there is no C compiler, or Python.h is missing. Everything works," \
	         "and cleaning and comparing texts takes longer. docs/compiled.md has more." >&2
endef

compile: .venv/.pins
	$(PY) -m pip --disable-pip-version-check --no-input -v install --no-deps --no-build-isolation -e .
	@$(call say_compiled,$(PY))
	@touch .venv/.project

# --- use ------------------------------------------------------------------------------------

crawl: setup
	@if [ -n "$$SITE" ]; then \
	    exec $(PY) -m scrapy crawl wordpress -a "site=$$SITE" --show-record $(ARGS); \
	else \
	    exec $(PY) -m scrapy sample $(ARGS); \
	fi

# --- tests ----------------------------------------------------------------------------------

# With ARGS only a part may run, so the bounds hold for whole runs alone.
test: setup
	@$(PY) -m coverage erase
	@$(PY) -m coverage run -m pytest -n 2 --dist worksteal $(ARGS)
	@$(PY) -m coverage combine -q
ifeq ($(strip $(ARGS)),)
	@$(PY) -m coverage report --fail-under=90
	@echo "The pure packages, of which every branch is to be tested:"
	@$(PY) -m coverage report --fail-under=100 --include='$(PURE)'
else
	@$(PY) -m coverage report
endif

test-fuzz: setup
	@$(PY) -m pytest -m fuzz $(ARGS)

test-wordpress: setup
	@trap tests/testbed/down EXIT; trap 'exit 130' INT TERM; \
	tests/testbed/up && $(PY) -m pytest -m wordpress --timeout 600 $(ARGS)

test-scrapyd: setup .venv-scrapyd/.project
	@$(PY) -m pytest -m scrapyd --timeout 300 $(ARGS)

# What faults.c lays over the C library is compiled by gcc.
test-kill: setup
	@$(PY) -m pytest -m kill -n 2 --dist worksteal tests/kill $(ARGS)

deploy: .venv-scrapyd/.project
	@.venv-scrapyd/bin/scrapyd-deploy $(TARGET)

lint: setup
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

format: setup
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

bench: .venv-bench/.project
	@.venv-bench/bin/python -m benchmarks $(ARGS)

# --- pins -----------------------------------------------------------------------------------

# uv resolves for every Python at once, where pip-compile sees only the one it runs on. It reads
# no configuration and writes no index address, so the files hold for whatever index one uses.
COMPILE := .venv-pins/bin/uv pip compile --no-config --quiet --universal --python-version 3.11 \
    --generate-hashes --no-header --annotation-style line $(if $(UPGRADE),--upgrade)

constraints: .venv-pins/.uv
	@$(COMPILE) --extra test -o constraints.txt pyproject.toml
	@$(COMPILE) --extra bench -o constraints-bench.txt -c constraints.txt \
	    $$(sed -n 's/^\([a-z0-9-]*\)==.*/--no-emit-package \1/p' constraints.txt) pyproject.toml
	@sed '/^setuptools==/,/^[a-z]/{/^setuptools==/d;/^ /d}' constraints.txt >.venv-pins/without-setuptools.txt
	@$(COMPILE) --extra scrapyd -o constraints-scrapyd.txt -c .venv-pins/without-setuptools.txt pyproject.toml
	@sed -i 's|\.venv-pins/without-setuptools|constraints|' constraints-scrapyd.txt
	@$(call put_header,constraints.txt,Exact versions of what runs and tests the project)
	@$(call put_header,constraints-bench.txt,What `make bench` installs beside constraints.txt)
	@$(call put_header,constraints-scrapyd.txt,Exact versions of what a Scrapyd node and its client need)

.venv-pins/.uv:
	@$(call make_venv,.venv-pins)
	@.venv-pins/bin/python $(PIP) install uv
	@touch $@

define put_header
	{ printf '# %s\n' '$(2), with the hashes of their files.' \
	    'For CPython 3.11 and newer: where Pythons differ, a line names its own.' \
	    'Made by `make constraints` (see CONTRIBUTING.md); not to be edited.'; \
	  sed '/^#/d; /^$$/d' $(1); } >$(1).new && mv $(1).new $(1)
endef

clean:
	rm -rf .venv .venv-bench .venv-pins .venv-scrapyd build dist *.egg-info .coverage .coverage.* htmlcov
	rm -f crawler/compiled/*.so
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache .scrapy
	find crawler tests benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

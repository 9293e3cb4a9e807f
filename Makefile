# A fresh clone needs only `make demo` and `make test`. Each creates .venv and installs what it
# needs; a changed requirements file triggers a new installation.

PYTHON ?= python3
ARGS ?=
NOTEBOOK ?= training
BIN := .venv/bin

.PHONY: help demo test test-cluster test-class lint notebook worksheet wheels docs assets screenshots benchmark-accuracy benchmark-damage benchmark-spread benchmark-photos benchmark-numbers benchmark-corrections benchmark-peers benchmark-training benchmark-latency benchmark-files benchmark-load benchmark-abuse benchmark-page fuzz lock audit clean

help:
	@echo 'make demo                 open the page to draw on (options: make demo ARGS="--share")'
	@echo 'make test                 run all tests (or some: make test ARGS="-k command")'
	@echo 'make test-cluster         test the page on Ray Serve, which is installed for it'
	@echo 'make test-class           run notebooks/training.ipynb as a class does, and check it'
	@echo 'make lint                 check code style, notebooks and types'
	@echo 'make notebook             run notebooks/training.ipynb from top to bottom, in place'
	@echo '                          (or another one: make notebook NOTEBOOK=convolution)'
	@echo 'make worksheet            write worksheet.pdf, to print for a class'
	@echo 'make wheels               download all packages, to install them without a network'
	@echo 'make docs                 regenerate the parts of docs/ that come from docstrings'
	@echo 'make assets               regenerate the sample pictures and the icons'
	@echo 'make screenshots          retake the screenshots of every tab, at each size and theme'
	@echo 'make benchmark-accuracy   measure the accuracy of the bundled model'
	@echo 'make benchmark-damage     measure the accuracy on damaged digits'
	@echo 'make benchmark-spread     measure what chance changes: three seeds of a short training'
	@echo 'make benchmark-photos     measure the accuracy on simulated photos'
	@echo 'make benchmark-numbers    measure the accuracy on numbers of several digits'
	@echo 'make benchmark-corrections  measure fine-tuning on 20 corrections'
	@echo 'make benchmark-peers      measure other digit readers side by side with this one'
	@echo 'make benchmark-training   measure the time to train to 99 % accuracy'
	@echo 'make benchmark-latency    measure the time to read one drawing'
	@echo 'make benchmark-files      measure how many picture files a second are read'
	@echo 'make benchmark-load       measure how many people can draw at once'
	@echo 'make benchmark-abuse      measure what a hostile visitor costs the others'
	@echo 'make benchmark-page       measure the page in a browser: pen to answer, load, layout shift'
	@echo 'make fuzz                 try 100,000 damaged and random pictures'
	@echo 'make lock                 write requirements.lock: what a server installs, with hashes'
	@echo 'make audit                look for known vulnerabilities in requirements.lock'
	@echo 'make clean                remove .venv, .peers and caches'

demo: .venv/runtime
	@$(BIN)/python mnist_classification.py $(ARGS)

test: .venv/development
	@$(BIN)/python tests/setup_programs.py
	$(BIN)/python tests/run.py $(ARGS)

# Ray is large, and only this needs it.
test-cluster: .venv/development
	@$(BIN)/python tests/setup_programs.py
	$(BIN)/python -m pip install --requirement requirements-cluster.txt
	$(BIN)/python -m pytest tests/cluster $(ARGS)

# About as long as a class waits for it: some minutes on two cores.
test-class: .venv/development
	$(BIN)/python -m pytest tests/class_mode $(ARGS)

lint: .venv/development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

notebook: .venv/runtime
	$(BIN)/jupyter nbconvert --to notebook --execute --inplace notebooks/$(NOTEBOOK).ipynb
	$(BIN)/python notebooks/clean_outputs.py notebooks/$(NOTEBOOK).ipynb

worksheet: .venv/runtime
	@$(BIN)/python -m docs.make_worksheet

wheels: .venv/python
	$(BIN)/python -m pip download --requirement requirements.txt --dest wheels $(ARGS)

docs: .venv/runtime
	$(BIN)/python -m docs.make_docs

assets: .venv/development
	$(BIN)/python -m assets.make_assets

screenshots: .venv/development
	$(BIN)/python -m assets.make_screenshots

benchmark-accuracy: .venv/runtime
	$(BIN)/python -m benchmarks.accuracy $(ARGS)

benchmark-damage: .venv/runtime
	$(BIN)/python -m benchmarks.damage $(ARGS)

benchmark-spread: .venv/runtime
	$(BIN)/python -m benchmarks.spread $(ARGS)

benchmark-photos: .venv/runtime
	$(BIN)/python -m benchmarks.photos $(ARGS)

benchmark-numbers: .venv/runtime
	$(BIN)/python -m benchmarks.numbers $(ARGS)

benchmark-corrections: .venv/runtime
	$(BIN)/python -m benchmarks.corrections $(ARGS)

# It installs the other readers into .peers, about 8 GB.
benchmark-peers: .venv/runtime
	$(BIN)/python -m benchmarks.peers $(ARGS)

benchmark-training: .venv/runtime
	$(BIN)/python -m benchmarks.training

benchmark-latency: .venv/runtime
	$(BIN)/python -m benchmarks.latency

# Serving needs all of requirements.txt but Jupyter, for every Python and system that it supports.
lock: .venv/tools/installed
	@(echo '# Made by `make lock` from requirements.txt, without Jupyter: what a server installs.'; \
	  grep -v -e '^jupyter' -e '^Python-' requirements.txt | \
	  .venv/tools/bin/uv pip compile - --universal --python-version 3.10 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet) > .venv/$@.new
	@mv .venv/$@.new requirements.lock

audit: .venv/tools/installed
	@.venv/tools/bin/python tests/audit.py

benchmark-files: .venv/runtime
	$(BIN)/python -m benchmarks.files $(ARGS)

benchmark-load: .venv/runtime
	$(BIN)/python -m benchmarks.load $(ARGS)

benchmark-abuse: .venv/runtime
	$(BIN)/python -m benchmarks.abuse $(ARGS)

benchmark-page: .venv/development
	@$(BIN)/python tests/setup_programs.py
	$(BIN)/python -m benchmarks.page $(ARGS)

fuzz: .venv/development
	FUZZ_EXAMPLES=100000 $(BIN)/python -m pytest tests/images/test_properties.py \
	  tests/page/test_fuzzing.py $(ARGS)
	$(BIN)/python tests/fuzz_decoders.py

clean:
	rm -rf .venv .peers .mypy_cache .pytest_cache .ruff_cache .gradio
	find digits tests notebooks -name __pycache__ -prune -exec rm -rf {} +

# The files `python`, `runtime` and `development` in .venv mark what is installed. Each is created
# last, so that an interrupted installation is repeated.
.venv/runtime: .venv/python requirements.txt
	$(BIN)/python -m pip install --requirement requirements.txt
	@touch $@

.venv/development: .venv/runtime requirements-dev.txt requirements-export.txt
	$(BIN)/python -m pip install --requirement requirements-dev.txt
	@touch $@

.venv/tools/installed:
	$(PYTHON) -m venv .venv/tools
	.venv/tools/bin/python -m pip install --quiet uv pip-audit
	@touch $@

.venv/python:
	@$(PYTHON) digits/supported_python.py
	$(PYTHON) -m venv .venv
	@touch $@

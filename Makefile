# Two commands do everything on a fresh clone: `make demo` and `make test`.
# Each makes .venv and installs what it needs; a changed requirements file installs again.

PYTHON ?= python3
ARGS ?=
NOTEBOOK ?= training
BIN := .venv/bin

.PHONY: help demo test lint notebook docs assets screenshots benchmark-accuracy benchmark-photos benchmark-corrections benchmark-training benchmark-latency clean

help:
	@echo 'make demo                 draw a digit and have it read (flags: make demo ARGS="--share")'
	@echo 'make test                 run every test (or some: make test ARGS="-k command")'
	@echo 'make lint                 check the style of the code and the notebooks, and the types'
	@echo 'make notebook             train: run notebooks/training.ipynb from top to bottom, in place'
	@echo '                          (the other one: make notebook NOTEBOOK=architectures)'
	@echo 'make docs                 write the parts of docs/ that are generated from docstrings'
	@echo 'make assets               make the sample pictures and the icons anew'
	@echo 'make screenshots          take the pictures of every tab anew, at each size and theme'
	@echo 'make benchmark-accuracy   print the table of figures of the shipped model'
	@echo 'make benchmark-photos     print how well digits in simulated photos of paper are read'
	@echo 'make benchmark-corrections  print what learning from 20 corrections brings'
	@echo 'make benchmark-training   print how fast a network is trained to 99 %'
	@echo 'make benchmark-latency    print how long one drawing takes, step by step'
	@echo 'make clean                remove .venv and the caches'

demo: .venv/runtime
	@$(BIN)/python mnist_classification.py $(ARGS)

test: .venv/development
	@$(BIN)/python tests/setup_programs.py
	$(BIN)/python tests/run.py $(ARGS)

lint: .venv/development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

notebook: .venv/runtime
	$(BIN)/jupyter nbconvert --to notebook --execute --inplace notebooks/$(NOTEBOOK).ipynb
	$(BIN)/python notebooks/clean_outputs.py notebooks/$(NOTEBOOK).ipynb

docs: .venv/runtime
	$(BIN)/python -m docs.make_docs

assets: .venv/development
	$(BIN)/python -m assets.make_assets

screenshots: .venv/development
	$(BIN)/python -m assets.make_screenshots

benchmark-accuracy: .venv/runtime
	$(BIN)/python -m benchmarks.accuracy $(ARGS)

benchmark-photos: .venv/runtime
	$(BIN)/python -m benchmarks.photos $(ARGS)

benchmark-corrections: .venv/runtime
	$(BIN)/python -m benchmarks.corrections $(ARGS)

benchmark-training: .venv/runtime
	$(BIN)/python -m benchmarks.training

benchmark-latency: .venv/runtime
	$(BIN)/python -m benchmarks.latency

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .gradio
	find digits tests notebooks -name __pycache__ -prune -exec rm -rf {} +

# The files `python`, `runtime` and `development` in .venv say what is installed there: they are
# made last, so an interrupted installation is taken up again.
.venv/runtime: .venv/python requirements.txt
	$(BIN)/python -m pip install --requirement requirements.txt
	@touch $@

.venv/development: .venv/runtime requirements-dev.txt requirements-export.txt
	$(BIN)/python -m pip install --requirement requirements-dev.txt
	@touch $@

.venv/python:
	@$(PYTHON) digits/supported_python.py
	$(PYTHON) -m venv .venv
	@touch $@

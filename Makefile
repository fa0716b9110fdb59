.DEFAULT_GOAL := help
SHELL := /bin/bash
STACK ?= dev
SYSTEM ?= .
BASE ?= origin/main
PYTHON := .venv/bin/python
INSTALLED := .venv/.installed
SANDBOX := $(PYTHON) -m sandbox
HEY := command -v hey >/dev/null || apt-get -qq install --yes hey

# Bytecode is written even where the environment forbids it: without it every command starts three times slower.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help up dev preview refresh destroy recover status diff graph audit stop doctor build test check-and-unit check unit golden cli manifests smoke e2e faults bench

help: ## this list
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(INSTALLED): constraints.txt
	python3 -c 'import ensurepip' 2>/dev/null || { apt-get -qq update && apt-get -qq install --yes python3-venv; } \
		|| { echo "python3-venv is missing: run 'apt-get install python3-venv' as root, once" >&2; exit 1; }
	python3 -m venv .venv
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt uv
	UV_COMPILE_BYTECODE=1 .venv/bin/uv pip install --quiet --python $(PYTHON) --requirement constraints.txt
	.venv/bin/uv pip install --quiet --python $(PYTHON) --no-deps --editable .
	touch $@

up: $(INSTALLED) ## bring the stack up on this machine (STACK=dev, SYSTEM=name of an example)
	@$(SANDBOX) up --system $(SYSTEM) --stack $(STACK)

dev: $(INSTALLED) ## after `up`: a saved change is built and rolled at once, and all logs are shown (SYSTEM=)
	@$(SANDBOX) dev $(SYSTEM) --stack $(STACK)

preview: $(INSTALLED) ## show what `up` would change
	@$(SANDBOX) preview --system $(SYSTEM) --stack $(STACK)

refresh: $(INSTALLED) ## compare the state with what is really there
	@$(SANDBOX) refresh --system $(SYSTEM) --stack $(STACK)

destroy: $(INSTALLED) ## remove everything the stack made
	@$(SANDBOX) destroy --system $(SYSTEM) --stack $(STACK)

recover: $(INSTALLED) ## after a killed `up` or `destroy`: remove its lock, and bring the state in line with what exists
	@eval "$$($(SANDBOX) env --system $(SYSTEM) --stack $(STACK))" && $(PYTHON) -m operations recover --system $(SYSTEM) --stack $(STACK)

status: $(INSTALLED) ## addresses, kubeconfig and processes; CLOUD=1: whether a stack in the cloud is up, and if not why
	@$(if $(CLOUD),$(PYTHON) -m operations status,$(SANDBOX) status) --system $(SYSTEM) --stack $(STACK)

diff: $(INSTALLED) ## what this checkout would change in every stack; needs no credential (BASE=origin/main)
	@$(SANDBOX) diff --project $(SYSTEM) --base $(BASE) --stack all

graph: $(INSTALLED) ## draw docs/graph.svg anew
	@$(SANDBOX) graph --svg > docs/graph.svg

audit: $(INSTALLED) ## what a destroyed stack left behind
	@$(SANDBOX) audit --project $(SYSTEM) --stack $(STACK)

stop: $(INSTALLED) ## end the sandbox's processes; what was deployed is there again after the next `up`
	@$(SANDBOX) stop

doctor: $(INSTALLED) ## what this machine has, what is missing, what is simulated; CLOUD=1: what would stop `pulumi up`
	@$(if $(CLOUD),$(PYTHON) -m operations doctor --stack $(STACK),$(SANDBOX) doctor)

build: $(INSTALLED) ## what `up` has to build once: Kubernetes, and the Pulumi CLI and its Kubernetes provider unless installed
	@nice $(SANDBOX) build

test: $(INSTALLED) ## what every change has to pass: minutes
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target build check-and-unit
	@$(MAKE) --no-print-directory cli smoke

check-and-unit: check
	@$(MAKE) --no-print-directory unit

check: $(INSTALLED) ## format, lint, types, import direction
	.venv/bin/ruff format --check --quiet .
	.venv/bin/ruff check --quiet .
	.venv/bin/basedpyright --level error --threads
	$(PYTHON) -m pytest tests/types -m types --quiet --timeout 300
	PYTHONPATH=. .venv/bin/lint-imports

unit: $(INSTALLED) ## offline, seconds, no root
	$(PYTHON) -m pytest tests/unit tests/golden --timeout 60 --numprocesses auto --dist loadfile

golden: $(INSTALLED) ## write the golden graphs anew, after a change that is meant; their diff is part of its review
	$(PYTHON) -m pytest tests/golden --update --quiet

cli: $(INSTALLED) ## with the real Pulumi CLI, and no cluster: a minute or two
	$(PYTHON) -m pytest tests/cli -m "cli and not e2e" --timeout 600 --numprocesses auto --dist loadfile

manifests: $(INSTALLED) ## kubeconform, kube-score, checkov, actionlint, zizmor: the network the first time, a minute
	$(PYTHON) -m pytest tests/manifests -m manifests --timeout 600

smoke: $(INSTALLED) ## the dev stack's life for real: root, minutes; stops the sandbox of this checkout, whose addresses it takes
	@$(SANDBOX) stop
	$(PYTHON) -m pytest tests/e2e -m smoke --timeout 1200

e2e: $(INSTALLED) ## that and the rest for real: all five systems, production, rollouts, foreign programs: root, half an hour
	@$(SANDBOX) stop
	@$(HEY)
	$(PYTHON) -m pytest tests/cli -m "cli and e2e" --timeout 600 --numprocesses auto --dist loadfile
	$(PYTHON) -m pytest tests/e2e tests/faults -m "smoke or e2e" --timeout 1200

faults: $(INSTALLED) ## everything that can break, at every step: root, an hour
	@$(SANDBOX) stop
	STACK_FILES=3000 $(PYTHON) -m pytest tests/unit/test_generated_stacks.py --timeout 1200
	$(PYTHON) -m pytest tests/faults -m faults --timeout 3600

bench: $(INSTALLED) ## speed, as ratios, into docs/benchmarks.md: root, minutes; stops the sandbox of this checkout
	@$(HEY)
	$(PYTHON) -m bench

# CALI sandbox. `make` alone prints this help.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
HOME_DIR := $(if $(CALI_HOME),$(CALI_HOME),.sandbox)
DEV := "$(HOME_DIR)/envs/dev/bin"
# Without TARGET it is CALI_TARGET, else where the sandbox was brought up, else embedded: the command knows.
ON := $(if $(TARGET),--target $(TARGET))

.PHONY: help
help: ## Print this help
	@awk 'BEGIN {FS = ":.*## "} /^## / {printf "\n%s\n", substr($$0, 4)} /^[a-z0-9-]+:.*## / {printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@printf '\nAll verbs of the command: bin/sandbox --help\n'

## Run it
.PHONY: sandbox-up sandbox-down sandbox-status sandbox-logs sandbox-clean
sandbox-up: ## Install what is missing, start every part, prove the ten steps (TARGET=kind: on Kubernetes)
	@bin/sandbox up $(ON) $(if $(EMULATOR),--emulator $(EMULATOR))
sandbox-down: ## End everything that runs; processes keep their data
	@bin/sandbox down $(ON)
sandbox-status: ## The ten steps, the services, the latency
	@bin/sandbox status $(ON)
sandbox-logs: ## Follow the logs of every part
	@bin/sandbox logs -f $(ON)
sandbox-clean: ## Remove the sandbox's data; `bin/sandbox clean --all` also what was installed
	@bin/sandbox clean $(ON)

## Test it (`make NAME` runs one of the tests; beside those of `test`: faults, iam, e2e-localstack, e2e-containers, kind, autoscaling)
.PHONY: test lint types unit definitions terraform-e2e e2e e2e-localstack e2e-containers latency faults iam kind autoscaling
test: ## What CI runs: lint, types, unit, definitions, terraform-e2e, e2e, latency
	@$(PYTHON) sandbox/bootstrap.py --dev
	@$(DEV)/tox run
lint types unit definitions terraform-e2e e2e e2e-localstack e2e-containers latency faults iam kind autoscaling:
	@$(PYTHON) sandbox/bootstrap.py --dev
	@$(DEV)/tox run -e $@

## Keep it
.PHONY: lock format
lock: ## Resolve every requirements file anew
	@$(PYTHON) sandbox/bootstrap.py --dev
	@$(DEV)/python requirements/lock.py
format: ## Format the code
	@$(PYTHON) sandbox/bootstrap.py --dev
	@$(DEV)/ruff format . && $(DEV)/ruff check --fix .

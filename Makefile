.PHONY: help demo test lint bench docs package setup clean

help: ## what the targets do
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

demo: setup ## start HAProxy, agent, Varnish and an origin, and show verdicts; KEEP=1 leaves them running
	@scripts/demo

test: ## set-up, lint, and all tests: what CI runs
	@scripts/test

lint: setup ## formatting, clippy and documentation, warnings as errors
	@scripts/lint

bench: setup ## micro-benchmarks of the pure crates
	@scripts/bench

docs: setup ## write anew what the code says of itself: docs/reference, the table of docs/four-weeks.md
	@scripts/docs

package: ## Debian packages of agent, VMOD, command line and policy, for this distribution and its Varnish
	@scripts/setup package
	@scripts/package

setup: ## install what is missing on this machine
	@scripts/setup

clean: ## remove what was built; the Varnish below .build stays
	cargo clean

# Every target installs what it lacks, asks nothing, and prints what it does.

.DEFAULT_GOAL := help
.PHONY: demo test check bench help

demo: ## explain the demo's slow queries on a throw-away PostgreSQL, with proof
	scripts/install.sh demo
	cargo run --release --bin advisor -- demo

test: ## run all tests, on every PostgreSQL found and on 18
	scripts/install.sh test
	scripts/test.sh

check: ## formatting and lints, warnings denied
	cargo fmt --all --check
	cargo clippy --all-targets -- -D warnings

bench: ## run the benchmarks
	scripts/install.sh demo
	cargo bench

help: ## this list
	@sed -n 's/^\([a-z]*\): ## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST)

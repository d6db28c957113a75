# Two commands for a newcomer: `make demo` and `make test`. The rest are their parts.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

BIN := target/release/huanshu
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/test-results/*' 2>/dev/null)

.PHONY: help demo test web build lint test-rust test-e2e bless bench clean

help:
	@echo "make demo    build what is missing, start the simulated district and the server"
	@echo "make test    install what the tests need and run all of them"
	@echo "make bless   regenerate every expected output (OpenAPI, snapshots, tables in documents)"
	@echo "make bench   measure, and write docs/benchmarks"

## demo ------------------------------------------------------------------------------------------------------
demo: tools-check build
	@echo "== starting the demo district (Ctrl-C ends it)"
	./$(BIN) demo

tools-check:
	@./tools/need.sh cargo node npm

build: web/dist/index.html
	@echo "== building huanshu (the first time takes several minutes)"
	cargo build --release --locked -p huanshu

web: web/dist/index.html

web/node_modules/.installed: web/package-lock.json
	@echo "== installing the pages' libraries"
	cd web && npm ci --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/.installed $(WEB_SOURCES)
	@echo "== building the pages"
	cd web && npm run build
	@touch $@

## test ------------------------------------------------------------------------------------------------------
test: tools-check
	@./tools/test.sh

bless:
	@./tools/bless.sh

bench: build
	./$(BIN) bench --write

clean:
	rm -rf target web/dist web/node_modules

#!/usr/bin/env bash
# All tests: lints, Rust on SQLite and PostgreSQL, the pages' own tests, and the built binary in Chromium.
set -euo pipefail
cd "$(dirname "$0")/.."
step() { printf '\n== %s (%s)\n' "$1" "$(date +%T)"; }

step "what the tests need"
./tools/install-test-needs.sh

if [ ! -d ../shared ]; then
  if [ "${CI:-}" = true ]; then
    echo "../shared is absent, and this is CI" >&2
    exit 1
  fi
  echo "left out: the cases and real data of ../shared are not beside this clone; the project's own cases run"
fi

step "pages: build and unit tests"
make --no-print-directory web
(cd web && npm test)

step "format and lints"
cargo fmt --all --check
cargo clippy --workspace --all-targets --locked -- -D warnings

step "PostgreSQL for the tests"
eval "$(./tools/test-postgres.sh start)"
trap './tools/test-postgres.sh stop' EXIT

step "Rust: units, vectors, conformance, SQLite and PostgreSQL, crashes"
cargo test --workspace --locked

step "the built binary in Chromium"
./tools/test-e2e.sh

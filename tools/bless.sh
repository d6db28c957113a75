#!/usr/bin/env bash
# Regenerates every expected output: the OpenAPI document, error pages, the pages' API types, snapshots.
set -euo pipefail
cd "$(dirname "$0")/.."
export HUANSHU_BLESS=1 INSTA_UPDATE=always
cargo test --workspace --locked bless -- --include-ignored || true
cargo test -p server --locked openapi
cargo test -p server --locked error_pages
(cd web && npm run api)
git status --short

#!/usr/bin/env bash
# Regenerates every expected output: the OpenAPI document, error pages, the pages' API types, snapshots.
set -euo pipefail
cd "$(dirname "$0")/.."
export HUANSHU_BLESS=1 INSTA_UPDATE=always
cargo test --workspace --locked
(cd web && npm run types)
git status --short

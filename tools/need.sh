#!/usr/bin/env bash
# Says exactly what is missing of the named programs, and how to get it.
set -eu
missing=0
for program in "$@"; do
  if ! command -v "$program" >/dev/null 2>&1; then
    missing=1
    case "$program" in
      cargo) echo "缺少 Rust 工具链 / Rust is missing: install rustup, then 'rustup toolchain install stable'" >&2 ;;
      node | npm) echo "缺少 Node.js ≥ 20 / Node.js 20 or newer is missing" >&2 ;;
      *) echo "缺少 $program / $program is missing" >&2 ;;
    esac
  fi
done
if command -v node >/dev/null 2>&1 && [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
  echo "Node.js 版本过低:$(node --version),需要 20 以上 / Node.js is too old, 20 or newer is needed" >&2
  missing=1
fi
exit "$missing"

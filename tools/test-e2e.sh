#!/usr/bin/env bash
# The built binary with the built pages in Chromium: starts the demonstration and walks through it as each role.
set -euo pipefail
cd "$(dirname "$0")/.."
target="${CARGO_TARGET_DIR:-target}"
cargo build --locked -p huanshu
log="$(mktemp)"
"$target/debug/huanshu" demo --days 2 --http 127.0.0.1:0 --hj212 127.0.0.1:0 >"$log" 2>&1 &
demo=$!
trap 'kill "$demo" 2>/dev/null || true; wait "$demo" 2>/dev/null || true; rm -f "$log"' EXIT

url=""
for _ in $(seq 120); do
  url="$(sed -n 's/.*\(http:\/\/[0-9.:]*\)$/\1/p' "$log" | head -n 1)"
  [ -n "$url" ] && break
  kill -0 "$demo" 2>/dev/null || { cat "$log" >&2; exit 1; }
  sleep 0.5
done
[ -n "$url" ] || { echo "the demonstration did not start" >&2; cat "$log" >&2; exit 1; }

# The pages are worth looking at once the history is in: no frame waits to be applied, and alarms stand.
node tools/wait-for-demo.mjs "$url"
cd web
HUANSHU_URL="$url" npm run e2e

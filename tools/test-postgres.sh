#!/usr/bin/env bash
# A PostgreSQL of its own for the tests: `eval "$(tools/test-postgres.sh start)"`, then `tools/test-postgres.sh stop`.
# `pause` stops it at once and keeps its data, `resume` starts it again: what an outage looks like to its clients.
# Lives in a temporary directory, listens on localhost only; as root it runs as user postgres. Port: HUANSHU_TEST_PGPORT.
set -euo pipefail
port="${HUANSHU_TEST_PGPORT:-54329}"
base="${TMPDIR:-/tmp}/huanshu-test-postgres-$port"

# Debian keeps the programs of each major version in a folder of its own, outside of PATH.
bin="$(dirname "$(command -v pg_ctl || ls -1 /usr/lib/postgresql/*/bin/pg_ctl 2>/dev/null | sort -V | tail -n 1)")"
if [ ! -x "$bin/pg_ctl" ]; then
  echo "缺少 PostgreSQL / PostgreSQL is missing: sudo apt-get install postgresql" >&2
  exit 1
fi

as_owner() {
  if [ "$(id -u)" -eq 0 ]; then
    (cd / && setpriv --reuid=postgres --regid=postgres --init-groups env HOME="$base" "$@")
  else
    "$@"
  fi
}

stop() {
  if [ -f "$base/data/postmaster.pid" ]; then
    as_owner "$bin/pg_ctl" -D "$base/data" -m immediate -w stop >&2 || true
  fi
  rm -rf "$base"
}

run_server() {
  # The data are thrown away, so nothing needs to survive a crash of the machine.
  as_owner "$bin/pg_ctl" -D "$base/data" -l "$base/server.log" -w -t 60 \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$base -c fsync=off -c max_connections=200" \
    start >>"$base.log" 2>&1 || { cat "$base.log" >&2; exit 1; }
  rm -f "$base.log"
}

start() {
  stop
  mkdir -p "$base"
  [ "$(id -u)" -ne 0 ] || chown postgres:postgres "$base"
  as_owner "$bin/initdb" -D "$base/data" -U huanshu --auth=trust --encoding=UTF8 --locale=C.UTF-8 >"$base.log" 2>&1 ||
    { cat "$base.log" >&2; exit 1; }
  run_server
  echo "export HUANSHU_TEST_POSTGRES=postgres://huanshu@127.0.0.1:$port/postgres"
}

case "${1:-}" in
  start) start ;;
  stop) stop ;;
  pause) as_owner "$bin/pg_ctl" -D "$base/data" -m immediate -w stop >&2 ;;
  resume) run_server ;;
  *) echo "usage: $0 start|stop|pause|resume" >&2; exit 2 ;;
esac

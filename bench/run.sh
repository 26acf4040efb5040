#!/usr/bin/env bash
# Prints the tables of docs/benchmarks.md: sluis beside DuckDB, and sluis with more
# and more rows. Needs a C compiler and 14 GB of memory; about ten minutes.
#
#   bench/run.sh                    20 million rows, 5 runs a side, 2 threads
#   bench/run.sh -rows 1000000      a quick look
#   bench/run.sh -only Parquet      the cases with that in their name
#   bench/run.sh -bound 20m         the peer gets its 5 runs in every case
#
# Nothing is left behind, also when it is interrupted or terminated.
set -euo pipefail
cd "$(dirname "$0")"
export CGO_ENABLED=1
go test ./...
bin=$(mktemp -d) pid=
trap 'rm -rf "$bin"' EXIT
trap '[ -z "$pid" ] || kill -TERM "$pid"; wait; exit 1' INT TERM
go build -o "$bin/bench" .
"$bin/bench" "$@" &
pid=$!
wait "$pid"

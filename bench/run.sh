#!/usr/bin/env bash
# Prints the table of docs/benchmarks.md: sluis beside DuckDB. Needs a C compiler.
#
#   bench/run.sh                    20 million rows, 5 runs a side, 2 threads
#   bench/run.sh -rows 1000000      a quick look
#   bench/run.sh -only Parquet      the cases with that in their name
set -euo pipefail
cd "$(dirname "$0")"
export CGO_ENABLED=1
go test ./...
exec go run . "$@"

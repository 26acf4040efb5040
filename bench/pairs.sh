#!/usr/bin/env bash
# Compares the processor time of a benchmark of ./sdc before and after, by two test
# binaries in alternating pairs: the present tree, and a commit that gets the present
# benchmark file. Prints the median of the ratios after / before for each case, with a 95 %
# interval by bootstrap of the median.
#
#   bench/pairs.sh COMMIT [BENCH [ROWS [PAIRS]]]
#   bench/pairs.sh 70f5eaa                                  Evidence, 20 million rows, 15 pairs
#   bench/pairs.sh 70f5eaa 'Evidence/.*threads_1' 2000000   fewer rows, one thread
#
# Time is that in user mode, so that other processes on the machine matter less; they still
# have the caches. BENCHTIME, if set, is -benchtime of a run, such as 30x for short cases.
# HEAVY, if set, is a command that every run is given to. Nothing is left
# behind.
set -euo pipefail
commit=$1 bench=${2:-Evidence} rows=${3:-20000000} pairs=${4:-15}
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
trap 'git worktree remove --force "$dir/before" 2>/dev/null || true; rm -rf "$dir"' EXIT
git worktree add -q --detach "$dir/before" "$commit"
cp sdc/bench_test.go sdc/bench_cpu_*test.go "$dir/before/sdc/"
# Before there was Trusted, no array was looked at: the same as with it.
grep -q 'Trusted bool' "$dir/before/sdc/check.go" ||
  sed -i -e 's/, Trusted: t[a-z]*//' "$dir/before/sdc/bench_test.go"
(cd "$dir/before" && go test -c -o "$dir/before.test" ./sdc)
go test -c -o "$dir/after.test" ./sdc
run() { # SIDE PAIR
  (cd sdc && ${HEAVY:-} "$dir/$1.test" -test.run '^$' -test.bench "$bench" -test.benchtime "${BENCHTIME:-1x}" -rows "$rows") |
    awk -v side="$1" -v pair="$2" '/^Benchmark/ {
      for (i = 3; i < NF; i++) if ($(i + 1) == "user-ns/row") print side, pair, $1, $i }' >> "$dir/times"
}
for ((p = 1; p <= pairs; p++)); do
  if ((p % 2)); then run before $p; run after $p; else run after $p; run before $p; fi
done
awk '
  { t[$1, $2, $3] = $4; if (!($3 in seen)) { seen[$3] = 1; names[++k] = $3 }; if ($2 > n) n = $2 }
  function median(a, n,   i, j, x) {
    for (i = 2; i <= n; i++) { x = a[i]; for (j = i - 1; j > 0 && a[j] > x; j--) a[j + 1] = a[j]; a[j + 1] = x }
    return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
  }
  END {
    srand(1)
    for (c = 1; c <= k; c++) {
      name = names[c]
      for (i = 1; i <= n; i++) { r[i] = t["after", i, name] / t["before", i, name]; b[i] = t["before", i, name]; s[i] = r[i] }
      for (d = 1; d <= 1000; d++) { for (i = 1; i <= n; i++) a[i] = s[1 + int(rand() * n)]; m[d] = median(a, n) }
      median(m, 1000)
      printf "%-75s before %8.2f ns a row, times %.3f [%.3f, %.3f]\n", name, median(b, n), median(r, n), m[25], m[976]
    }
  }' "$dir/times"

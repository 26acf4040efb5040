#!/usr/bin/env bash
# Makes every kind of page and uses it in a real browser: see README.md. It ends
# with status 0 and a line that says "skipped" where node, npm's packages or a
# Chromium cannot be had; as root it installs Debian's.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
shots=${1:-}

skip() { echo "browser test: skipped, $1"; exit 0; }

install() { # install PACKAGE...: where that is possible
	[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
	{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } >/dev/null 2>&1
}

browser() {
	for name in ${CHROMIUM:-} chromium chromium-browser google-chrome; do
		command -v "$name" && return
	done
	return 1
}

command -v npm >/dev/null || install nodejs npm || skip 'there is no node and npm'
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || skip 'node is older than 20'
browser >/dev/null || install chromium || skip 'there is no Chromium'
CHROMIUM=$(browser) || skip 'there is no Chromium'
export CHROMIUM
command -v pdftotext >/dev/null || install poppler-utils || echo 'browser test: no pdftotext, the text of printed pages is not read'
cd "$here"
npm install --no-package-lock --no-audit --no-fund --silent >/dev/null 2>&1 || skip 'npm cannot install its packages'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root"
export CGO_ENABLED=0
go build -o "$work/sluis" ./cmd/sluis

sluis() { # what is found is not the matter here
	local status=0
	"$work/sluis" "$@" >"$work/log" 2>&1 || status=$?
	case $status in 0 | 3 | 4) ;; *) cat "$work/log"; exit 1 ;; esac
}

# The census of 1994 ("adult"), or without it records of its shape.
adult=$root/../shared/reference/input/adult.csv
if [ ! -f "$adult" ]; then
	adult=$work/adult.csv
	awk 'BEGIN {
		srand(1); split("Private State-gov Self-emp-inc ? Federal-gov", w); split("White Black Asian-Pac-Islander Other", r)
		print "age,workclass,race,sex,occupation,hours-per-week,salary-class"
		for (i = 0; i < 8000; i++) {
			k = int(1 + 5 * rand() * rand()); print int(17 + 60 * rand() * rand()) ", " w[k] ", " r[int(1 + 4 * rand() * rand())] ", " \
				(rand() < .6 ? "Male" : "Female") ", o" int(14 * rand() * rand()) ", " int(20 + 40 * rand()) ", " (rand() < .97 - k / 9 ? "<=50K" : ">50K")
		}
	}' >"$adult"
fi
cat >"$work/adult.yaml" <<-SPEC
	version: 1
	data: {source: "$adult", csv: {delimiter: ",", nulls: ["", "?"], trim: true}, missing: {default: category}}
	outputs:
	  - {name: salary, kind: frequency, by: [workclass, race, sex, salary-class], sensitive: [salary-class]}
	  - {name: hours, kind: magnitude, by: [workclass, race], response: hours-per-week}
	  - {name: persons, kind: microdata, keys: [age, sex, race], sensitive: [occupation]}
SPEC
sluis check "$work/adult.yaml" --suggest --html "$work/adult.html" --public "$work/adult-public.html"
sluis check "$work/adult.yaml" --html "$work/adult-nl.html" --lang nl
sluis risk "$adult" --trim --null '?' --missing category --keys age,sex,race,workclass --sensitive occupation \
	--k 3 --combinations 2 --html "$work/risk.html"

# More findings than a page holds, and codes that want to be something else.
awk 'BEGIN {print "a,b"; for (i = 0; i < 10200; i++) print int(i / 3) "," i % 3}' >"$work/many.csv"
printf 'version: 1\ndata: {source: many.csv}\noutputs:\n  - {name: many, kind: frequency, by: [a, b]}\n' >"$work/many.yaml"
sluis check "$work/many.yaml" --html "$work/many.html"
printf '<script>alert(1)</script>,x\n%s,y\n"""=HYPERLINK(1)",x\n\342\200\256evil,y\n' "$(head -c 10000 /dev/zero | tr '\0' 'n')" |
	awk 'BEGIN {print "code,kind"} {for (i = 0; i < 7 + NR; i++) print}' >"$work/hostile.csv"
printf 'version: 1\ndata: {source: hostile.csv}\noutputs:\n  - {name: "<b>out</b>", kind: frequency, by: [code, kind]}\n' >"$work/hostile.yaml"
sluis check "$work/hostile.yaml" --html "$work/hostile.html"

sluis demo --rows 300 --out "$work/demo"
cat >"$work/tables.yaml" <<-SPEC
	version: 1
	data: {source: "$adult", csv: {delimiter: ",", nulls: ["", "?"], trim: true}, missing: {default: category}}
	outputs:
	  - {name: counts, kind: frequency, by: [workclass, race, sex]}
	  - {name: hours, kind: magnitude, by: [workclass, race], response: hours-per-week}
SPEC
for lang in en nl; do
	sluis protect "$work/tables.yaml" --rounds 0 --out "$work/tables" --replace --html "$work/protection-$lang.html" --public "$work/release-$lang.html" --lang $lang
done
go run ./examples/citydeal testdata "$work/citydeal" >/dev/null

cd "$here"
node report.mjs ${shots:+--shots "$shots"} "$work"/*.html "$work"/demo/*.html "$work"/demo/release/*.html $(find "$work/citydeal" -name '*.html')

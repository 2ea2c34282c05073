#!/bin/sh
# Draws scenarios, plays them in a browser, and shows where the engine differs:
# run.sh CORSCOPE BROWSER SEED COUNT
set -eu
corscope=$(realpath "$1")
browser=$2
cd "$(dirname "$0")"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
node generate.mjs --seed "$3" --count "$4" > "$folder/scenarios.jsonl"
node record.mjs --browser "$browser" "$folder/scenarios.jsonl" "$folder/rows.jsonl"
node compare.mjs --corscope "$corscope" --browser "$browser" "$folder/scenarios.jsonl" "$folder/rows.jsonl"

#!/bin/sh
# What the web page ships, how soon it is there, how soon a verdict follows a key press, and what a
# hundred thousand exchanges and a busy proxy do to its list.
# usage: bench/web_page.sh PROGRAM
set -eu

cd "$(dirname "$0")/.."
for browser in chromium chromium-browser google-chrome; do
    if command -v "$browser" >/dev/null 2>&1; then
        exec env CORSCOPE="$1" node --test --test-concurrency=1 --test-reporter=spec \
            e2e/ui/figures.mjs e2e/ui/figures_traffic.mjs
    fi
done
echo 'web page not measured: no Chromium'

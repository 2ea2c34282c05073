#!/bin/sh
# Builds the web page where its sources are newer than what was built.
set -eu

cd "$(dirname "$0")/../ui"

if [ package-lock.json -nt node_modules/.package-lock.json ]; then
    echo '# web page: packages'
    npm ci --no-fund --no-audit --loglevel=error
fi

built=dist/app/index.html
if [ ! -e "$built" ] || [ -n "$(find index.html package-lock.json ./*.ts ./*.js public src -newer "$built" -print | head -n 1)" ]; then
    echo '# web page: build'
    npm run --silent build -- --logLevel warn
fi

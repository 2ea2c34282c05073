#!/bin/sh
# Builds the web page where its sources are newer than what was built.
set -eu

cd "$(dirname "$0")/../ui"

# Not every sh calls a file newer than one that is not there. And not `npm ci`: npm leaves packages of
# other platforms out of the lock file where its registry has none, and then refuses the file.
installed=node_modules/.package-lock.json
if [ ! -e "$installed" ] || [ package-lock.json -nt "$installed" ]; then
    echo '# web page: packages'
    npm install --no-save --no-fund --no-audit --loglevel=error
fi

built=dist/app/index.html
if [ ! -e "$built" ] || [ -n "$(find index.html package-lock.json ./*.ts ./*.js public src -newer "$built" -print | head -n 1)" ]; then
    echo '# web page: build'
    npm run --silent build -- --logLevel warn
fi

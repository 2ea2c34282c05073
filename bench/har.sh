#!/bin/sh
# How fast `corscope har` reads and judges a large HAR, and in how much memory.
# usage: har.sh PROGRAM      MEGABYTES=1000 ROUNDS=3
set -eu
exec python3 -B "$(dirname "$0")/har.py" "$1" "${MEGABYTES:-1000}" "${ROUNDS:-3}"

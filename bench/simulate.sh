#!/bin/sh
# How fast `simulate --jsonl` answers a long stream of scenarios, and in how much memory.
# usage: simulate.sh PROGRAM      LINES_TO_JUDGE=1000000 ROUNDS=3
set -eu
exec python3 -B "$(dirname "$0")/simulate.py" "$1" "${LINES_TO_JUDGE:-1000000}" "${ROUNDS:-3}"

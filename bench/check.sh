#!/bin/sh
# What `check` takes beyond the network: against curl sending the same two requests to the same
# server. And how long the program takes to start.
# usage: check.sh PROGRAM      ROUNDS=41
set -eu
exec python3 -B "$(dirname "$0")/check.py" "$1" "${ROUNDS:-41}"

#!/bin/sh
# How much memory the proxy takes after many exchanges, and while a large download passes.
# usage: memory.sh PROGRAM      EXCHANGES=100000 DOWNLOAD_MEGABYTES=2000
set -eu
corscope=$(realpath "${1:?usage: memory.sh <corscope>}")

# shellcheck source=bench/proxy/servers.sh
. "$(dirname "$0")/proxy/servers.sh"
wanted memory wrk nginx openssl python3 curl

# shellcheck disable=SC2046 # one word a port
set -- $(free_ports 3)
start_origin "$1" "$2"
truncate -s "${DOWNLOAD_MEGABYTES:-2000}MB" "$scratch/download.bin" # a hole, which takes no room
answers "http://127.0.0.1:$1/1k.txt"
export XDG_CONFIG_HOME="$scratch/config"
python3 -B "$here/memory.py" "$corscope" "$1" "$3" "${EXCHANGES:-100000}" "$scratch"

#!/bin/sh
# The gateway beside nginx with the same headers and cors-anywhere: requests a second, in turns.
# usage: gateway.sh <corscope>
#
# Needs wrk, nginx, openssl, node, npm, python3, curl and a network for cors-anywhere, which stays in
# target/bench; without them nothing is measured.
# ROUNDS (5) and SECONDS_EACH (3) may be set.
set -eu

corscope=$(realpath "${1:?usage: gateway.sh <corscope>}")
rounds=${ROUNDS:-5}
seconds=${SECONDS_EACH:-3}

# shellcheck source=bench/proxy/servers.sh
. "$(dirname "$0")/proxy/servers.sh"
wanted gateway wrk nginx openssl node npm python3 curl
[ -d "$kept/node_modules/cors-anywhere" ] ||
    (cd "$kept" && npm install --silent --no-audit --no-fund cors-anywhere@0.4.4 >/dev/null)

# shellcheck disable=SC2046 # one word a port
set -- $(free_ports 6)
origin=$1 nginx=$3 anywhere=$4 gateway=$5 capturing=$6
start_origin "$origin" "$2"
# shellcheck disable=SC2016 # nginx's own variables
start_nginx nginx "upstream origin { server 127.0.0.1:$origin; keepalive 64; keepalive_requests 1000000; }"'
    map $http_origin $allowed { default ""; ~^https?://localhost(:[0-9]+)?$ $http_origin; }'"
    server { listen 127.0.0.1:$nginx; location / {
        proxy_set_header Origin http://127.0.0.1:$origin;"'
        proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection "";
        proxy_hide_header Access-Control-Allow-Origin;
        proxy_hide_header Access-Control-Allow-Credentials;
        proxy_hide_header Access-Control-Expose-Headers; proxy_hide_header Vary;
        add_header Access-Control-Allow-Origin $allowed always;
        add_header Access-Control-Expose-Headers * always; add_header Vary Origin always; } }'
node -e '
require(process.argv[1] + "/node_modules/cors-anywhere").createServer({ originWhitelist: [] })
    .listen(Number(process.argv[2]), "127.0.0.1");' "$kept" "$anywhere" >/dev/null &
started="$started $!"
"$corscope" gateway --to "http://127.0.0.1:$origin" --listen "127.0.0.1:$gateway" --no-capture \
    >/dev/null &
started="$started $!"
"$corscope" gateway --to "http://127.0.0.1:$origin" --listen "127.0.0.1:$capturing" \
    >/dev/null 2>&1 &
started="$started $!"

urls="nginx=http://127.0.0.1:$nginx/1k.txt
cors-anywhere=http://127.0.0.1:$anywhere/http://127.0.0.1:$origin/1k.txt
gateway=http://127.0.0.1:$gateway/1k.txt
gateway-with-capture=http://127.0.0.1:$capturing/1k.txt
direct=http://127.0.0.1:$origin/1k.txt"

for entry in $urls; do
    answers "${entry#*=}" -H 'Origin: http://localhost:5173'
done

round=0
while [ $round -lt "$rounds" ]; do
    for entry in $urls; do
        name=${entry%%=*}
        wrk -t2 -c32 -d"${seconds}s" -H 'Origin: http://localhost:5173' "${entry#*=}" >"$scratch/out"
        if grep -Eq 'Non-2xx|Socket errors' "$scratch/out"; then
            echo "$name: $(grep -E 'Non-2xx|Socket errors' "$scratch/out")" >&2
            exit 1
        fi
        sed -n 's/^Requests\/sec: *//p' "$scratch/out" >>"$scratch/$name.rates"
    done
    round=$((round + 1))
done

of() { median <"$scratch/$1.rates"; }

echo "wrk -t2 -c32, keep-alive, 1 kB, $rounds rounds of ${seconds} s in turns, errors 0"
echo "load $(cut -d' ' -f1-3 /proc/loadavg)"
for entry in $urls; do
    name=${entry%%=*}
    rates=$(sort -n "$scratch/$name.rates")
    printf '%-22s %9.0f requests/s  (%.0f to %.0f)\n' "$name" "$(of "$name")" \
        "$(echo "$rates" | head -1)" "$(echo "$rates" | tail -1)"
done
for name in gateway gateway-with-capture; do
    awk -v name="$name" -v own="$(of "$name")" -v nginx="$(of nginx)" \
        -v anywhere="$(of cors-anywhere)" 'BEGIN {
            printf "%-22s %.2f x nginx, %.1f x cors-anywhere\n", name, own / nginx, own / anywhere }'
done

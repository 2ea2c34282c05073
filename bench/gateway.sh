#!/bin/sh
# The gateway beside nginx with the same headers and cors-anywhere: requests a second, in turns.
# usage: gateway.sh <corscope>
#
# Needs wrk, nginx, node, curl, npm and a network for cors-anywhere; without them nothing is measured.
# ROUNDS (5) and SECONDS_EACH (3) may be set.
set -eu

corscope=$(realpath "${1:?usage: gateway.sh <corscope>}")
rounds=${ROUNDS:-5}
seconds=${SECONDS_EACH:-3}
PATH=$PATH:/usr/sbin:/sbin

for program in wrk nginx node npm curl; do
    command -v "$program" >/dev/null || { echo "gateway: not measured, $program is missing"; exit 0; }
done

scratch=$(mktemp -d)
chmod 755 "$scratch" # nginx started by root reads it as nobody
started=
stop() {
    for process in $started; do
        kill "$process" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    rm -rf "$scratch"
}
trap stop EXIT
trap 'exit 1' INT TERM HUP

(cd "$scratch" && npm install --silent --no-audit --no-fund cors-anywhere@0.4.4 >/dev/null)

# One process serves 1 kB, another adds the headers: a worker of one process would not wait for itself.
server() { # name, port, what stands in `server`
    cat >"$scratch/$1.conf" <<EOF
worker_processes 2; daemon off; pid $scratch/$1.pid; error_log $scratch/$1.log;
events { worker_connections 1024; }
http {
    access_log off; keepalive_requests 1000000; default_type text/plain;
    client_body_temp_path $scratch/$1.body; proxy_temp_path $scratch/$1.proxy;
    fastcgi_temp_path $scratch/$1.f; uwsgi_temp_path $scratch/$1.u; scgi_temp_path $scratch/$1.s;
    upstream origin { server 127.0.0.1:47180; keepalive 64; keepalive_requests 1000000; }
    map \$http_origin \$allowed { default ""; ~^https?://localhost(:[0-9]+)?\$ \$http_origin; }
    server { listen 127.0.0.1:$2; $3 }
}
EOF
    nginx -p "$scratch" -c "$scratch/$1.conf" &
    started="$started $!"
}

head -c 1000 /dev/zero | tr '\0' x >"$scratch/1k.txt"
server origin 47180 "root $scratch;"
# shellcheck disable=SC2016 # nginx's own variables
server nginx 47181 'location / {
    proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection "";
    proxy_set_header Origin http://127.0.0.1:47180;
    proxy_hide_header Access-Control-Allow-Origin; proxy_hide_header Access-Control-Expose-Headers;
    add_header Access-Control-Allow-Origin $allowed always;
    add_header Access-Control-Expose-Headers * always; add_header Vary Origin always; }'
node -e '
require(process.argv[1] + "/node_modules/cors-anywhere").createServer({ originWhitelist: [] })
    .listen(47182, "127.0.0.1");' "$scratch" >/dev/null &
started="$started $!"
"$corscope" gateway --to http://127.0.0.1:47180 --listen 127.0.0.1:47183 --no-capture >/dev/null &
started="$started $!"
"$corscope" gateway --to http://127.0.0.1:47180 --listen 127.0.0.1:47184 >/dev/null 2>&1 &
started="$started $!"

urls='nginx=http://127.0.0.1:47181/1k.txt
cors-anywhere=http://127.0.0.1:47182/http://127.0.0.1:47180/1k.txt
gateway=http://127.0.0.1:47183/1k.txt
gateway-with-capture=http://127.0.0.1:47184/1k.txt
direct=http://127.0.0.1:47180/1k.txt'

for entry in $urls; do
    tries=0
    until curl -sf -o /dev/null -H 'Origin: http://localhost:5173' "${entry#*=}"; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { echo "$entry does not answer" >&2; exit 3; }
        sleep 0.1
    done
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

median() { sort -n "$scratch/$1.rates" | awk '{ row[NR] = $1 } END { print row[int((NR + 1) / 2)] }'; }

echo "wrk -t2 -c32, keep-alive, 1 kB, $rounds rounds of ${seconds} s in turns, errors 0"
echo "load $(cut -d' ' -f1-3 /proc/loadavg)"
for entry in $urls; do
    name=${entry%%=*}
    rates=$(sort -n "$scratch/$name.rates")
    printf '%-22s %9.0f requests/s  (%.0f to %.0f)\n' "$name" "$(median "$name")" \
        "$(echo "$rates" | head -1)" "$(echo "$rates" | tail -1)"
done
for name in gateway gateway-with-capture; do
    awk -v name="$name" -v own="$(median "$name")" -v nginx="$(median nginx)" \
        -v anywhere="$(median cors-anywhere)" 'BEGIN {
            printf "%-22s %.2f x nginx, %.1f x cors-anywhere\n", name, own / nginx, own / anywhere }'
done

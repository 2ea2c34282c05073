#!/bin/sh
# The intercepting proxy beside mockttp, mitmdump, hudsucker with its no-op handler, and nginx as a
# reverse proxy: requests a second, in turns, and what it adds to one request.
# usage: proxy.sh <corscope>
#
# Needs wrk, nginx, openssl, node, npm, python3 and a network for what it installs into target/bench;
# without them nothing is measured. ROUNDS (5), SECONDS_EACH (2) and WARM_UP (2) may be set.
set -eu

corscope=$(realpath "${1:?usage: proxy.sh <corscope>}")
rounds=${ROUNDS:-5}
each=${SECONDS_EACH:-2}
warm_up=${WARM_UP:-2}

# shellcheck source=bench/proxy/servers.sh
. "$(dirname "$0")/proxy/servers.sh"
wanted proxy wrk nginx openssl node npm python3 curl cargo
install_mockttp
install_mitmproxy
build_bench

# shellcheck disable=SC2046 # one word a port
set -- $(free_ports 10)
http=$1 https=$2 nginx=$3 on=$4 off=$5 hudsucker_port=$6 mockttp=$7 mitmdump=$8 on_large=$9
shift 9
on_tls=$1
start_origin "$http" "$https"
# shellcheck disable=SC2016 # nginx's own variables
start_nginx nginx "upstream origin {
        server 127.0.0.1:$http; keepalive 64; keepalive_requests 100000000; }
    server { listen 127.0.0.1:$nginx; location / {
        proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection \"\"; } }"

peer() { # name, command
    peer=$1
    shift
    "$@" >"$scratch/$peer.out" 2>"$scratch/$peer.err" &
    echo $! >"$scratch/$peer.pid"
}
process_of() { # peer
    cat "$scratch/$1.pid"
}
start_mockttp() {
    peer mockttp node "$here/proxy/mockttp.cjs" "$kept/node_modules/mockttp" "$mockttp"
}
# XDG_CONFIG_HOME: an authority of this run's own.
export XDG_CONFIG_HOME="$scratch/config"
# One for each kind of traffic, as nobody's is 1 kB in one second and 100 kB in the next: the store
# of each is full of its own.
for name in on on_large on_tls; do
    eval "port=\$$name"
    peer $name "$corscope" proxy --listen "127.0.0.1:$port" --cacert "$scratch/authority.pem"
done
peer off "$corscope" proxy --no-capture --listen "127.0.0.1:$off" --cacert "$scratch/authority.pem"
peer hudsucker "$hudsucker" "$hudsucker_port" "$scratch/authority.pem"
start_mockttp
peer mitmdump "$kept/mitmproxy/bin/mitmdump" -q --listen-host 127.0.0.1 -p "$mitmdump" \
    --ssl-insecure --set confdir="$scratch/mitmproxy"

port_of() {
    case $1 in
        direct) echo "$http" ;;
        nginx) echo "$nginx" ;;
        on) echo "$on" ;;
        on_large) echo "$on_large" ;;
        on_tls) echo "$on_tls" ;;
        off) echo "$off" ;;
        hudsucker) echo "$hudsucker_port" ;;
        mockttp) echo "$mockttp" ;;
        mitmdump) echo "$mitmdump" ;;
    esac
}

answers "http://127.0.0.1:$http/1k.txt"
answers "http://127.0.0.1:$nginx/1k.txt"
for name in on on_large on_tls off hudsucker mockttp mitmdump; do
    answers "http://127.0.0.1:$http/1k.txt" -x "http://127.0.0.1:$(port_of $name)"
done

# CPU seconds that a peer has used, and its children: nginx' workers.
cpu_of() {
    [ "$1" != direct ] || { echo 0; return; }
    process=$(process_of "$1")
    cat /proc/[0-9]*/stat 2>/dev/null | awk -v process="$process" -v hertz="$(getconf CLK_TCK)" '
        { sub(/\(.*\)/, "x") }
        $1 == process || $4 == process { ticks += $14 + $15 }
        END { print ticks / hertz }'
}

by_wrk() { # port, path, whether by a proxy, whether the URL varies
    if [ "$3" = proxy ]; then
        wrk -t2 -c32 -d"${seconds}s" -s "$here/proxy/absolute.lua" "http://127.0.0.1:$1/" -- \
            "http://127.0.0.1:$http$2" "${4:-}" >"$scratch/out"
    else
        wrk -t2 -c32 -d"${seconds}s" -H 'Origin: http://localhost:5173' "http://127.0.0.1:$1$2" \
            >"$scratch/out"
    fi
    if grep -Eq 'Non-2xx|Socket errors' "$scratch/out"; then
        grep -E 'Non-2xx|Socket errors' "$scratch/out" >&2
        return 1
    fi
    sed -n 's/^Requests\/sec: *//p' "$scratch/out"
}

# Which peer a measurement is of.
peer_of() { # measurement
    case $1 in
        large:on) echo on_large ;;
        tls:on | tunnels:on) echo on_tls ;;
        *) echo "${1#*:}" ;;
    esac
}

one() { # measurement, seconds
    seconds=$2
    name=$(peer_of "$1")
    port=$(port_of "$name")
    how=proxy
    case $name in direct | nginx) how=reverse ;; esac
    case $1 in
        plain:*) by_wrk "$port" /1k.txt $how ;;
        varied:*) by_wrk "$port" /1k.txt $how varied ;;
        large:*) by_wrk "$port" /100k.txt $how ;;
        tls:*) "$loader" keep "127.0.0.1:$port" "localhost:$https" /1k.txt 1000 32 "$2" ;;
        tunnels:*) "$loader" tunnels "127.0.0.1:$port" "localhost:$https" /1k.txt 1000 16 "$2" ;;
    esac
}

measure() { # measurement, seconds
    name=$(peer_of "$1")
    tries=1
    before=$(cpu_of "$name")
    until rate=$(one "$1" "$2"); do
        echo "$1: an error; it says: $(tail -n 1 "$scratch/$name.err" | cut -c1-200)" >&2
        # Ours must have none.
        case $name in on* | off) exit 1 ;; esac
        [ $tries -lt 5 ] || exit 1
        tries=$((tries + 1))
        # mockttp at times takes its own connections for a loop, and then goes on to.
        [ "$name" != mockttp ] || {
            kill "$(process_of mockttp)"
            start_mockttp
            answers "http://127.0.0.1:$http/1k.txt" -x "http://127.0.0.1:$mockttp"
            one "$1" 1 >/dev/null || true # compiled again
        }
        before=$(cpu_of "$name")
    done
    echo "$before $(cpu_of "$name") $rate $2"
}

measurements=${MEASUREMENTS:-plain:direct plain:nginx plain:off plain:on plain:hudsucker
    plain:mockttp plain:mitmdump varied:off varied:on varied:hudsucker large:direct large:nginx large:off large:on large:hudsucker
    tls:off tls:on tls:hudsucker tls:mockttp tls:mitmdump
    tunnels:off tunnels:on tunnels:hudsucker tunnels:mockttp tunnels:mitmdump}

# Not counted: caches and stores are filled, and what is compiled when it is needed is compiled.
for measurement in $measurements; do
    measure "$measurement" "$warm_up" >/dev/null
done

round=0
while [ $round -lt "$rounds" ]; do
    for measurement in $measurements; do
        measured=$(measure "$measurement" "$each")
        echo "$measured" | awk '{ print $3 }' >>"$scratch/$measurement.rates"
        echo "$measured" | awk '{ print ($2 - $1) * 1e6 / ($3 * $4) }' >>"$scratch/$measurement.cpu"
    done
    "$loader" latency "127.0.0.1:$on" "127.0.0.1:$http" /1k.txt 1000 1000 >>"$scratch/latency"
    round=$((round + 1))
done

# What was asked for was captured and judged, or it does not count.
farewell=
for name in on on_large on_tls; do
    process=$(process_of $name)
    kill -INT "$process"
    wait "$process" || true
    farewell=$farewell$(tail -n 2 "$scratch/$name.out")
done
case $farewell in
    *'came too fast'*) echo "not all was judged:$farewell" >&2; exit 1 ;;
esac

of() { # measurement: the median rate
    [ -e "$scratch/$1.rates" ] && median <"$scratch/$1.rates" || echo 0
}

echo "$rounds rounds of ${each} s in turns, errors 0; load $(cut -d' ' -f1-3 /proc/loadavg)"
echo "captured and judged, all that was carried:$farewell"
table() { # what, heading
    echo
    echo "| $2 | requests/s, median (range) | µs of CPU a request |"
    echo '|---|---|---|'
    for measurement in $measurements; do
        [ "${measurement%:*}" = "$1" ] || continue
        name=${measurement#*:}
        case $name in
            on) shown='corscope, capture and verdicts on' ;;
            off) shown='corscope, capture off' ;;
            direct) shown='no proxy' ;;
            nginx) shown='nginx, reverse' ;;
            hudsucker) shown='hudsucker, no-op' ;;
            *) shown=$name ;;
        esac
        rates=$scratch/$measurement.rates
        printf '| %s | %.0f (%.0f to %.0f) | %.0f |\n' "$shown" "$(of "$measurement")" \
            "$(sort -n "$rates" | head -n 1)" "$(sort -n "$rates" | tail -n 1)" \
            "$(median <"$scratch/$measurement.cpu")"
    done
}
table plain 'plain, 1 kB, 32 connections'
table varied 'plain, 1 kB, 32 connections, another URL each time'
table large 'plain, 100 kB, 32 connections'
table tls 'TLS intercepted, 1 kB, 32 tunnels kept'
table tunnels 'a new TLS tunnel for each request, 16 at a time'

echo
echo '| figure | wanted | got | |'
echo '|---|---|---|---|'
figure() { # words, own, other, factor
    awk -v words="$1" -v own="$(of "$2")" -v other="$(of "$3")" -v factor="$4" 'BEGIN {
        if (!own || !other) exit
        printf "| %s | %s × | %.2f × | %s |\n", words, factor, own / other,
            (own >= factor * other ? "reached" : "**short**") }'
}
figure 'plain, beside mockttp' plain:on plain:mockttp 12
figure 'plain, beside mitmdump' plain:on plain:mitmdump 40
figure 'plain, beside hudsucker' plain:on plain:hudsucker 1.0
figure 'plain with capture off, beside nginx' plain:off plain:nginx 0.95
figure 'TLS, beside mockttp' tls:on tls:mockttp 8
figure 'TLS, beside mitmdump' tls:on tls:mitmdump 25
figure 'TLS, beside hudsucker' tls:on tls:hudsucker 0.9
figure 'new tunnels, beside mockttp' tunnels:on tunnels:mockttp 8
figure 'new tunnels, beside hudsucker' tunnels:on tunnels:hudsucker 2
figure '100 kB, beside hudsucker' large:on large:hudsucker 0.8
awk '{ print $2 - $1 }' "$scratch/latency" | sort -n | awk '
    { row[NR] = $1 }
    END { added = row[int((NR + 1) / 2)]
        printf "| added to one request, p50 | at most 200 µs | %.0f µs | %s |\n", added,
            (added <= 200 ? "reached" : "**short**") }'

# Sourced by the scripts of bench/: a scratch directory, free ports, the origin, and the peers.
# shellcheck shell=sh
#
# Wants $corscope, the program. What it installs stays in target/bench for the next run.

PATH=$PATH:/usr/sbin:/sbin
here=$(dirname "$(realpath "$0")")
kept=${CARGO_TARGET_DIR:-$here/../target}/bench
mkdir -p "$kept"
kept=$(realpath "$kept")

scratch=$(mktemp -d)
chmod 755 "$scratch" # nginx started by root reads it as nobody
started=

stop() {
    # What a subshell has started is known by its file.
    for process in $started $(cat "$scratch"/*.pid 2>/dev/null); do
        kill "$process" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    rm -rf "$scratch"
}
trap stop EXIT
trap 'exit 1' INT TERM HUP

# What measures, or is measured, must be there; otherwise nothing is.
wanted() { # script, programs
    script=$1
    shift
    for program; do
        command -v "$program" >/dev/null || {
            echo "$script: not measured, $program is missing"
            exit 0
        }
    done
}

# So many ports that nobody listens at.
free_ports() {
    python3 - "$1" <<'PYTHON'
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for one in sockets:
    one.bind(("127.0.0.1", 0))
print(*(one.getsockname()[1] for one in sockets))
PYTHON
}

# nginx with what stands in `http` besides. One process serves files, another is measured as a proxy:
# a worker of one process would not wait for itself.
start_nginx() { # name, configuration
    cat >"$scratch/$1.conf" <<EOF
worker_processes 2; daemon off; pid $scratch/$1.pid; error_log $scratch/$1.log;
events { worker_connections 4096; }
http {
    access_log off; keepalive_requests 100000000; default_type text/plain;
    client_body_temp_path $scratch/$1.body; proxy_temp_path $scratch/$1.proxy;
    fastcgi_temp_path $scratch/$1.f; uwsgi_temp_path $scratch/$1.u; scgi_temp_path $scratch/$1.s;
    $2
}
EOF
    nginx -p "$scratch" -c "$scratch/$1.conf" &
    started="$started $!"
}

# The origin's certificate, and that of its authority, which a peer is told to trust.
make_certificates() {
    new_key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
    # shellcheck disable=SC2086 # words
    openssl req -x509 $new_key -days 30 -subj /CN=bench \
        -keyout "$scratch/authority.key" -out "$scratch/authority.pem" 2>/dev/null
    # shellcheck disable=SC2086 # words
    openssl req -x509 $new_key -days 30 -subj /CN=localhost \
        -addext basicConstraints=critical,CA:FALSE \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
        -CA "$scratch/authority.pem" -CAkey "$scratch/authority.key" \
        -keyout "$scratch/origin.key" -out "$scratch/origin.pem" 2>/dev/null
}

# Serves /1k.txt and /100k.txt so that pages of localhost may read them, whatever they ask with.
start_origin() { # port for HTTP, port for HTTPS
    head -c 1000 /dev/zero | tr '\0' x >"$scratch/1k.txt"
    head -c 100000 /dev/zero | tr '\0' x >"$scratch/100k.txt"
    make_certificates
    # shellcheck disable=SC2016 # nginx's own variables
    start_nginx origin 'map $http_origin $allowed {
        default ""; ~^https?://localhost(:[0-9]+)?$ $http_origin; }'"
    server {
        listen 127.0.0.1:$1; listen 127.0.0.1:$2 ssl; root $scratch;
        ssl_certificate $scratch/origin.pem; ssl_certificate_key $scratch/origin.key;
        add_header Access-Control-Allow-Origin \$allowed always;
        add_header Access-Control-Allow-Credentials true always; add_header Vary Origin always;
    }"
}

answers() { # url, further options of curl
    url=$1
    shift
    tries=0
    until curl -sf -o /dev/null "$@" "$url"; do
        tries=$((tries + 1))
        [ $tries -lt 150 ] || {
            echo "$url does not answer ($*)" >&2
            exit 3
        }
        sleep 0.1
    done
}

install_mockttp() {
    [ -d "$kept/node_modules/mockttp" ] ||
        (cd "$kept" && npm install --silent --no-audit --no-fund mockttp@4 >/dev/null)
}

install_mitmproxy() {
    [ -x "$kept/mitmproxy/bin/mitmdump" ] || {
        python3 -m venv "$kept/mitmproxy"
        "$kept/mitmproxy/bin/pip" install --quiet mitmproxy
    }
}

# hudsucker's no-op proxy, and the loader.
build_bench() {
    cargo build --quiet --release --manifest-path "$here/proxy/Cargo.toml" \
        --target-dir "$kept/proxy"
    loader=$kept/proxy/release/loader
    hudsucker=$kept/proxy/release/hudsucker
}

median() { sort -n | awk '{ row[NR] = $1 } END { print row[int((NR + 1) / 2)] }'; }

# The CPU time that a process used so far, all its children's included, in clock ticks.
cpu_ticks() { # process
    cat /proc/"$1"/stat 2>/dev/null | awk '{ print $14 + $15 }'
}

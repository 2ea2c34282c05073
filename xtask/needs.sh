#!/bin/sh
# Makes sure that what a Makefile target needs is there.
# usage: needs.sh build|test|bench|fuzz
#
# Installs a missing Debian package only as root, and a missing part of the Rust toolchain only
# through rustup; otherwise says what to install and ends with 3.
set -eu

missing=
packages=

# Debian keeps servers where the PATH of ordinary users does not lead.
PATH=$PATH:/usr/sbin:/sbin

need() { # command, Debian package
    if ! command -v "$1" >/dev/null 2>&1; then
        missing="$missing $1"
        packages="$packages $2"
    fi
}

component() { # cargo subcommand, rustup component
    cargo "$1" --version >/dev/null 2>&1 && return
    if command -v rustup >/dev/null 2>&1 && rustup component add "$2"; then
        return
    fi
    echo "'cargo $1' is missing: rustup component add $2" >&2
    exit 3
}

if ! command -v cargo >/dev/null 2>&1; then
    echo "cargo is missing: install Rust from https://rustup.rs" >&2
    exit 3
fi

need cc "gcc libc6-dev" # the cryptography below TLS is partly C and assembly
case $1 in
    build)
        need node nodejs # the web page is built with these
        need npm npm
        ;;
    test)
        component fmt rustfmt
        component clippy clippy
        need node nodejs # the web page is built with these, and tried in a real browser
        need npm npm
        need chromium chromium
        if [ "${CORSCOPE_SKIP_REAL_SERVERS:-}" != 1 ]; then # the tests start these themselves
            need nginx nginx
            need node nodejs
            need npm npm                               # and these install frameworks
            need python3 "python3-minimal python3-venv"
            need apache2 apache2
            need caddy caddy
            need haproxy haproxy
            need lighttpd "lighttpd lighttpd-modules-lua"
            need php php-cli
            need puma "puma ruby-railties ruby-rack-cors"
            need chromium chromium
            need firefox firefox-esr
            need certutil libnss3-tools
            need ps procps
            need unshare util-linux # a small or read-only disk, and a network that leads nowhere
            need ip iproute2
            need mount mount
        fi
        ;;
    bench)
        need python3 "python3 python3-venv"
        need node nodejs
        need npm npm # the peers that are measured beside ours
        need curl curl
        need openssl openssl
        need nginx nginx
        need wrk wrk
        ;;
    fuzz) need c++ g++ ;; # libFuzzer is C++
    *)
        echo "usage: needs.sh build|test|bench|fuzz" >&2
        exit 2
        ;;
esac

[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "# installing$packages (missing:$missing)"
    # Debian starts a server once it is installed, for all the network; the tests need it stopped.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$policy"' EXIT
        trap 'exit 1' INT TERM HUP
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update
    # shellcheck disable=SC2086 # a list of packages
    apt-get -qq install --yes --no-install-recommends $packages >/dev/null
else
    echo "missing:$missing; on Debian: sudo apt-get install$packages" >&2
    exit 3
fi

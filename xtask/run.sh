#!/bin/sh
# What `make run` does once corscope is built: starts the demo server with the web page, has one of
# its broken endpoints explained, and keeps both until it is told to stop (Ctrl-C).
# usage: run.sh PROGRAM      ONCE=1: stop after the explanation
set -eu

corscope=$1
page=http://localhost:5173 # where a front end's development server usually is
first_port=8377
last_port=8437

# Where there is a desktop, the web page opens by itself.
open_ui=
if [ -z "${ONCE:-}" ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] &&
    command -v xdg-open >/dev/null 2>&1; then
    open_ui=--open-ui
fi

scratch=$(mktemp -d)
demo=
stop() {
    trap - EXIT
    if [ -n "$demo" ]; then
        kill "$demo" 2>/dev/null || :
        wait "$demo" 2>/dev/null || :
    fi
    rm -rf "$scratch"
}
trap stop EXIT
trap 'exit 0' INT TERM HUP

# Starts the demo server on port $1 and reads what it says at its start, which sets $address and
# $link, the web page's; the pipe ends when the server does, as when another program has the port.
start() {
    rm -f "$scratch/output"
    mkfifo "$scratch/output"
    # shellcheck disable=SC2086 # nothing, or one option
    "$corscope" demo --port "$1" $open_ui </dev/null >"$scratch/output" 2>"$scratch/complaint" &
    demo=$!
    exec 3<"$scratch/output"
    address=
    while read -r line <&3; do
        case $line in
            *'#token='*) link=$line ;;
            *http://127.0.0.1:[0-9]*)
                if [ -z "$address" ]; then # the first is the list's
                    address=${line#*http://127.0.0.1:}
                    address=http://127.0.0.1:${address%%[!0-9]*}
                fi
                ;;
            'Ctrl-C ends it.') return 0 ;;
        esac
    done
    wait "$demo" || :
    demo=
    return 1
}

port=$first_port
until start "$port"; do
    port=$((port + 3)) # the server wants the two ports above its own too
    if [ "$port" -gt "$last_port" ]; then
        cat "$scratch/complaint" >&2
        echo "the demo server found no port from $first_port to $last_port" >&2
        exit 3
    fi
done
cat <&3 >/dev/null & # what the server prints from here on must not fill the pipe

set -- check "$address/preflight-requires-auth" --from "$page" -H 'X-Demo: 1'
echo
echo "\$ corscope check $2 --from $page -H 'X-Demo: 1'"
echo
status=0
"$corscope" "$@" || status=$?
if [ "$status" -gt 1 ]; then # 1 is the verdict "blocked", which is the point here
    exit "$status"
fi

cat <<END

That was one broken endpoint. The demo server has one for each way in which CORS
fails; $address/ lists them. In another terminal, try:

  $corscope check $address/ --from $page
  $corscope --help

All of that as a web page, with the demo's requests as they happen in a browser
of its own (the link lets one browser in, once):

  $link

END
[ -z "${ONCE:-}" ] || exit 0
echo "The demo server and the web page go on until Ctrl-C."
wait "$demo"

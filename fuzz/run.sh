#!/bin/sh
# Runs each fuzz target for a while, on stable Rust and without cargo-fuzz.
# usage: run.sh SECONDS [TARGET…]
#
# Found inputs collect in the target directory; seeds/TARGET/ holds the ones to start from;
# an input that fails is kept in artifacts/TARGET/.
set -eu

seconds=$1
shift
cargo=${CARGO:-cargo}
if [ -n "${CARGO_TARGET_DIR:-}" ]; then
    mkdir -p "$CARGO_TARGET_DIR"
    CARGO_TARGET_DIR=$(cd "$CARGO_TARGET_DIR" && pwd)
    export CARGO_TARGET_DIR
fi
export RUST_BACKTRACE=0
unset RUSTFLAGS || : # would replace the flags of .cargo/config.toml
cd "$(dirname "$0")"
corpora=${CARGO_TARGET_DIR:-target}/fuzz-corpus

"$cargo" build --release --bins
[ $# -gt 0 ] || set -- $(cd src/bin && ls | sed -n 's/\.rs$//p')
for target; do
    mkdir -p "$corpora/$target" "artifacts/$target"
    set -- "$corpora/$target"
    [ ! -d "seeds/$target" ] || set -- "$@" "seeds/$target"
    printf '%s: %s seconds … ' "$target" "$seconds"
    log=$corpora/$target.log
    if "$cargo" run --quiet --release --bin "$target" -- "$@" -max_total_time="$seconds" \
        -timeout=10 -rss_limit_mb=1024 -artifact_prefix="artifacts/$target/" >"$log" 2>&1; then
        sed -n 's/^Done \([0-9]* runs\).*/\1, nothing found/p' "$log"
    else
        echo 'failed'
        grep -A 4 'panicked at' "$log" || :
        tail -n 5 "$log"
        exit 1
    fi
done

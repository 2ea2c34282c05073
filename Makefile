# `make run` shows corscope at work, `make test` is everything that CI runs.
# Nothing has to be prepared: Rust from the version in Cargo.toml on, Node and npm are enough.

CARGO        ?= cargo
TARGET_DIR    = $${CARGO_TARGET_DIR:-target}
CORSCOPE      = $(TARGET_DIR)/release/corscope
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?=

.PHONY: agreement help run ui test check format-check lint tidy docs fuzz-check example example-check bench \
	fuzz truth

help:
	@echo 'make run      build corscope, start its demo server, explain a failing request'
	@echo 'make ui       build the web page, which the program then holds'
	@echo 'make test     format, lint, project checks and all tests: what CI runs'
	@echo 'make check    format, lint, project checks, documentation, examples up to date'
	@echo 'make bench    measure the engine and the program'
	@echo 'make fuzz     FUZZ_SECONDS=60 for each fuzz target (FUZZ_TARGETS="a b" for some)'
	@echo 'make agreement  how far the engine agrees with the recorded browsers'
	@echo 'make truth    compare it with a real browser on new scenarios (BROWSER=chromium SEED=1 COUNT=500)'
	@echo 'make example  renew the generated parts of README.md from the real program'

# exec: a signal to make must reach the script, which stops the demo server.
run:
	@sh xtask/needs.sh build
	@sh xtask/build_ui.sh
	@$(CARGO) build --release -p corscope
	@exec sh xtask/run.sh "$(CORSCOPE)"

# The web page, which the program holds; a plain `cargo build` does without it.
ui:
	@sh xtask/needs.sh build
	@sh xtask/build_ui.sh

# The tests come last, so that the last word is the test runner's.
test:
	@sh xtask/needs.sh test
	@sh xtask/build_ui.sh
	@$(MAKE) --no-print-directory format-check lint tidy
	@echo '# web page'
	@cd ui && npm run --silent check && npm run --silent test
	@$(CARGO) build --quiet -p corscope
	@CORSCOPE="$$(realpath "$(TARGET_DIR)")/debug/corscope" timeout 1200 \
		node --test --test-concurrency=1 --test-reporter=dot e2e/ui/*.test.mjs
	@echo '# documentation tests'
	@$(CARGO) test --workspace --doc
	@echo '# tests'
	@$(CARGO) test --workspace --lib --bins --tests --examples

check:
	@sh xtask/needs.sh test
	@$(MAKE) --no-print-directory format-check lint tidy docs fuzz-check example-check

format-check:
	@echo '# format'
	@$(CARGO) fmt --all --check
	@$(CARGO) fmt --manifest-path fuzz/Cargo.toml --check

# Tests may unwrap and print, and those of the pure crates may read files; the crates themselves may
# not (clippy.toml): they are held by the first run.
lint:
	@echo '# lint'
	@$(CARGO) clippy --quiet --workspace -- -D warnings
	@$(CARGO) clippy --quiet --workspace --all-targets -- -D warnings \
		-A clippy::disallowed-methods -A clippy::disallowed-types \
		-A clippy::unwrap-used -A clippy::expect-used -A clippy::print-stdout \
		-A clippy::print-stderr
	@if $(CARGO) deny --version >/dev/null 2>&1; then \
		$(CARGO) deny --log-level error check bans licenses sources; \
	else \
		echo 'licences of dependencies not checked (cargo install cargo-deny)'; \
	fi

tidy:
	@echo '# project checks'
	@$(CARGO) run --quiet -p xtask -- tidy

docs:
	@echo '# documentation'
	@RUSTDOCFLAGS='-D warnings' $(CARGO) doc --quiet --workspace --no-deps

# Only builds the targets, so that they follow the engine; libFuzzer needs a C++ compiler.
fuzz-check:
	@echo '# fuzz targets'
	@if command -v c++ >/dev/null 2>&1; then \
		cd fuzz && env -u RUSTFLAGS $(CARGO) check --quiet --bins; \
	else \
		echo 'not checked: no C++ compiler'; \
	fi

example-check:
	@echo '# examples'
	@$(CARGO) build --quiet --release -p corscope
	@$(CARGO) run --quiet -p xtask -- readme --check

# How far the engine agrees with the recorded browsers.
agreement:
	@$(CARGO) run --quiet --release -p conformance

example:
	@$(CARGO) build --release -p corscope
	@$(CARGO) run --quiet -p xtask -- readme --write

# The figures and how to read them: bench/README.md.
bench:
	@sh xtask/needs.sh bench
	@sh xtask/build_ui.sh
	@$(CARGO) build --release -p corscope
	@$(CARGO) bench -p corscope_fetch --bench verdict
	@$(CARGO) bench -p corscope_diagnose --bench explain
	@for script in bench/*.sh; do \
		test ! -e "$$script" || sh "$$script" "$(CORSCOPE)" || exit; \
	done

fuzz:
	@sh xtask/needs.sh fuzz
	@CARGO='$(CARGO)' sh fuzz/run.sh $(FUZZ_SECONDS) $(FUZZ_TARGETS)

# Where the engine differs from a real browser on scenarios that nobody recorded.
BROWSER ?= chromium
SEED    ?= 1
COUNT   ?= 500

truth:
	@$(CARGO) build --release -p corscope
	@sh conformance/live/run.sh "$(CORSCOPE)" $(BROWSER) $(SEED) $(COUNT)

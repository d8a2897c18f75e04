# `just` lists the recipes; each has one line of help.

_default:
    @just --list --unsorted

# What CI runs, all of it
ci:
    .ci/run

# Every test: units, properties, goldens, the command line, ministack and moto
test *ARGS:
    cargo test --workspace --locked {{ARGS}}

# Tests that start no emulator
quick:
    LANDFALL_TEST_EMULATORS=off cargo test --workspace --locked

# Format and lint, as CI does
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings

# Rewrite everything that is generated: goldens, expected diagnostics, help texts
golden:
    UPDATE_GOLDEN=1 UPDATE_EXPECT=1 LANDFALL_TEST_EMULATORS=off cargo test --workspace --locked

# The main job on the embedded sandbox
demo:
    cargo run --release -- apply examples/acme --sandbox --yes

# The benchmarks behind docs/performance.md
bench *ARGS:
    cargo bench --locked {{ARGS}}

# The evaluator against another one: CASES and SEED (needs Node; see tests/differential)
differential *ARGS:
    tests/differential/run {{ARGS}}

# Licences, advisories and bans (needs cargo-deny)
deny:
    cargo deny check

# `just check` is exactly what CI runs as checks; `.ci/run` installs what they need first.

default:
    @just --list

# Format, lints, tests, the build without defects, the demo.
check:
    .ci/check

# The main job, on embedded SQLite.
demo *OPTIONS:
    cargo run --release -- demo {{OPTIONS}}

# Takes what the tests print now as what they should print: snapshots, schemas, generated pages.
accept:
    AUTHSPEC_ACCEPT=1 INSTA_UPDATE=always cargo test

# All benchmarks: the run by phases, the guesser, the reference server.
bench: bench-run bench-guess bench-server

# The whole catalogue on the reference server: wall time of each phase beside its floor.
bench-run:
    cargo bench -p authspec --bench run

# Reads a second beside a bare handler, and the health route during a storm of logins.
bench-server:
    cargo bench -p reference-server --bench server

# Secret guesses a second beside a bare HMAC loop.
bench-guess:
    cargo bench -p authspec --bench guess

# Licences, advisories, versions (needs cargo-deny).
deny:
    cargo deny check

#!/bin/bash
# Compares Wanwu with other services and with the engines alone, in one run of
# less than 15 minutes, and writes what it found to docs/benchmarks.md and
# docs/benchmark-results.md. Flags: --quick, --only NAME,…, --peers, --model
# NAME; --help says more.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

# The virtual environment $1 of tests/bench/baseline/$2. Without it the benchmark
# goes on. Further arguments are venv's own.
make_venv() {
  scripts/make_venv.sh "$1" "tests/bench/baseline/$2" "${@:3}" || true
}

asked_for() { [[ "$arguments" == *"$1"* ]]; }

arguments="$*"
if ! asked_for --help; then
  scripts/setup.sh --bench
  scripts/build.sh release wanwu-server wanwu wanwu_bench_programs
  scripts/models.sh --once
  make_venv build/bench-venv requirements.txt
  if asked_for --peers || asked_for triton; then
    make_venv build/bench-peers peers_requirements.txt
  fi
  if asked_for --peers || asked_for torchserve; then
    make_venv build/bench-torchserve torchserve_requirements.txt \
      --system-site-packages
  fi
fi
cd tests/bench
exec /usr/bin/python3 -B -m run "$@"

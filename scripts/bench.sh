#!/bin/bash
# Compares Wanwu with other services and with the engines alone, in one run of
# less than 15 minutes, and writes docs/benchmarks.md. Flags: --quick, --only
# NAME,…, --peers, --model NAME; --help says more.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

venv=build/bench-venv
requirements=tests/bench/baseline/requirements.txt

# PyPI's packages, again where other versions are asked for. Without them the
# benchmark goes on, and says so.
make_venv() {
  cmp -s "$requirements" "$venv/requirements.txt" && return
  say "fetching OpenVINO and the services around it from PyPI"
  rm -rf "$venv"
  /usr/bin/python3 -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --no-deps --only-binary :all: -r "$requirements" || {
    rm -rf "$venv"
    return 1
  }
  # Last: it says that the rest is there.
  cp "$requirements" "$venv/requirements.txt"
}

case " $* " in *" --help "* | *" -h "*) ;; *)
  scripts/setup.sh --bench
  scripts/build.sh release wanwu-server wanwu wanwu_bench_programs
  scripts/models.sh --once
  make_venv || say "PyPI's packages could not be fetched"
  ;;
esac
cd tests/bench
exec /usr/bin/python3 -B -m run "$@"

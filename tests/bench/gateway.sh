#!/bin/bash
# Measures what the gateway adds to a picture's way: starts a server and a
# gateway of the release build on free ports and runs wanwu-gateway-bench.
# Pictures: the shared ones, else the photographs. Arguments go to the program.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/say.sh

build="${WANWU_BUILD_DIR:-build/release}"
models="${WANWU_MODELS_DIR:-models}"
deps="${WANWU_DEPS_DIR:-build/deps}"
pictures=../shared/images
[ -d "$pictures" ] || pictures="$deps/photos"
log="$(mktemp -d)"
trap 'kill $(jobs -p) 2> /dev/null; rm -rf "$log"' EXIT

# The port in the log line $2 of the file $1, once it is there.
port_of() {
  local port=
  until port="$(sed -n "s/.*$2.* port=\([0-9]*\).*/\1/p" "$1")" &&
    [ -n "$port" ]; do
    sleep 0.05
  done
  echo "$port"
}

cmake --build "$build" --target wanwu-server wanwu-gateway wanwu-gateway-bench \
  wanwu > "$log/build"
"$build/bin/wanwu-server" --listen_address=127.0.0.1:0 --metrics_address= \
  --model_repository="$models" 2> "$log/server" &
server=$!
grpc="127.0.0.1:$(port_of "$log/server" server_listening)"
"$build/bin/wanwu-gateway" --listen_address=127.0.0.1:0 \
  --server_address="$grpc" 2> "$log/gateway" &
gateway=$!
http="127.0.0.1:$(port_of "$log/gateway" gateway_listening)"
"$build/bin/wanwu" health --address "$grpc" --wait 120s
"$build/bin/wanwu-gateway-bench" --grpc "$grpc" --http "$http" \
  --pictures "$pictures" --server_pid "$server" --gateway_pid "$gateway" "$@"

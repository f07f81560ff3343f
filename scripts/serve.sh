#!/bin/bash
# From nothing to a running server: installs, builds, gets the models, starts
# wanwu-server and prints lines to paste. Ctrl-C ends it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

bin=build/release/bin
photos=build/deps/photos
address="${WANWU_LISTEN_ADDRESS:-127.0.0.1:8500}"

is_taken() { (exec 3<> "/dev/tcp/${1%:*}/${1##*:}") 2> /dev/null; }

free_port() {
  /usr/bin/python3 -c 'import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])'
}

prepare() {
  scripts/setup.sh
  scripts/build.sh release wanwu-server wanwu wanwu-preprocess
  scripts/models.sh
}

choose_address() {
  case "$address" in unix:*) return ;; esac
  is_taken "$address" || return 0
  local taken="$address"
  address="${address%:*}:$(free_port)"
  say "$taken is taken; serving on $address instead"
}

stop_server() {
  trap - INT TERM
  kill -TERM "$server" 2> /dev/null || true
  wait "$server"
  exit
}

print_lines() {
  local cat="$photos/chelsea.png" coffee="$photos/coffee.png"
  say "serving on $address; Ctrl-C stops it. Try, in another terminal here:"
  cat >&2 << END

  $bin/wanwu classify --address $address $cat $coffee

  echo '{"image": "'\$(base64 -w0 $cat)'", "top_k": 3}' |
    grpcurl -plaintext -d @ $address wanwu.v1.ImageClassifier/Classify

END
  command -v grpcurl > /dev/null ||
    say "grpcurl is not installed and not in Debian:" \
      "go install github.com/fullstorydev/grpcurl/cmd/grpcurl@latest"
}

prepare
choose_address
"$bin/wanwu-server" --listen_address="$address" "$@" &
server=$!
trap stop_server INT TERM
while kill -0 "$server" 2> /dev/null; do
  if "$bin/wanwu" health --address "$address" --wait 5s > /dev/null 2>&1; then
    print_lines
    break
  fi
done
wait "$server"

#!/bin/bash
# From nothing to a running service: installs, builds, gets the models, starts
# wanwu-server and wanwu-gateway and prints lines to paste. Ctrl-C ends both;
# when one of them ends by itself, so does the other. Arguments go to the server.
# Root only installs and builds: what serves runs as nobody.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

bin=build/release/bin
photos=build/deps/photos
grpc_address="${WANWU_LISTEN_ADDRESS:-127.0.0.1:8500}"
http_address="${WANWU_GATEWAY_ADDRESS:-127.0.0.1:8501}"
metrics_address="${WANWU_METRICS_ADDRESS-127.0.0.1:8502}"

# Debian's nobody and nogroup, in numbers, which need no /etc/passwd.
readonly nobody=65534
unprivileged=()
with_state=()

# Makes `unprivileged` the words that start a program without root's rights, and
# `with_state` those that give the server a folder to keep batch times in.
drop_privileges() {
  [ "$(id -u)" = 0 ] || return 0
  local words=(setpriv --reuid "$nobody" --regid "$nobody" --clear-groups
    --no-new-privs)
  if ! "${words[@]}" true 2> /dev/null; then
    say "this container lets nobody change users; serving as root"
    return
  fi
  # Paths stay relative: a checkout below /root cannot be reached from above.
  "${words[@]}" test -r models -a -x "$bin/wanwu-server" ||
    fail "models and $bin must be readable for all: chmod -R a+rX ."
  mkdir -p build/state
  chown "$nobody:$nobody" build/state
  with_state=(env WANWU_STATE_DIR="${WANWU_STATE_DIR-build/state}")
  unprivileged=(env HOME=/nonexistent "${words[@]}")
}

# HOST:PORT or [IPV6]:PORT as bash opens it.
tcp_path() {
  local host="${1%:*}"
  host="${host#[}"
  echo "/dev/tcp/${host%]}/${1##*:}"
}

is_taken() { (exec 3<> "$(tcp_path "$1")") 2> /dev/null; }

# On any address of either family.
free_port() {
  /usr/bin/python3 -c 'import socket
dual = socket.has_dualstack_ipv6()
with socket.create_server(("", 0), dualstack_ipv6=dual, family=
                          socket.AF_INET6 if dual else socket.AF_INET) as s:
    print(s.getsockname()[1])'
}

prepare() {
  # What root makes, nobody must be able to read.
  [ "$(id -u)" != 0 ] || umask 022
  scripts/setup.sh
  scripts/build.sh release wanwu-server wanwu-gateway wanwu wanwu-preprocess
  scripts/models.sh --once
}

# The address $1, or one with a free port where that is taken.
usable_address() {
  case "$1" in "" | unix:*) echo "$1" && return ;; esac
  if is_taken "$1"; then
    local other="${1%:*}:$(free_port)"
    say "$1 is taken; serving on $other instead"
    echo "$other"
  else
    echo "$1"
  fi
}

stop_all() {
  local status
  trap - INT TERM
  trap '' HUP
  # The gateway first, so that what it has begun is still answered.
  for process in "$gateway" "$server"; do
    kill -TERM "$process" 2> /dev/null || true
    status=0
    wait "$process" || status=$?
    # That of whoever ended first is told.
    [ "$code" != 0 ] || code="$status"
  done
}

# The first of these photographs that is there, else a name to fill in.
sample() {
  for name in "$@"; do
    [ ! -f "$photos/$name" ] || { echo "$photos/$name" && return; }
  done
  echo "PICTURE.jpg"
}

print_lines() {
  local cat coffee
  cat="$(sample chelsea.png rocket.jpg)"
  coffee="$(sample coffee.png camera.png)"
  say "serving; Ctrl-C stops it. Open the WebUI:"
  cat >&2 << END

  http://$http_address/

END
  say "or try, in another terminal here:"
  cat >&2 << END

  curl --data-binary @$cat http://$http_address/v1/classify

  $bin/wanwu classify --address $grpc_address $cat $coffee

  echo '{"image": "'\$(base64 -w0 $cat)'", "top_k": 3}' |
    grpcurl -plaintext -d @ $grpc_address wanwu.v1.ImageClassifier/Classify

END
  command -v grpcurl > /dev/null ||
    say "grpcurl is not installed and not in Debian:" \
      "go install github.com/fullstorydev/grpcurl/cmd/grpcurl@latest"
}

# Until the gateway says that the server serves, or either has ended.
wait_until_ready() {
  while kill -0 "$server" 2> /dev/null && kill -0 "$gateway" 2> /dev/null; do
    is_ready && return
    sleep 0.05
  done
  return 1
}

is_ready() {
  local status
  { exec 3<> "$(tcp_path "$http_address")"; } 2> /dev/null || return 1
  printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3
  read -r _ status _ <&3 || true
  exec 3>&-
  [ "$status" = 200 ]
}

name_of() { [ "$1" = "$server" ] && echo wanwu-server || echo wanwu-gateway; }

prepare
drop_privileges
grpc_address="$(usable_address "$grpc_address")"
http_address="$(usable_address "$http_address")"
metrics_address="$(usable_address "$metrics_address")"
code=0
"${with_state[@]}" "${unprivileged[@]}" \
  "$bin/wanwu-server" --listen_address="$grpc_address" \
  --metrics_address="$metrics_address" "$@" &
server=$!
"${unprivileged[@]}" "$bin/wanwu-gateway" --listen_address="$http_address" \
  --server_address="$grpc_address" &
gateway=$!
# The server takes no SIGHUP as an order to end, so that of a terminal which
# closes is passed on as another signal.
trap 'stop_all; exit $code' INT TERM HUP
wait_until_ready && print_lines
wait -n -p ended "$server" "$gateway" || code=$?
say "$(name_of "$ended") has ended with exit code $code; stopping the other"
stop_all
exit "$code"

#!/bin/bash
# In a fresh Debian, as root or with sudo: installs the packages of a folder,
# uses them, goes on to those of a later version, removes and purges them.
# try_packages.sh OLD NEW MODELS PICTURE
set -euo pipefail
cd "$(dirname "$0")/../.."
[ "$(id -u)" = 0 ] || exec sudo tests/packaging/try_packages.sh "$@"
. scripts/say.sh

readonly packages=(wanwu-server wanwu-client libwanwu-client-dev)

apt() {
  env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
    --no-install-recommends -o Dpkg::Use-Pty=0 "$@" < /dev/null > apt.log 2>&1 || {
    cat apt.log >&2
    fail "apt-get $*"
  }
}

# install_from FOLDER
install_from() {
  local files=()
  for name in "${packages[@]}"; do files+=("./$1/$name"_*.deb); done
  apt install "${files[@]}"
}

version_of() { dpkg-query -W -f '${Version}' "$1"; }

# All that could be ours, but for this checkout.
ours() {
  find / -xdev -name '*wanwu*' -not -path '/home/*' -not -path '/tmp/*' |
    sort
}

# setting_of UNIT NAME
setting_of() { sed -n "s/^$2=//p" "/usr/lib/systemd/system/$1.service"; }

# What the unit $1 starts, with the folder that systemd would make for it. Its
# process is $!.
start() {
  local command state
  command="$(setting_of "$1" ExecStart)"
  state="$(setting_of "$1" StateDirectory)"
  [ -z "$state" ] ||
    install -d -o nobody -g nogroup -m 700 "/var/lib/$state"
  # shellcheck disable=SC2086
  env -i setpriv --reuid nobody --regid nogroup --clear-groups \
    --no-new-privs ${command//%S//var/lib} &
}

stop() {
  kill -TERM "$1"
  wait "$1" || fail "ended with $?"
}

# Both services with the configuration that was installed. With "example" also
# the C++ example.
serve_and_classify() {
  ip link set lo up
  start wanwu-server
  server=$!
  start wanwu-gateway
  gateway=$!
  trap 'kill -KILL "$server" "$gateway" 2> /dev/null || true' EXIT
  wanwu health --wait 5m
  wanwu classify "$picture"
  curl --silent --show-error --fail --data-binary "@$picture" \
    http://127.0.0.1:8501/v1/classify | grep -q '"label"' ||
    fail "the gateway does not classify"
  [ "$1" != example ] || run_example
  stop "$gateway"
  stop "$server"
  trap - EXIT
}

build_example() {
  cmake -S client/examples/cpp -B build/cpp > /dev/null
  cmake --build build/cpp > /dev/null
}

run_example() {
  WANWU_SERVICE_CONFIG=/usr/share/wanwu/service-config.json \
    build/cpp/classify "$picture" | grep -v error
}

# In a network of its own, where the usual ports are free.
if [ "$1" = --serve ]; then
  picture="$2"
  serve_and_classify "$3"
  exit
fi
readonly self=tests/packaging/try_packages.sh
readonly old="$1" new="$2" models="$3" picture="$4"

apt install cmake curl g++ iproute2
before="$(ours)"

say "installing"
install_from "$old"
first="$(version_of wanwu-server)"
cp -r "$models/." /var/lib/wanwu/models/
build_example
unshare --net "$self" --serve "$picture" example

say "going on to the next version"
echo "log_level: info" >> /etc/wanwu/server.yaml
install_from "$new"
dpkg --compare-versions "$(version_of wanwu-server)" gt "$first" ||
  fail "still $first"
grep -q '^log_level: info' /etc/wanwu/server.yaml ||
  fail "changed configuration is lost"
unshare --net "$self" --serve "$picture" no

say "what makes model packages could be installed"
apt install --simulate ./"$new"/wanwu-tools_*.deb

say "removing"
apt remove "${packages[@]}"
[ ! -e /usr/bin/wanwu-server ] || fail "the server is still there"
[ -e /etc/wanwu/server.yaml ] || fail "configuration went with a removal"

say "purging"
# The others left no configuration behind.
apt purge wanwu-server
diff <(echo "$before") <(ours) || fail "that was left"
say "all as it should be"

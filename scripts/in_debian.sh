#!/bin/bash
# Runs a command in a fresh Debian: scripts/in_debian.sh 13 make test
# The first argument is 12 or 13. As root (it needs debootstrap's package). The
# command finds a copy of this checkout without anything built or ignored, but
# for --with PATH, is an ordinary user who may use sudo, and compiles with a
# cache that stays: WANWU_CCACHE, or ~/.cache/wanwu/ccache-debianRELEASE. Nothing
# else is left behind. Packages come from WANWU_DEBIAN_MIRROR, or from where this
# machine's apt takes its own. With --check before the release it only says what
# is missing, and ends with 1 if anything is.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh
. scripts/registry_access.sh

readonly home=/home/wanwu
brought=()

code_name() {
  case "$1" in
    12) echo bookworm ;;
    13) echo trixie ;;
    *) fail "the release must be 12 or 13" ;;
  esac
}

mount_all() {
  local root="$1"
  mount -t proc proc "$root/proc"
  mount -t sysfs -o ro sysfs "$root/sys"
  mount --rbind /dev "$root/dev"
  mount --bind "$2" "$root/ccache"
  mkdir -p "$root$home"
  [ ! -d ../shared ] || {
    mkdir -p "$root$home/shared"
    mount --bind -o ro ../shared "$root$home/shared"
  }
}

# Names are resolved, and others' certificates trusted, as they are here.
share_network() {
  local root="$1" own=/usr/local/share/ca-certificates
  cat /etc/resolv.conf > "$root/etc/resolv.conf"
  cat /etc/hosts > "$root/etc/hosts"
  mkdir -p "$root$own"
  [ ! -d "$own" ] || cp -r "$own/." "$root$own/"
}

# What a fresh machine has, and the user.
prepare() {
  chroot "$1" sh -eu -c "
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends ca-certificates git make sudo
    update-ca-certificates > /dev/null 2>&1
    useradd --home-dir $home --shell /bin/bash wanwu
    chown wanwu:wanwu $home
    echo 'wanwu ALL=(ALL) NOPASSWD: ALL
    Defaults env_keep += \"http_proxy https_proxy no_proxy\"
    Defaults env_keep += \"HTTP_PROXY HTTPS_PROXY NO_PROXY\"' \
      > /etc/sudoers.d/wanwu" > /dev/null
}

copy_checkout() {
  mkdir -p "$1$home/checkout"
  {
    git ls-files -z --cached --others --exclude-standard
    [ ${#brought[@]} -eq 0 ] || printf '%s\0' "${brought[@]}"
  } | tar --null --files-from - --create --file - --ignore-failed-read |
    tar --extract --file - --directory "$1$home/checkout"
  chroot "$1" chown -R wanwu:wanwu "$home/checkout" /ccache
}

run() {
  local root="$1"
  shift
  mapfile -t variables < <(registry_variables)
  chroot --userspec=wanwu:wanwu "$root" env -i HOME="$home" LANG=C.UTF-8 \
    PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin CCACHE_DIR=/ccache \
    "${variables[@]}" sh -c "cd $home/checkout && exec \"\$@\"" sh "$@"
}

# Containers may be forbidden any of it.
may_mount_and_make_devices() {
  local folder status=0
  folder="$(mktemp -d "${TMPDIR:-/var/tmp}/wanwu-debian.XXXXXX")"
  unshare --mount --propagation private sh -euc "
    mount -t proc proc '$folder'
    umount '$folder'
    mknod '$folder/null' c 1 3
    : > '$folder/null'" 2> /dev/null || status=1
  rm -rf --one-file-system "$folder"
  return "$status"
}

# can_fetch URL: within some seconds, with the proxies of the environment.
can_fetch() {
  /usr/bin/python3 -c 'import sys, urllib.request
urllib.request.urlopen(sys.argv[1], timeout=20).read(1)' "$1" 2> /dev/null
}

# Of the release $1.
check() {
  local mirror
  mirror="$(debian_mirror)"
  [ "$(id -u)" = 0 ] || fail "needs root, to make a root folder and to enter it"
  command -v debootstrap > /dev/null ||
    fail "there is no debootstrap; apt-get install debootstrap"
  [ -n "$mirror" ] ||
    fail "set WANWU_DEBIAN_MIRROR: apt names no mirror here"
  can_fetch "${mirror%/}/dists/$(code_name "$1")/Release" ||
    fail "$mirror cannot be reached, or has no Debian $1"
  may_mount_and_make_devices || fail "may not mount or make devices here"
}

if [ "${1:-}" = --check ]; then
  check "$2"
  exit
fi
inside=false
[ "${1:-}" != --inside ] || {
  inside=true
  shift
}
arguments=("$@")
while [ "${1:-}" = --with ]; do
  brought+=("${2:-}")
  shift 2
done
[ $# -ge 2 ] || fail "usage: scripts/in_debian.sh [--with PATH]… 12|13 COMMAND…"
release="$1"
shift
# All mounts end with this process, whatever happens to it.
if [ "$inside" = false ]; then
  check "$release"
  exec unshare --mount --propagation private \
    scripts/in_debian.sh --inside "${arguments[@]}"
fi
mirror="$(debian_mirror)"
cache="${WANWU_CCACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/wanwu/ccache-debian$release}"
mkdir -p build "$cache"
root="$(mktemp -d "${TMPDIR:-/var/tmp}/wanwu-debian.XXXXXX")"
chmod 755 "$root"
# Unmounted first: nothing of this machine is below what is removed.
trap 'umount -R "$root/dev" "$root/proc" "$root/sys" "$root/ccache" \
    "$root$home/shared" 2> /dev/null || true
  mountpoint -q "$root/ccache" || mountpoint -q "$root/dev" ||
    mountpoint -q "$root$home/shared" ||
    rm -rf --one-file-system "$root"' EXIT
say "making Debian $release in $root"
debootstrap --variant=minbase "$(code_name "$release")" "$root" "$mirror" \
  > "build/in_debian.log" 2>&1 || {
  cat build/in_debian.log >&2
  fail "debootstrap failed; its log is above"
}
mkdir -p "$root/ccache"
# It will not outlive a power cut, nor need to.
echo force-unsafe-io > "$root/etc/dpkg/dpkg.cfg.d/unsafe-io"
share_network "$root"
mount_all "$root" "$cache"
prepare "$root"
copy_checkout "$root"
run "$root" "$@"

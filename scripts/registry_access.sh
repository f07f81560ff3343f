# Sourced by the other scripts: how this machine reaches package registries, for
# what is built in other roots.

# NAME=VALUE lines. Proxies in both cases, since apt and curl read the lower only;
# by http come Debian's packages alone, so apt's own proxy is given for those.
registry_variables() {
  local name value
  for name in http_proxy https_proxy no_proxy; do
    value="${!name:-$(printenv "${name^^}" || true)}"
    [ -n "$value" ] || [ "$name" != http_proxy ] || value="$(apt_proxy)"
    [ -z "$value" ] || printf '%s\n' "$name=$value" "${name^^}=$value"
  done
  env | grep -E '^(PIP_|NPM_CONFIG_)' || true
}

apt_proxy() {
  apt-config dump --format '%v%n' Acquire::http::Proxy 2> /dev/null |
    grep -v DIRECT || true
}

# Where packages of Debian itself come from: as WANWU_DEBIAN_MIRROR says, else as
# this machine's do.
debian_mirror() {
  if [ -n "${WANWU_DEBIAN_MIRROR:-}" ]; then
    echo "${WANWU_DEBIAN_MIRROR%/}"
  else
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
      'Origin: Debian' 'Label: Debian' 2> /dev/null |
      sort -u | sed 's,/$,,; q' || true
  fi
}

# Whether an address among the lines of standard input means this machine; no
# proxy is asked for those of no_proxy.
names_this_machine() {
  grep -vi '^no_proxy=' |
    grep -qE '(^|[/=@])(localhost|127\.[0-9.]+|\[::1\])([:/]|$)'
}

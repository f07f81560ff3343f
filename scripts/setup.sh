#!/bin/bash
# Installs what building and exporting models need: Debian packages, protocol
# definitions (PyPI, npm) and example photographs; with --tests also what the
# tests need, with --parts what test_parts.sh does, with --bench what the
# benchmark does. Does nothing where all of it is there, so that it costs no time
# and no network the second time.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

# What is named differently, or missing, in one release or another.
release="$(. /etc/os-release && echo "${VERSION_CODENAME:-}")"
boost=(libboost-dev libboost-url-dev)
formatter=()
# Since 13 libheif's decoder and encoder are packages of their own.
heic=(libheif-plugin-libde265)
heic_samples=(libheif-plugin-x265)
solver=()
if [ "$release" = bookworm ]; then
  boost=(libboost1.81-dev libboost-url1.81-dev)
  formatter=(clang-format-14)
  heic=()
  heic_samples=()
  # Else apt takes scipy for matplotlib, which wants boost 1.74 in the end, and
  # gives up where 1.81 is installed.
  solver=(python3-munkres)
fi

packages=(
  build-essential cmake ninja-build ccache pkg-config
  # The service
  libtorch-dev libdnnl-dev libgrpc++-dev protobuf-compiler-grpc
  libprotobuf-dev libabsl-dev libjpeg-dev libpng-dev
  libwebp-dev libgif-dev libtiff-dev libavif-dev libheif-dev "${heic[@]}"
  libhwy-dev libspdlog-dev libyaml-cpp-dev nlohmann-json3-dev
  libcli11-dev libssl-dev
  # The client
  libcurl4-openssl-dev
  # The gateway
  "${boost[@]}" prometheus-cpp-dev
  # The model packages
  python3 python3-pip python3-numpy python3-pil python3-torch
  python3-torchvision
  # Configuring the build asks for it
  libgtest-dev libgmock-dev libbenchmark-dev
)
# Of the tests, what those of scripts/test_parts.sh need.
parts=(python3-pytest "${heic_samples[@]}")
tests=(
  "${parts[@]}"
  python3-grpcio python3-protobuf "${formatter[@]}"
  curl openssl python3-venv
  # Counting instructions
  valgrind
  # The WebUI in a browser
  chromium fonts-noto-cjk
  # The systemd units
  libseccomp2 systemd
  # The manifests for Kubernetes
  python3-jsonschema python3-yaml
  # Hosts of their own (tests/nodes); starts no service
  iproute2 dnsmasq-base
)
# The services that Wanwu is compared with, the plots, asking the server.
bench=(
  gunicorn python3-flask python3-matplotlib python3-venv
  python3-grpcio python3-protobuf
  "${solver[@]}"
)
case "${1:-}" in
  --tests) packages+=("${tests[@]}") ;;
  --parts) packages+=("${parts[@]}") ;;
  --bench) packages+=("${bench[@]}") ;;
esac

# The WebUI needs some Node from 18 on; Debian's where there is none.
node_major() { node --version 2> /dev/null | sed 's/^v//; s/[.].*//'; }
if ! command -v npm > /dev/null || [ "$(node_major)" -lt 18 ]; then
  packages+=(nodejs npm)
fi

# Never asks, and waits while another apt runs, as on a machine just started.
apt() {
  as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
    "$@" < /dev/null
}

# For the lock of the lists apt does not wait by itself.
update_lists() {
  for try in {1..30}; do
    apt update -qq > build/setup.log 2>&1 && return
    grep -q 'Could not get lock' build/setup.log || break
    [ "$try" != 1 ] || say "waiting for another apt to end"
    sleep 10
  done
  cat build/setup.log >&2
  fail "the lists of Debian's packages could not be fetched; see above"
}

# Says how far apt, whose lines come in, is: on a terminal in one line that
# changes, else now and then.
show_progress() {
  local line total=0 fetched=0 ready=0 text
  while IFS= read -r line; do
    if [[ "$line" =~ ^([0-9]+)\ upgraded,\ ([0-9]+)\ newly ]]; then
      total=$((BASH_REMATCH[1] + BASH_REMATCH[2]))
    elif [[ "$line" == Get:* ]]; then
      fetched=$((fetched + 1))
    elif [[ "$line" == "Setting up "* ]]; then
      ready=$((ready + 1))
    else
      continue
    fi
    text="$fetched fetched, $ready set up, of $total packages"
    if [ -t 2 ]; then
      printf '\r\033[K    %s' "$text" >&2
    elif [ $(((fetched + ready) % 100)) = 0 ] || [ "$ready" = "$total" ]; then
      printf '    %s\n' "$text" >&2
    fi
  done
  [ ! -t 2 ] || printf '\n' >&2
}

installed="$(dpkg-query -W -f '${Package} ${db:Status-Abbrev}\n' \
  "${packages[@]}" 2> /dev/null | awk '$2 == "ii" {print $1}')" || true
mapfile -t missing < <(printf '%s\n' "${packages[@]}" | sort -u |
  comm -23 - <(sort -u <<< "$installed"))

if [ ${#missing[@]} -gt 0 ]; then
  # Here, for what apt is run by has its words in a log.
  as_root true
  say "installing ${#missing[@]} Debian packages"
  mkdir -p build
  update_lists
  apt install -y -q --no-install-recommends "${missing[@]}" 2>&1 |
    tee build/setup.log | show_progress || {
    cat build/setup.log >&2
    fail "the Debian packages could not be installed; apt's log is above"
  }
fi

scripts/fetch_protos.sh build/deps ||
  fail "protocol definitions could not be fetched from PyPI and npm, or are" \
    "not what was pinned; see above"
scripts/fetch_otlp.sh build/deps/opentelemetry/trace.binpb ||
  fail "OpenTelemetry's definitions could not be fetched from PyPI, or are" \
    "not what was pinned; see above"
scripts/fetch_photos.sh build/deps ||
  say "no example photographs, and none for int8 to be calibrated with:" \
    "python3-skimage could not be fetched"
if [ "${1:-}" = --tests ]; then
  scripts/make_venv.sh build/deps/schemathesis \
    tests/integration/schemathesis_requirements.txt ||
    say "no schemathesis, which could not be fetched from PyPI: a test skips"
  command -v clang-format-14 > /dev/null ||
    scripts/fetch_clang_format.sh build/deps/clang-format ||
    say "no clang-format 14, which could not be fetched: make format will fail"
  scripts/fetch_prometheus.sh build/deps/prometheus ||
    say "no prometheus, whose package could not be fetched: two tests skip"
  scripts/fetch_k8s.sh build/deps/k8s ||
    say "not all that checks k8s/ could be fetched: some of its tests skip"
  scripts/make_venv.sh build/deps/client-tools \
    tests/interop/client_tools_requirements.txt ||
    say "no grpcio-tools, which could not be fetched from PyPI: tests of the" \
      "Python client skip"
  scripts/make_venv.sh build/deps/heif tests/server/image/heif_requirements.txt ||
    say "no pillow-heif, which could not be fetched from PyPI: the comparison" \
      "of AVIF and HEIC skips"
  scripts/make_venv.sh build/deps/oip tests/interop/oip_requirements.txt ||
    say "no tritonclient and LoadGen, which could not be fetched from PyPI:" \
      "tests of the Open Inference Protocol skip"
fi

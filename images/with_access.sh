#!/bin/sh
# Runs a command of the Dockerfile with what the build's secrets say of the way
# to package registries: variables as NAME=VALUE lines, and the certificates to
# trust. Neither stays in a layer.
set -eu
secrets=/run/wanwu
if [ -s "$secrets/environment" ]; then
  while IFS= read -r line; do export "${line?}"; done < "$secrets/environment"
fi
if [ -s "$secrets/certificates" ]; then
  export SSL_CERT_FILE="$secrets/certificates" \
    PIP_CERT="$secrets/certificates" \
    NODE_EXTRA_CA_CERTS="$secrets/certificates"
fi
exec "$@"

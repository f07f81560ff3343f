# Sourced by the other scripts.

# fetch_wheel NAME VERSION SHA256 FOLDER: puts that wheel of PyPI into the
# folder, or fails if it is another one.
fetch_wheel() {
  /usr/bin/python3 -m pip download --quiet --no-deps --only-binary :all: \
    --dest "$4" --require-hashes --requirement /dev/stdin \
    <<< "$1==$2 --hash=sha256:$3"
}

# Sourced by the other scripts.

# fetch_wheel FOLDER NAME==VERSION SHA256…: puts that wheel of PyPI into the
# folder, or fails if it has none of the hashes.
fetch_wheel() {
  /usr/bin/python3 -m pip download --quiet --disable-pip-version-check \
    --no-deps --only-binary :all: --dest "$1" --require-hashes \
    --requirement /dev/stdin <<< "$2 $(printf -- '--hash=sha256:%s ' "${@:3}")"
}

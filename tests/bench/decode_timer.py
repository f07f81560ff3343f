"""The build's wanwu-decode-timer, as the scripts of this folder use it."""

import subprocess

PICTURES = (".jpeg", ".jpg", ".png", ".webp")


def pictures_of(folder):
    return sorted(path for path in folder.iterdir()
                  if path.suffix.lower() in PICTURES)


class DecodeTimer:
    """One process, kept running; `way` as in --jpeg_decode."""

    def __init__(self, program, way="exact"):
        self._process = subprocess.Popen([program, way], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)

    def milliseconds(self, path):
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self):
        self._process.stdin.close()
        self._process.wait()

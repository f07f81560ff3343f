"""Processes in an image's root, confined as a container's are: the image's
user, no capabilities, a root that cannot be written. No container runtime is
needed, but root."""

import dataclasses
import json
import os
import pathlib
import subprocess
import sys

BUILT = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(BUILT.parents[1] / "integration"), str(BUILT.parent)]

# pylint: disable=wrong-import-position
from event_log import EventLog  # noqa: E402
from environment import PATIENCE  # noqa: E402

# Mounts end with the process. Programs find /proc and /sys as in any container.
CONFINE = """
root="$1"; user="$2"; shift 2
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
while [ "$1" != -- ]; do
  if [ "${1%%=*}" = tmpfs ]; then
    mount -t tmpfs -o "uid=${user%:*},mode=700" tmpfs "$root${1#*=}"
  else
    mount --bind -o ro "${1%%=*}" "$root${1#*=}"
  fi
  shift
done
shift
mount -o remount,bind,ro "$root"
exec setpriv --no-new-privs chroot --userspec="$user" --groups= "$root" "$@"
"""


@dataclasses.dataclass(frozen=True)
class Image:
    root: pathlib.Path
    config: dict

    @classmethod
    def of(cls, name):
        """As scripts/test_image.sh has put it into WANWU_IMAGES."""
        folder = pathlib.Path(os.environ["WANWU_IMAGES"], name)
        return cls(root=(folder / "root").resolve(),
                   config=json.loads((folder / "config.json").read_text()))

    def command(self, *words, mounts=(), **variables):
        environment = dict(pair.split("=", 1)
                           for pair in self.config["Env"]) | variables
        return ["env", "-i", "PATH=" + os.environ["PATH"],
                *(f"{name}={value}" for name, value in environment.items()
                  if name != "PATH"),
                "unshare", "--mount", "--propagation", "private",
                "sh", "-euc", CONFINE, "sh", str(self.root),
                self.config["User"], *mounts, "--", *map(str, words)]

    def run(self, *words, mounts=(), **variables):
        return subprocess.run(
            self.command(*words, mounts=mounts, **variables),
            capture_output=True, text=True, timeout=PATIENCE, check=False)

    def check_health(self, **variables):
        """By the image's own command."""
        kind, *words = self.config["Healthcheck"]["Test"]
        assert kind == "CMD"
        return self.run(*words, **variables)

    def start(self, *flags, mounts=()):
        return Container(self, flags, mounts)


class Container:
    """The image's program as a process; logs JSON."""

    def __init__(self, image, flags, mounts):
        self.process = subprocess.Popen(
            image.command(*image.config["Entrypoint"], "--log_format=json",
                          *flags, mounts=mounts),
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.log = EventLog(self.process.stderr)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def status(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return dict(line.split(":\t", 1) for line in text.splitlines()
                    if ":\t" in line)

    def cpu_seconds(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        user, system = text.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def megabytes(self):
        return int(self.status()["VmRSS"].split()[0]) * 1024 / 1e6

    def stop(self):
        """The exit code after SIGTERM."""
        self.process.terminate()
        code = self.process.wait(PATIENCE)
        self.log.join()
        return code

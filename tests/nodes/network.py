"""Hosts with addresses of their own, on one machine: a network namespace each,
and a bridge between them. The tests themselves are the host of the callers."""

import ctypes
import itertools
import os
import pathlib
import shutil
import signal
import subprocess

CALLERS = "10.77.0.1"
NAMESERVER = "10.77.0.53"
PREFIX = "10.77.0"
DOMAIN = "test"

_CLONE_NEWNS = 0x00020000
_CLONE_NEWNET = 0x40000000
_MS_REC_PRIVATE = 0x4000 | 0x40000
_MS_BIND = 0x1000
_libc = ctypes.CDLL(None, use_errno=True)


def why_not():
    """What keeps us from making namespaces; None if nothing does."""
    for program in ("ip", "nsenter", "unshare", "dnsmasq"):
        if not find(program):
            return f"no {program}; scripts/setup.sh --tests installs it"
    tried = subprocess.run(
        ["unshare", "--net", "--mount", find("ip"), "link", "add", "type",
         "veth"], capture_output=True, text=True, check=False)
    return tried.stderr.strip() if tried.returncode else None


def find(program):
    return shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin")


def ip(*words, within=()):
    subprocess.run([*within, find("ip"), *map(str, words)], check=True)


def _check(done):
    if done != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def move_here():
    """Gives this process, and what it starts from now on, a network and a
    resolv.conf of its own. Before it has threads."""
    _check(_libc.unshare(_CLONE_NEWNET | _CLONE_NEWNS))
    _check(_libc.mount(None, b"/", None, _MS_REC_PRIVATE, None))
    ip("link", "set", "lo", "up")
    ip("link", "add", "lan", "type", "bridge", "stp_state", 0,
       "forward_delay", 0)
    ip("address", "add", f"{CALLERS}/24", "dev", "lan")
    ip("link", "set", "lan", "up")


def use_nameserver(folder):
    file = pathlib.Path(folder) / "resolv.conf"
    file.write_text(f"nameserver {NAMESERVER}\n")
    there = os.path.realpath("/etc/resolv.conf")
    _check(_libc.mount(bytes(file), there.encode(), None, _MS_BIND, None))


class Host:
    _numbers = itertools.count(1)

    def __init__(self, address):
        self.address = address
        self._programs = []
        # What the namespace lives as long as.
        self._holder = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", "echo; exec sleep infinity"],
            stdout=subprocess.PIPE)
        self._holder.stdout.readline()
        self.within = ("nsenter", f"--net=/proc/{self._holder.pid}/ns/net")
        self._port = f"veth{next(self._numbers)}"
        ip("link", "add", self._port, "type", "veth", "peer", "name", "eth0",
           "netns", self._holder.pid)
        ip("link", "set", self._port, "master", "lan", "up")
        ip("link", "set", "lo", "up", within=self.within)
        ip("address", "add", f"{address}/24", "dev", "eth0",
           within=self.within)
        ip("link", "set", "eth0", "up", within=self.within)

    def start(self, program, *words):
        """Runs one here until the host is closed."""
        self._programs.append(subprocess.Popen(
            [*self.within, program, *words], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL))
        return self._programs[-1]

    def pull_plug(self):
        """Nothing comes or goes any more, and nobody is told."""
        ip("link", "set", self._port, "nomaster")

    def plug_in(self):
        ip("link", "set", self._port, "master", "lan")

    def close(self):
        for program in self._programs:
            program.kill()
            program.wait()
        self._holder.kill()
        self._holder.wait()
        self._holder.stdout.close()


class NameServer:
    """dnsmasq on a host of its own; names stand for lists of addresses."""

    def __init__(self, folder):
        self._host = Host(NAMESERVER)
        self._hosts = pathlib.Path(folder) / "hosts"
        self._hosts.write_text("")
        self._process = subprocess.Popen(
            [*self._host.within, find("dnsmasq"), "--keep-in-foreground",
             "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
             f"--addn-hosts={self._hosts}", f"--local=/{DOMAIN}/",
             f"--listen-address={NAMESERVER}", "--bind-interfaces",
             "--user=root", "--group=root", "--pid-file=", "--log-facility=-"],
            stderr=subprocess.PIPE, text=True)
        self._wait_for("started")
        # Else set() would take this first look for its own.
        self._wait_for(str(self._hosts))

    def _wait_for(self, word):
        for line in self._process.stderr:
            if word in line:
                return
        raise AssertionError("dnsmasq ended")

    def set(self, name, addresses):
        """Returns once it answers so."""
        self._hosts.write_text("".join(
            f"{address} {name}.{DOMAIN}\n" for address in addresses))
        self._process.send_signal(signal.SIGHUP)
        self._wait_for(str(self._hosts))

    def close(self):
        self._process.kill()
        self._process.wait()
        self._process.stderr.close()
        self._host.close()

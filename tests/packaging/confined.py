"""Runs a command with the system calls of its unit, as systemd would allow
them: confined.py UNIT COMMAND…"""

import ctypes
import ctypes.util
import errno
import mmap
import os
import pathlib
import subprocess
import sys

_ALLOW = 0x7FFF0000  # SCMP_ACT_ALLOW
_REFUSE = 0x00050000 | errno.EPERM  # SCMP_ACT_ERRNO(EPERM)
_MASKED_EQUAL = 7  # SCMP_CMP_MASKED_EQ


class _Comparison(ctypes.Structure):
    """scmp_arg_cmp: (argument `index` & `mask`) == `value`."""

    _fields_ = [("index", ctypes.c_uint), ("operator", ctypes.c_int),
                ("mask", ctypes.c_uint64), ("value", ctypes.c_uint64)]


def settings(unit):
    """Of a unit; each is a list of what its lines say."""
    told = {}
    for line in pathlib.Path(unit).read_text().splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            told.setdefault(name, []).append(value)
    return told


def members(group):
    """The system calls of a group, and of the groups in it."""
    told = subprocess.run(["systemd-analyze", "syscall-filter", group],
                          check=True, capture_output=True, text=True).stdout
    names = set()
    for line in told.splitlines()[1:]:
        name = line.strip()
        if name.startswith("@"):
            names |= members(name)
        elif name and not name.startswith("#"):
            names.add(name)
    return names


def allowed(lines):
    """What lines of SystemCallFilter= leave."""
    names = set()
    for line in lines:
        listed = set()
        for word in line.removeprefix("~").split():
            listed |= members(word) if word.startswith("@") else {word}
        names = names - listed if line.startswith("~") else names | listed
    # What every service may do besides; systemd adds it to each list.
    return names | members("@default")


class _Filter:
    """Of libseccomp."""

    def __init__(self, library, otherwise):
        self._library = library
        self._otherwise = otherwise
        self._filter = ctypes.c_void_p(library.seccomp_init(otherwise))

    def add(self, name, *comparisons):
        number = self._library.seccomp_syscall_resolve_name(name.encode())
        if number < 0:  # Not on this architecture.
            return
        action = _ALLOW if self._otherwise == _REFUSE else _REFUSE
        array = (_Comparison * len(comparisons))(*comparisons)
        status = self._library.seccomp_rule_add_array(
            self._filter, ctypes.c_uint32(action), number, len(comparisons),
            array)
        assert status == 0, (name, status)

    def load(self):
        assert self._library.seccomp_load(self._filter) == 0


def confine(unit):
    library = ctypes.CDLL(ctypes.util.find_library("seccomp"), use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    told = settings(unit)
    if told.get("MemoryDenyWriteExecute") == ["yes"]:
        both = mmap.PROT_WRITE | mmap.PROT_EXEC
        memory = _Filter(library, _ALLOW)
        memory.add("mmap", _Comparison(2, _MASKED_EQUAL, both, both))
        memory.add("mprotect", _Comparison(2, _MASKED_EQUAL, mmap.PROT_EXEC,
                                           mmap.PROT_EXEC))
        memory.load()
    calls = _Filter(library, _REFUSE)
    for name in allowed(told["SystemCallFilter"]):
        calls.add(name)
    calls.load()


if __name__ == "__main__":
    confine(sys.argv[1])
    os.execv(sys.argv[2], sys.argv[2:])

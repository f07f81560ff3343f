"""Which libraries programs load, and which of these they load in vain."""

import pathlib
import re

from command_output import output_of
from elf_file import ElfFile


def loaded_by(programs):
    """{name: path} of what the loader takes for them on this machine."""
    found = {}
    for program in programs:
        listing = output_of("ldd", program)
        missing = re.findall(r"^\s*(\S+) => not found", listing, re.MULTILINE)
        if missing:
            raise ValueError(f"{program}: not found: {', '.join(missing)}")
        for name, path in re.findall(r"^\s*(\S+) => (/\S+)", listing,
                                     re.MULTILINE):
            # Another machine may have a lesser CPU.
            if "glibc-hwcaps" in path:
                raise ValueError(f"{path} is for some CPUs only")
            found[name] = pathlib.Path(path).resolve()
        loader = ElfFile(program).interpreter()
        if loader is None:  # A plugin: its program brings the loader.
            continue
        found[pathlib.Path(loader).name] = pathlib.Path(loader).resolve()
    return found


class Closure:
    """Of `programs`, with `libraries` {name: path} to find what they name.

    A library stays if a program names it, or if a library that stays names it
    and either uses one of its symbols or asks for a version of it. Names of
    those that do not stay have to be removed from those that do."""

    def __init__(self, programs, libraries):
        self._files = {name: ElfFile(path) for name, path in libraries.items()}
        self._programs = [ElfFile(program) for program in programs]
        self.kept = self._reach()
        self.dropped = set(libraries) - self.kept
        self._check()

    def to_remove(self):
        """{name of a library that stays: names to remove from it}"""
        removals = {}
        for name in sorted(self.kept):
            vain = sorted(set(self._files[name].needed) & self.dropped)
            if vain:
                removals[name] = vain
        return removals

    def unused(self):
        """Libraries of whose symbols nobody uses one."""
        users = self._programs + [self._files[name] for name in self.kept]
        return {name for name in self.kept
                if not any(name in user.needed
                           and user.uses(name, self._files[name])
                           for user in users)}

    def _reach(self):
        reached, waiting = set(), list(self._programs)
        while waiting:
            user = waiting.pop()
            for name in user.needed:
                library = self._files[name]
                if name not in reached and (user in self._programs
                                            or user.uses(name, library)):
                    reached.add(name)
                    waiting.append(library)
        # The loader, which not everybody names.
        return reached | {name for name in self._files
                          if name.startswith("ld-linux")}

    def _check(self):
        """Nobody may miss a symbol that was there."""
        gone = set().union(*(self._files[name].defined
                             for name in self.dropped))
        left = set().union(*(self._files[name].defined for name in self.kept),
                           *(program.defined for program in self._programs))
        for user in self._programs + [self._files[name] for name in self.kept]:
            missed = (user.used & gone) - left
            if missed:
                raise ValueError(f"{user.path} would miss {sorted(missed)[:5]}")

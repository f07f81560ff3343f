"""What a program or library needs of others: names and symbols."""

import functools
import re

from command_output import output_of


class ElfFile:
    def __init__(self, path):
        self.path = path

    @functools.cached_property
    def needed(self):
        """Names of libraries, in the loader's order."""
        return re.findall(r"\(NEEDED\).*\[(.+)\]",
                          output_of("readelf", "-d", self.path))

    @functools.cached_property
    def defined(self):
        """Symbols that others can use."""
        return self._symbols("--defined-only")

    @functools.cached_property
    def used(self):
        """Symbols that others define."""
        return self._symbols("--undefined-only")

    @functools.cached_property
    def versioned(self):
        """Libraries of which it asks for a version, used or not: the loader
        insists on them."""
        return set(re.findall(r"File: (\S+)",
                              output_of("readelf", "-V", "-W", self.path)))

    def _symbols(self, which):
        listing = output_of("nm", "-D", "-P", which, self.path)
        return {line.split()[0].partition("@")[0]
                for line in listing.splitlines()}

    def uses(self, name, library):
        """Must `library`, which goes by that name, be there?"""
        return (name in self.versioned
                or not self.used.isdisjoint(library.defined))

    def interpreter(self):
        """The loader's path; nothing for a library."""
        found = re.search(r"Requesting program interpreter: (.+)\]",
                          output_of("readelf", "-l", self.path))
        return found and found[1]

"""Resident memory of several processes as if no others were there.

PSS alone would not do: the pages of a library that another service maps, too,
would be shared out between both, and who is measured would seem smaller.
"""

import re

_MAPPING = re.compile(r"^[0-9a-f]+-[0-9a-f]+ \S+ ([0-9a-f]+ \S+ \d+)\s",
                      re.MULTILINE)


def resident_mb(processes):
    """`processes`: folders in /proc. Those that have ended count nothing."""
    own = 0
    files = {}
    for process in processes:
        try:
            own += own_kb((process / "smaps_rollup").read_text())
            mapped = file_kb((process / "smaps").read_text())
        except OSError:
            continue
        for mapping, kilobytes in mapped.items():
            files[mapping] = max(kilobytes, files.get(mapping, 0))
    return (own + sum(files.values())) * 1024 / 1e6


def own_kb(rollup):
    """What is no file's; pages that forks share are shared out among them."""
    return sum(_field(rollup, name) for name in ("Pss_Anon", "Pss_Shmem"))


def file_kb(smaps):
    """Of each mapped part of a file, without the pages that were written to.
    """
    parts = _MAPPING.split(smaps)
    resident = {}
    for mapping, fields in zip(parts[1::2], parts[2::2]):
        inode = mapping.rsplit(" ", 1)[1]
        if inode != "0":
            resident[mapping] = (resident.get(mapping, 0)
                                 + _field(fields, "Rss")
                                 - _field(fields, "Anonymous"))
    return resident


def _field(text, name):
    found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) if found else 0

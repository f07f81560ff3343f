"""Resident memory out of /proc."""

from run.memory import file_kb, own_kb, resident_mb

LIBRARY = """7f00-7f10 r-xp 00001000 08:01 42                 /lib/libtorch.so
Rss:                {rss} kB
Anonymous:             24 kB
"""
HEAP = """5500-5600 rw-p 00000000 00:00 0                  [heap]
Rss:                  500 kB
Anonymous:            500 kB
"""
ROLLUP = """5500-7f10 ---p 00000000 00:00 0    [rollup]
Rss:                 1524 kB
Pss:                  900 kB
Pss_Dirty:            500 kB
Pss_Anon:             524 kB
Pss_File:             376 kB
Pss_Shmem:             10 kB
"""


def process(folder, smaps):
    folder.mkdir()
    (folder / "smaps").write_text(smaps)
    (folder / "smaps_rollup").write_text(ROLLUP)
    return folder


def test_own_memory_is_what_is_no_files():
    assert own_kb(ROLLUP) == 534


def test_written_pages_of_a_file_are_not_the_files():
    assert list(file_kb(LIBRARY.format(rss=1024) + HEAP).values()) == [1000]


def test_a_library_of_two_processes_counts_once(tmp_path):
    folders = [process(tmp_path / name, LIBRARY.format(rss=rss) + HEAP)
               for name, rss in (("1", 1024), ("2", 824))]
    assert resident_mb(folders) == (2 * 534 + 1000) * 1024 / 1e6


def test_a_process_that_has_ended_counts_nothing(tmp_path):
    assert resident_mb([tmp_path / "gone"]) == 0

#!/usr/bin/python3
"""What a job over many pictures costs beside the pictures: listing, keeping
names, lines of what is not there, and checking them. For docs/batch.md.

usage: tests/bench/job_costs.py [--names 1000000] [--bin build/release/bin]

Needs no server: but for the first name none is there, so that a call for the
whole list gives up at once, when it has listed.
"""

import argparse
import os
import pathlib
import subprocess
import tempfile

NAME_BYTES = 38  # and the line's end
ANSWERED = 0
NO_SERVER = 3
MOST_FILES = 1_000_000


def costs(*command):
    """Exit code, CPU seconds, the most MB resident."""
    with subprocess.Popen([str(word) for word in command],
                          stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return (process.returncode, usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss / 1000)


class Costs:
    def __init__(self, wanwu, folder):
        self._wanwu = wanwu
        self._folder = folder

    def classify(self, what, expected, *flags):
        code, seconds, most = costs(
            self._wanwu, "classify", *flags, "--address",
            "unix:/nonexistent/socket", "--give_up_after", "1ms")
        assert code == expected, (what, code)
        print(f"{what}: {seconds:.1f} s of CPU, {most:.0f} MB at most",
              flush=True)

    def of_a_list(self, count):
        names = self._folder / "names"
        there = self._folder / "pictures"
        there.mkdir()
        first = "0" * (NAME_BYTES - 4) + ".jpg"
        (there / first).write_bytes(b"somebody must be asked about it")
        with names.open("w") as file:
            file.write(first + "\n")
            for number in range(1, count):
                file.write(f"{number:0{NAME_BYTES - 4}}.jpg\n")
        self.classify(f"{count} names listed", NO_SERVER, there, "--list",
                      names, "--output_dir", self._folder / "listed")
        self.classify("the same, shard 3/1000 written", ANSWERED, there,
                      "--list", names, "--shard", "3/1000", "--output_dir",
                      self._folder / "shard")
        (there / first).unlink()
        self.classify("all lines of what is not there", ANSWERED, there,
                      "--list", names, "--output_dir", self._folder / "all")
        code, seconds, most = costs(self._wanwu, "merge",
                                    self._folder / "all", "--check")
        assert code == ANSWERED
        print(f"merge --check of them: {seconds:.1f} s of CPU, {most:.0f} MB "
              "at most", flush=True)

    def of_a_folder(self, count):
        files = self._folder / "files"
        files.mkdir()
        for number in range(count):
            (files / f"{number:08}.jpg").touch()
        # An empty file is asked about, too.
        self.classify(f"{count} files of one folder listed", NO_SERVER, files,
                      "--output_dir", self._folder / "of_files")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--bin", type=pathlib.Path, default="build/release/bin")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.bin) as folder:
        made = Costs(arguments.bin / "wanwu", pathlib.Path(folder))
        made.of_a_list(arguments.names)
        made.of_a_folder(min(arguments.names, MOST_FILES))


if __name__ == "__main__":
    main()

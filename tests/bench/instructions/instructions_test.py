"""The counts of count_instructions.py stay within their recorded bounds."""

import json
import os
import pathlib
import shutil

import pytest

import count_instructions

BOUNDS = json.loads(count_instructions.BOUNDS.read_text())


@pytest.fixture(scope="session")
def bin_dir():
    folder = os.environ.get("WANWU_BIN_DIR")
    if not folder:
        pytest.fail("set WANWU_BIN_DIR to the folder of the built binaries")
    return pathlib.Path(folder)


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="no valgrind")
@pytest.mark.skipif("avx2" not in pathlib.Path("/proc/cpuinfo").read_text(),
                    reason="the counts are for CPUs with AVX2")
@pytest.mark.parametrize("name", BOUNDS)
def test_takes_the_recorded_number_of_instructions(name, bin_dir):
    program = bin_dir / f"{name}_instructions"
    if not program.exists():
        pytest.skip("configured without valgrind's headers")
    bound = BOUNDS[name]
    counted = count_instructions.count(program)
    difference = count_instructions.difference(counted, bound)
    if difference is None:
        pytest.skip("nobody has recorded a count on this release")
    assert abs(difference) <= bound["tolerance"], (
        f"{name} took {counted} instructions, {difference:+.1%} of what "
        f"{count_instructions.BOUNDS} has; if that is meant, renew it: "
        f"{count_instructions.__file__} --renew")

"""What make test says after the tests."""

import pytest

LOG = """
1/2 Test: integration/errors
SKIPPED [3] tests/integration/pictures.py:12: no shared pictures
12 passed, 3 skipped in 4.2s
2/2 Test: server/model/real_package_test
[  SKIPPED ] RealPackageTest.Runs (0 ms)
[  SKIPPED ] 1 test, listed below:
[  SKIPPED ] RealPackageTest.Runs
"""


@pytest.fixture
def run_tests(checkout):
    """run_tests(log, code): what ctest leaves and ends with."""
    for script in ("setup.sh", "build.sh", "models.sh"):
        checkout.put(f"scripts/{script}", "#!/bin/bash\n")
    checkout.put("scripts/other_release.sh", '#!/bin/bash\necho "there: $*"\n')

    def run(log, code=0, options=()):
        checkout.put("build/release/Testing/Temporary/LastTest.log", log)
        checkout.put_command("ctest", f"exit {code}")
        return checkout.run("test.sh", *options)

    return run


def test_skipped_cases_are_named(run_tests):
    done = run_tests(LOG)
    assert done.returncode == 0
    assert done.stderr.endswith(
        "    RealPackageTest.Runs\n"
        "    SKIPPED [3] tests/integration/pictures.py:12: no shared "
        "pictures\n")


def test_nothing_is_said_where_nothing_was_skipped(run_tests):
    assert "skipped" not in run_tests("12 passed in 4.2s\n").stderr


def test_failed_test_fails_the_script(run_tests):
    assert run_tests(LOG, code=8).returncode == 8


def test_full_tests_also_run_on_the_other_release(run_tests):
    assert "there" not in run_tests(LOG).stdout
    assert "there: make test\n" in run_tests(LOG, options=["--full"]).stdout
    assert "there" not in run_tests(LOG, 8, ["--full"]).stdout

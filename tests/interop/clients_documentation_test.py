"""docs/clients.md says what the tests have shown, and of which versions."""

import json
import subprocess
import sys

import pytest

import clients_table
import proofs

PAGE = clients_table.PAGE.read_text(encoding="utf-8")
ALL = dict.fromkeys(proofs.FEATURES, "yes")


def test_table_says_what_has_been_shown():
    shown = proofs.read()
    if not shown:
        pytest.skip("no client has been tested in this build folder")
    assert not list(clients_table.disagreements(PAGE, shown)), (
        "tests/interop/clients_table.py makes the table anew")


def test_table_has_every_client_in_its_version():
    assert not list(clients_table.disagreements(PAGE, {}))
    other = PAGE.replace(f"| {clients_table.clients()['node'][1]} |",
                         "| 0.0.1 |")
    wrong, = clients_table.disagreements(other, {})
    assert "node" in wrong
    lines = PAGE.splitlines(keepends=True)
    fewer = "".join(line for line in lines if "Rust, tonic" not in line)
    assert list(clients_table.disagreements(fewer, {}))


@pytest.mark.parametrize("outcome", ("no", None))
@pytest.mark.parametrize("feature", proofs.FEATURES)
def test_cell_that_was_not_shown_is_a_disagreement(feature, outcome):
    shown = {**ALL, feature: outcome}
    if outcome is None:
        del shown[feature]
    wrong, = clients_table.disagreements(PAGE, {"go": shown})
    assert wrong.startswith(f"go, {feature}: yes, shown was ")
    renewed = clients_table.renewed(PAGE, {"go": shown})
    assert not list(clients_table.disagreements(renewed, {"go": shown}))
    assert clients_table.renewed(renewed, {"go": ALL}) == PAGE


def test_program_makes_the_table_anew(tmp_path):
    page = tmp_path / "clients.md"
    page.write_text(PAGE, encoding="utf-8")
    subprocess.run([sys.executable, "-B", clients_table.__file__, page],
                   check=True)
    assert page.read_text(encoding="utf-8") == (
        clients_table.renewed(PAGE, proofs.read()))


class Run:
    """Of one test of a client's, as pytest tells it."""

    def __init__(self, outcome, feature="unary", client="go", test="test_a"):
        self.passed = outcome == "passed"
        self.skipped = outcome == "skipped"
        self.nodeid = f"some_test.py::{test}[{client}]"
        self.user_properties = [("shows", (client, feature))]


def record(folder, *runs):
    recorder = proofs.Recorder(folder)
    for run in runs:
        recorder.pytest_runtest_logreport(run)
    recorder.pytest_sessionfinish()


def test_feature_is_shown_if_all_its_tests_pass(tmp_path):
    record(tmp_path, Run("passed"), Run("passed", test="test_b"),
           Run("passed", "stream"), Run("failed", "stream", test="test_c"),
           Run("skipped", "health"))
    assert proofs.read(tmp_path) == {"go": {"unary": "yes", "stream": "no"}}

    record(tmp_path, Run("passed", "stream", test="test_c"),
           Run("failed", test="test_b"))
    assert proofs.read(tmp_path) == {"go": {"unary": "no", "stream": "yes"}}


def test_part_of_a_test_that_fails_is_not_made_good_by_the_next(tmp_path):
    record(tmp_path, Run("passed"), Run("failed"), Run("passed"))
    assert proofs.read(tmp_path) == {"go": {"unary": "no"}}


def test_what_was_shown_of_other_sources_counts_for_nothing(tmp_path):
    record(tmp_path, Run("passed"), Run("passed", "stream", test="test_c"))
    path = tmp_path / "go.json"
    old = json.loads(path.read_text())
    path.write_text(json.dumps({**old, "digest": "another"}))
    assert proofs.read(tmp_path) == {}

    record(tmp_path, Run("passed"))
    assert proofs.read(tmp_path) == {"go": {"unary": "yes"}}


def test_every_source_counts(tmp_path):
    for place in proofs.SOURCES:
        path = tmp_path / place
        if not path.suffix:
            path = path / "deep" / "file.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("old")
    for place in proofs.SOURCES:
        before = proofs.digest(tmp_path)
        path = tmp_path / place
        (path if path.suffix else path / "deep/file.py").write_text("new")
        assert proofs.digest(tmp_path) != before, place

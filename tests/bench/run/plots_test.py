"""The results as SVG."""

import pytest

pytest.importorskip("matplotlib", reason="Debian's python3-matplotlib")

# pylint: disable=wrong-import-position
from run import plots
from run.results import Results


def write(folder):
    results = Results()
    results.begin_round()
    for load in ("1", "8", "32", "50%", "80%", "95%"):
        results.add_load("wanwu-int8", load,
                         {"rate": 100, "p50_ms": 9, "p99_ms": 30})
    plots.write(results, folder)
    return {file.name: file.read_text() for file in folder.iterdir()}


def test_plots_are_small_files_with_real_text(tmp_path):
    files = write(tmp_path / "plots")
    assert "answers per second" in files["throughput.svg"]
    assert "Wanwu, int8" in files["throughput.svg"]
    assert "int8 p99" in files["open_loop.svg"]
    assert max(map(len, files.values())) < 40_000


def test_the_same_results_give_the_same_files(tmp_path):
    assert write(tmp_path / "one") == write(tmp_path / "two")


def test_nothing_measured_still_gives_plots(tmp_path):
    plots.write(Results(), tmp_path)
    assert (tmp_path / "open_loop.svg").exists()

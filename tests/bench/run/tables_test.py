"""Results as Markdown."""

from run import tables
from run.results import Results


def results_with(**services):
    results = Results()
    for _ in range(2):
        results.begin_round()
        for key, rate in services.items():
            for clients in ("1", "8", "32"):
                results.add_load(key.replace("_", "-"), clients, {
                    "rate": rate, "p50_ms": 12.34, "memory_mb": 100,
                    "generator_cpus": 0.01})
    return results


def test_table_has_a_line_per_row():
    assert tables.table(["a", "b"], [[1, 2], [3, 4]]) == (
        "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |")


def test_services_are_compared_with_wanwu_int8():
    text = tables.services(results_with(wanwu_int8=200.0, gunicorn=40.0))
    gunicorn = text.splitlines()[-1]
    assert "Gunicorn" in gunicorn
    assert "| 40, 12.3 |" in gunicorn
    assert gunicorn.endswith("| 5 |")


def test_a_service_that_cannot_be_had_keeps_its_row_and_says_why():
    results = results_with(wanwu_int8=200.0)
    results.miss("mosec", "PyPI's packages could not be fetched")
    head, *_, row = tables.services(results).splitlines()
    assert "mosec" in row
    assert "not available: PyPI's packages" in row
    assert row.count("|") == head.count("|")


def test_rounds_that_differ_show_their_spread():
    results = results_with(wanwu_int8=200.0)
    results.begin_round()
    results.add_load("wanwu-int8", "8", {"rate": 150.0, "p50_ms": 20})
    assert "200 (150–200), 12.3" in tables.services(results)


def test_engines_without_any_figure_have_no_row():
    results = Results()
    results.begin_round()
    results.add_engine("openvino", "int8", {"1": 409, "8": 454})
    assert tables.engines(results).splitlines()[2:] == [
        "| OpenVINO, 2 streams | int8 | 409 | 454 |"]


def test_an_overload_that_was_not_measured_has_no_row():
    results = Results()
    results.begin_round()
    results.add_overload("2 ×, 1 s, ordinary, stream", {
        "capacity": 190, "goodput": 171, "of_capacity": 0.9,
        "for_nobody": 0.006, "p99_ms": 900, "refused": 0, "not_sent": 209})
    assert tables.overload(results).splitlines()[2:] == [
        "| 2 × | 1 s | ordinary | stream | 190 | 0.9 | – | 0.6 % | 900 | 0 "
        "| 209 | – |"]

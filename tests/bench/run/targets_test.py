"""Each target from a run's figures."""

import pytest

from run.results import Results
from run.targets import headline, judge


def load(rate, p50_ms=10.0, **more):
    return {"rate": rate, "p50_ms": p50_ms, "p99_ms": 30.0, "failed": 0,
            "decode_ms": 2.0, "inference_ms": 7.6, "generator_cpus": 0.2,
            "cpus": 2, "memory_mb": 200, "picture_bytes": 110_000, **more}


@pytest.fixture
def results():
    results = Results()
    results.begin_round()
    for clients, rate in (("1", 90), ("8", 250), ("32", 260)):
        results.add_load("wanwu-int8", clients, load(rate))
        results.add_load("gunicorn", clients, load(rate / 4, p50_ms=40))
        results.add_load("mosec", clients, load(rate / 2, p50_ms=12))
        results.add_load("starlette", clients, load(rate / 1.3, p50_ms=11))
    results.add_load("wanwu-int8", "80%", load(208))
    results.add_load("wanwu-int8", "80% evenly", load(208))
    results.add_load("wanwu-int8", "1000", load(255, memory_mb=300))
    results.add_engine("ceiling", "int8", {
        "onednn": {"1": 400, "8": 410}, "lanes_only": {"1": 396, "8": 390},
        "loop": {"images_per_s": 300}})
    results.add_engine("openvino", "int8", {"1": 360, "8": 400})
    results.add_overload("10 ×, 0.25 s, ordinary, unary", {
        "of_capacity": 0.8, "of_what_is_left": 0.96, "for_nobody": 0.02,
        "refusal_ms": 0.04})
    results.add_overload("2 ×, 0.25 s, ordinary, unary",
                         {"of_what_is_left": 0.97})
    results.start.update({"first_s": 3.1, "again_s": 0.6})
    return results


def target(results, what):
    every = [each for each, _ in headline(results)] + judge(results)
    (found,) = [each for each in every if each.what.startswith(what)]
    return found.figure, found.met


@pytest.mark.parametrize("what, figure, met", [
    # 260 of 300 × 0.9, as the load generator had a tenth of the CPUs.
    ("answers/s to 32 clients", "0.963", True),
    ("answers/s, times those of Flask", "4", False),
    ("int8, times the fastest OpenVINO service", "1.3", True),
    ("int8, p50 at one client, of the best", "0.909", True),
    ("99 of 100 answers at 80 %", "3.12", True),
    ("int8, p99 at 80 % of saturation that comes at random", "3.12", True),
    ("int8, p50 at one client beyond decode", "0.4 ms", True),
    ("int8, 10 ×, 0.25 s, ordinary, unary: answered", "0.96", True),
    ("int8, 10 ×, 0.25 s, ordinary, unary: work for nobody", "2 %", False),
    ("int8, 10 ×, 0.25 s, ordinary, unary: CPU", "0.04 ms", True),
    ("int8 lanes, batch 1, of oneDNN", "0.99", True),
    ("int8 lanes, batch 8, of oneDNN", "0.951", False),
    ("int8 lanes, batch 1, of OpenVINO", "1.1", True),
    ("int8, 1000 clients, of 32", "0.981", True),
    ("int8, 1000 clients, errors", "0", True),
    ("int8, 1000 clients, memory", "100 MB", True),
    ("start to SERVING, batch times known", "0.6 s", True),
    ("memory with 32 clients", "200 MB", True),
    ("answers within 250 ms under twice the load", "0.97", True),
])
def test_figure_and_verdict(results, what, figure, met):
    assert target(results, what) == (figure, met)


def test_what_is_missing_is_said(results):
    for what in ("bf16 at 32 clients", "fp32, times the Gunicorn",
                 "bf16 lanes, batch 8, times fp32"):
        assert target(results, what) == ("not measured", None)


def test_an_empty_round_judges_nothing():
    results = Results()
    results.begin_round()
    assert {each.met for each in judge(results)} == {None}

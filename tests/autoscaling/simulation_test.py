"""The simulator against what was measured, against itself one request at a
time, and the manifests' autoscalers against what docs/autoscaling.md says."""

import os

import pytest

import autoscalers
import catalogue
import figures
import scenarios
from engines import Flow, Outcome, erlang_c
from fleet import Fleet
from hpa import DEFAULT_DOWN, DEFAULT_UP, Policy, Rules
from simulation import play

PAGE = (autoscalers.REPO / "docs/autoscaling.md").read_text()
FULL = os.environ.get("WANWU_FULL") == "1"
CASES = [case for case in catalogue.CASES if case.quick or FULL]
SETTINGS = autoscalers.Settings(
    2, 40, (autoscalers.Metric("cpu", 60),
            autoscalers.Metric("pods", 0.05, "wait_seen")))


def test_erlangs_formula():
    """Two lanes at 50 and 80 %, as in any table; one lane waits as it works."""
    assert erlang_c(1, 0.7) == pytest.approx(0.7)
    assert erlang_c(2, 0.5) == pytest.approx(1 / 3)
    assert erlang_c(2, 0.8) == pytest.approx(0.7111, abs=1e-4)


# docs/benchmark-results.md, "Under a load that does not wait", int8: the spread
# of three rounds of three seconds.
@pytest.mark.parametrize("rate, least, most", [
    (101, 30, 62), (165, 67.2, 114), (181, 135, 792)])
def test_p99_is_as_measured_on_two_cpus(rate, least, most):
    """A little low at half load: on two CPUs the load generator works, too."""
    outcome, fleet = Outcome(), Fleet(1)
    engine = Flow(2, deadline=60)
    for now in range(60):
        engine.serve(now, rate, fleet.groups, outcome)
    assert least <= 1e3 * outcome.percentile(0.99) <= most


def test_more_than_it_can_do_is_answered_as_measured():
    """docs/reliability.md: ten times the load, deadline of 250 ms: 0.67 of C,
    p99 of 235 ms."""
    outcome, fleet = Outcome(), Fleet(1)
    engine = Flow(2, deadline=0.25)
    for now in range(60):
        engine.serve(now, 10 * engine.rate, fleet.groups, outcome)
    assert outcome.answered / 60 / engine.rate == pytest.approx(0.67, abs=0.03)
    assert 0.15 < outcome.percentile(0.99) < 0.25


def test_flow_says_what_single_requests_do():
    crowd = scenarios.flash_crowd(200, 3, begin=300, lasting=240, seconds=900)
    flow = play(crowd, SETTINGS, 2)
    single = play(crowd, SETTINGS, 2, one_by_one=True)
    assert flow.goodput == pytest.approx(single.goodput, abs=0.01)
    assert flow.p99 == pytest.approx(single.p99, rel=0.3)
    assert flow.pod_hours == pytest.approx(single.pod_hours, rel=0.15)
    assert flow.outcome.worst_minute() == pytest.approx(
        single.outcome.worst_minute(), abs=0.1)


def test_lost_pods_are_missing_until_they_are_evicted():
    fleet = Fleet(6)
    fleet.lose(0, 2)
    fleet.advance(100)
    assert fleet.cpu(100, 4000).missing == 2
    later = figures.NODE_GRACE + figures.EVICTION
    fleet.advance(later)
    groups = fleet.cpu(later, 4000)
    assert (groups.counted, groups.unready, groups.missing) == (4, 2, 0)
    assert fleet.replicas == 6


def test_callers_come_to_a_new_pod_by_and_by():
    fleet = Fleet(4)
    fleet.resize(0, 5)
    new = fleet.groups[-1]
    assert new.weight(figures.TO_READY - 1) == 0
    assert 0 < new.weight(figures.TO_READY + 10) < 0.5
    assert new.weight(120) == 1
    # And the newest goes first.
    fleet.resize(130, 4)
    assert new not in fleet.groups


def test_manifests_are_read():
    own = autoscalers.from_hpa()
    keda = autoscalers.from_keda()
    assert [metric.kind for metric in own.metrics] == ["pods", "cpu"]
    assert [metric.kind for metric in keda.metrics] == [
        "external", "external_usage"]
    assert (own.up, own.down) == (keda.up, keda.down)
    assert own.up == Rules(0, (Policy("Percent", 100, 15),
                               Policy("Pods", 4, 15)))
    assert autoscalers.rules(None, DEFAULT_UP) == DEFAULT_UP
    assert autoscalers.rules({"policies": []}, DEFAULT_DOWN) == DEFAULT_DOWN


def test_keda_itself_decides_between_none_and_one():
    """Its defaults: polls every 30 s, cools down for 300 s."""
    keda = autoscalers.KedaActivation()
    assert keda.decide(0, 0, 0) == 0
    assert keda.decide(15, 0, 5) == 0  # it does not look
    assert keda.decide(30, 0, 5) == 1
    replicas = 1
    for now in range(60, 330, 30):
        replicas = keda.decide(now, replicas, 0)
    assert replicas == 1
    assert keda.decide(330, 1, 0) == 0


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_manifests_keep_what_the_page_promises(case):
    cells = []
    for scaler in catalogue.SCALERS:
        played = case.play(scaler)
        assert played.goodput >= case.promise.goodput
        assert 1e3 * played.p99 <= case.promise.p99_ms
        if case.promise.back_s:
            assert played.recovery(1200) <= case.promise.back_s
        assert played.most <= case.most
        cells.append(catalogue.cell(case, played))
    # Else: tests/autoscaling/study.py
    assert catalogue.row(case, cells) in PAGE.splitlines()

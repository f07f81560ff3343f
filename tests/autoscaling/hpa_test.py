"""By the examples of Kubernetes' own documentation: "Horizontal Pod
Autoscaling" (algorithm details, configurable scaling behaviour), and the test
cases of replica_calculator_test.go."""

import pytest

from hpa import (DEFAULT_DOWN, DEFAULT_UP, Behaviour, PodGroups, Policy, Rules,
                 external_replicas, largest, pods_metric_replicas,
                 utilization_replicas)

AT_ONCE = Rules(0, DEFAULT_DOWN.policies)


def of(each_milli, count, **others):
    return PodGroups(each_milli * count, count, **others)


@pytest.mark.parametrize("value, wanted", [
    (200, 8),  # "the number of replicas will be doubled"
    (50, 2),  # "you'll halve the number of replicas"
    (100, 4), (110, 4), (90, 4),  # "sufficiently close to 1.0"
    (111, 5), (89, 4), (75, 3),
])
def test_documented_ratio(value, wanted):
    assert pods_metric_replicas(4, of(value, 4), 100) == wanted


def test_fifty_pods_at_90_of_75_percent():
    """The example of "HorizontalPodAutoscaler configurable tolerance"."""
    assert utilization_replicas(50, of(900, 50), 1000, 75) == 60


def test_missing_pods_dampen_what_changes():
    # Up: as if they used nothing; 3 of 4 at 200 of 100 are 150 on average.
    assert pods_metric_replicas(4, of(200, 3, missing=1), 100) == 6
    # Down: as if they used the target, or all that they request.
    assert pods_metric_replicas(4, of(25, 3, missing=1), 100) == 2
    assert utilization_replicas(4, of(125, 3, missing=1), 1000, 50) == 3


def test_unready_pods_dampen_only_growth():
    assert pods_metric_replicas(4, of(300, 2, unready=2), 100) == 6
    assert pods_metric_replicas(4, of(50, 2, unready=2), 100) == 1


def test_nothing_happens_where_the_correction_turns_the_direction():
    assert utilization_replicas(4, of(150, 1, missing=3), 1000, 100) == 4
    assert pods_metric_replicas(4, of(120, 1, unready=3), 100) == 4


# As in replica_calculator_test.go: 3 pods of 1 CPU.
@pytest.mark.parametrize("name, groups, target, current, wanted", [
    ("ScaleUp", PodGroups(300 + 500 + 700, 3), 30, 3, 5),
    ("ScaleUpUnreadyLessScale", PodGroups(500 + 700, 2, unready=1), 30, 3, 4),
    ("ScaleUpUnreadyNoScale", PodGroups(400, 1, unready=2), 30, 3, 3),
    ("ScaleDown", PodGroups(100 + 300 + 500 + 250 + 250, 5), 50, 5, 3),
    ("MissingMetricsNoChangeEqual", PodGroups(1000, 1, missing=1), 100, 2, 2),
    ("MissingMetricsUnreadyScaleDown",
     PodGroups(100 + 100, 2, unready=1, missing=1), 50, 4, 3),
])
def test_calculators_own_cases(name, groups, target, current, wanted):
    assert utilization_replicas(current, groups, 1000, target) == wanted, name


def test_one_figure_for_all_pods():
    """GetExternalPerPodMetricReplicas"""
    assert external_replicas(3, 8600, 2150) == 4
    assert external_replicas(5, 8600, 2867) == 3
    # Within the tolerance nothing changes, though 5 would be the next number.
    assert external_replicas(4, 9000, 2150) == 4


def test_largest_wins_and_unknown_ones_prevent_less():
    assert largest(4, [3, 6]) == 6
    assert largest(4, [None, 6]) == 6
    assert largest(4, [None, 3]) is None
    assert largest(4, [None, None]) is None


def test_scale_down_waits_for_the_highest_of_its_window():
    behaviour = Behaviour(1, 20)
    assert behaviour.decide(0, 10, 10) == 10
    for now in range(15, 300, 15):
        assert behaviour.decide(now, 10, 5) == 10
    assert behaviour.decide(300, 10, 5) == 5


def test_scale_up_waits_for_the_lowest_of_its_window():
    behaviour = Behaviour(1, 20, up=Rules(60, DEFAULT_UP.policies))
    assert behaviour.decide(0, 4, 4) == 4
    for now in (15, 30, 45):
        assert behaviour.decide(now, 4, 8) == 4
    assert behaviour.decide(60, 4, 8) == 8


def test_documented_policies_for_scaling_down():
    """80 replicas, down to 10: a tenth a minute, below 40 four pods."""
    rules = Rules(0, (Policy("Pods", 4, 60), Policy("Percent", 10, 60)))
    behaviour = Behaviour(1, 100, down=rules)
    replicas, seen = 80, [80]
    for now in range(0, 60 * 60, 60):
        replicas = behaviour.decide(now, replicas, 10)
        seen.append(replicas)
    assert seen[1:3] == [72, 64]
    # "when the number of replicas falls below 40 … 4 replicas will be reduced"
    below = [n for n in seen if 10 < n < 40]
    assert all(a - b == 4 for a, b in zip(below, below[1:]))
    assert seen[-1] == 10


def test_policies_count_what_their_period_has_seen():
    behaviour = Behaviour(1, 100, up=DEFAULT_UP)
    assert behaviour.decide(0, 10, 100) == 20
    assert behaviour.decide(5, 20, 100) == 20
    assert behaviour.decide(15, 20, 100) == 40


def test_few_pods_grow_by_four():
    assert Behaviour(1, 100).decide(0, 1, 50) == 5


def test_bounds_hold():
    behaviour = Behaviour(3, 6, down=AT_ONCE)
    assert behaviour.decide(0, 5, 50) == 6
    assert behaviour.decide(15, 6, 1) == 3
    assert behaviour.decide(30, 2, None) == 3
    assert behaviour.decide(45, 9, None) == 6
    assert behaviour.decide(60, 5, None) == 5

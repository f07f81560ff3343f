"""Asking results for figures, rounds and ratios."""

from run.results import Results, Spread, ratios


def results_of(*rounds):
    """Of one service: each round is {load: rate}."""
    results = Results()
    for loads in rounds:
        results.begin_round()
        for load, rate in loads.items():
            results.add_load("wanwu-int8", load, {"rate": rate})
    return results


def test_spread_is_median_least_and_most():
    assert Spread.of([3, 1, 2]) == Spread(2, 1, 3)


def test_spread_leaves_out_what_is_missing():
    assert Spread.of([None, 4]) == Spread(4, 4, 4)
    assert Spread.of([None]) is None


def test_ratios_are_taken_round_by_round():
    assert ratios([10, 30], [5, 10]) == [2, 3]


def test_ratio_to_what_is_missing_or_nought_is_missing():
    assert ratios([1, None, 1], [None, 1, 0]) == [None, None, None]


def test_load_gives_one_value_per_round():
    results = results_of({"8": 10.0}, {})
    assert results.load("wanwu-int8", "8", "rate") == [10.0, None]


def test_saturation_is_the_best_of_the_closed_loops_in_each_round():
    results = results_of({"1": 1, "8": 9, "32": 8, "1000": 99},
                         {"1": 1, "8": 7, "32": 8}, {"8": 5})
    assert results.saturation("wanwu-int8") == [9, 8, 5]


def test_engine_figures_lie_at_a_path():
    results = Results()
    results.begin_round()
    results.add_engine("ceiling", "int8", {"onednn": {"1": 443.1}})
    assert results.engine("ceiling", "int8", "onednn", "1") == [443.1]
    assert results.engine("ceiling", "int8", "loop", "decode_ms") == [None]
    assert results.engine("openvino", "int8", "1") == [None]

"""Judging by the median."""

from run.target import at_least, at_most


def test_the_median_decides():
    target = at_least("speed", 5, [4, 6, 7])
    assert (target.aim, target.figure, target.met) == ("≥ 5", "6 (4–7)", True)
    assert at_least("speed", 5, [4, 4.9, 7]).met is False


def test_the_limit_itself_is_met():
    assert at_most("start", 1, [1], " s").met
    assert not at_most("start", 1, [1.01], " s").met


def test_what_was_not_measured_is_neither_met_nor_missed():
    target = at_most("start", 1, [None])
    assert (target.figure, target.met) == ("not measured", None)

"""The five best classes."""

import numpy

from classes import best_classes


def test_best_come_first_with_softmax_probabilities():
    logits = numpy.array([0, 3, 1, 2, -1, -2, 0.5])
    best = best_classes(logits, list("abcdefg"))
    assert [each["label"] for each in best] == ["b", "d", "c", "g", "a"]
    softmax = numpy.exp(logits) / numpy.exp(logits).sum()
    numpy.testing.assert_allclose(
        [each["probability"] for each in best],
        sorted(softmax, reverse=True)[:5])

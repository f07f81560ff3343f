"""Accuracy figures and the bound."""

import pytest
import torch

from export.accuracy import (Accuracy, measure, split_in_two, within_bound)

LOGITS = torch.tensor([[9.0, 1, 0, 0, 0, 0], [1, 9, 2, 3, 4, 5],
                       [0, 1, 2, 3, 4, 5]])


def test_counts_first_and_five_best():
    got = measure(LOGITS, torch.tensor([0, 0, 0]))
    assert got.top1 == pytest.approx(1 / 3)
    assert got.top5 == pytest.approx(1 / 3)
    assert measure(LOGITS, torch.tensor([0, 2, 1])).top5 == 1


def test_unlabelled_pictures_give_agreement_only():
    got = measure(LOGITS, None, LOGITS.flip(0))
    assert got.manifest() == {"agreement": pytest.approx(1 / 3, abs=1e-4)}


@pytest.mark.parametrize("top1,agreement,allowed", [
    (0.75, 0.96, True), (0.745, 0.96, True), (0.744, 0.99, False),
    (0.76, 0.959, False)])
def test_bound_needs_both_top1_and_agreement(top1, agreement, allowed):
    fp32 = Accuracy(0.75, 0.9)
    assert within_bound(fp32, Accuracy(top1, 0.9, agreement)) == allowed


def test_bound_without_labels_is_the_agreement():
    nothing = Accuracy(None, None)
    assert within_bound(nothing, Accuracy(None, None, 0.97))
    assert not within_bound(nothing, Accuracy(None, None, 0.95))


def test_split_is_even_disjoint_and_repeatable():
    first, second = split_in_two(11)
    assert sorted(torch.cat([first, second]).tolist()) == list(range(11))
    assert len(first) == 5
    assert torch.equal(first, split_in_two(11)[0])

"""What the tests of the Open Inference Protocol's clients have in common."""

import numpy as np
import pytest

import calls
import oip_programs
from environment import PATIENCE
from stubs import pb


@pytest.fixture(scope="module")
def model(server):
    return server.classifier.GetModel(pb.GetModelRequest(), timeout=PATIENCE)


@pytest.fixture(scope="module")
def folder(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("oip") / "pictures"
    oip_programs.write_pictures(path, model)
    return path


@pytest.fixture(scope="module")
def files(folder):
    return sorted(folder.glob("*.picture"))


@pytest.fixture(scope="module")
def answers(server, files):
    """What our own API says."""
    return [calls.classify(server.classifier, path.read_bytes())
            for path in files]


def assert_best_three(rows, answers):
    """Rows of "probability:index:label" against what our own API says. Batches
    may differ, and with them the last digits of floating-point sums."""
    for row, answer in zip(rows, answers, strict=True):
        best = answer.classifications[:3]
        probabilities, indices, labels = zip(
            *(text.split(":", 2) for text in row))
        assert [int(index) for index in indices] == [
            each.index for each in best]
        assert list(labels) == [each.label for each in best]
        np.testing.assert_allclose([float(each) for each in probabilities],
                                   [each.probability for each in best],
                                   atol=2e-3)

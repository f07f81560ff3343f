"""Broken pictures get their error and disturb nobody in their batch."""

import random

import numpy as np
import pytest

import batch_times
import pictures
import service_error
from broken_pictures import broken_pictures
from calls import (classify, classify_concurrently, classify_stream,
                   probabilities)
from environment import SANITIZED
from server_process import ServerProcess

GOOD = 60 if SANITIZED else 400
DIFFERENT = 20 if SANITIZED else 100
TOLERANCE = 1e-3


@pytest.fixture(scope="module")
def server(repository, measured_state):
    """With large batches, so that every broken picture has batch mates."""
    batch_times.replace_times(measured_state, batch_times.LARGE_BATCHES_PAY)
    batching = ServerProcess(f"--model_repository={repository}",
                             f"--state_dir={measured_state}")
    try:
        yield batching.wait_until_serving()
        batching.stop()
    finally:
        batching.close()


@pytest.fixture(scope="module")
def good():
    found = pictures.shared_pictures() or pictures.photographs()
    missing = max(0, DIFFERENT - len(found))
    return (found + pictures.generated_pictures(missing))[:DIFFERENT]


@pytest.fixture(scope="module")
def alone(server, good):
    """The probabilities of each good picture sent by itself."""
    return [probabilities(classify(server.classifier, picture.encoded))
            for picture in good]


@pytest.fixture(scope="module")
def mixture(good):
    """(index of a good picture, or a broken one), mixed by chance."""
    mixed = [i % len(good) for i in range(GOOD)] + broken_pictures()
    random.Random(1).shuffle(mixed)
    return mixed


def encoded(mixture, good):
    return [good[entry].encoded if isinstance(entry, int) else entry.encoded
            for entry in mixture]


def expect_each_its_own(mixture, results, alone):
    for entry, result in zip(mixture, results):
        refused = isinstance(result, service_error.ServiceError)
        if isinstance(entry, int):
            assert not refused, result
            difference = np.abs(probabilities(result) - alone[entry]).max()
            assert difference < TOLERANCE
        else:
            assert refused, entry.name
            assert (result.code.name, result.reason) == (
                "INVALID_ARGUMENT", entry.reason), entry.name
    sizes = [result.timings.batch_size for entry, result
             in zip(mixture, results) if isinstance(entry, int)]
    assert max(sizes) > 1


def test_64_callers_with_broken_pictures_among_good_ones(server, good, alone,
                                                         mixture):
    results = classify_concurrently(server.classifier, encoded(mixture, good))
    expect_each_its_own(mixture, results, alone)


def test_stream_with_broken_pictures_among_good_ones(server, good, alone,
                                                     mixture):
    results = classify_stream(server.classifier, encoded(mixture, good))
    expect_each_its_own(mixture, results, alone)

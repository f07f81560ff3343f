"""Many pictures through one server."""

import concurrent.futures

import grpc
import numpy as np

import service_error
from environment import PATIENCE
from stubs import pb

ALL_CLASSES = 1000
CONCURRENCY = 64


def request_of(encoded, **fields):
    fields.setdefault("top_k", ALL_CLASSES)
    return pb.ClassifyRequest(image=encoded, **fields)


def classify(classifier, encoded, **fields):
    return classifier.Classify(request_of(encoded, **fields),
                               timeout=PATIENCE)


def classify_concurrently(classifier, pictures):
    """A response or a ServiceError for each of the encoded pictures."""

    def one(encoded):
        try:
            return classify(classifier, encoded)
        except grpc.RpcError as error:
            return service_error.from_call(error)

    with concurrent.futures.ThreadPoolExecutor(CONCURRENCY) as callers:
        return list(callers.map(one, pictures))


def classify_stream(classifier, pictures):
    """The same through one ClassifyBatch stream."""
    requests = (pb.ClassifyBatchRequest(id=str(i), request=request_of(encoded))
                for i, encoded in enumerate(pictures))
    answers = {}
    for answer in classifier.ClassifyBatch(requests, timeout=PATIENCE):
        assert answer.id not in answers, f"{answer.id} was answered twice"
        answers[answer.id] = answer
    assert len(answers) == len(pictures)
    return [result_of(answers[str(i)]) for i in range(len(pictures))]


def result_of(answer):
    if answer.WhichOneof("result") == "error":
        return service_error.from_status(answer.error)
    return answer.response


def probabilities(response):
    """By class index; the response must hold every class."""
    values = np.full(len(response.classifications), np.nan)
    for each in response.classifications:
        values[each.index] = each.probability
    assert not np.isnan(values).any()
    return values


def same_first_class(one, other, tie=1e-4):
    """For arrays of probabilities; near-equal firsts count as the same."""
    return abs(one.max() - one[other.argmax()]) < tie

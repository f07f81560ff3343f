"""Triton over OpenVINO, through nvidia-pytriton: two Python workers.

triton_service.py HTTP_PORT GRPC_PORT METRICS_PORT. A picture is POSTed as it
is to /v2/models/classify/infer with "Inference-Header-Content-Length: 0".
BENCH_PACKAGE names the model package, BENCH_MODEL the OpenVINO model.
"""

import json
import os
import sys

import numpy
from pytriton.model_config import ModelConfig, Tensor
from pytriton.triton import Triton, TritonConfig

from classes import best_classes
from openvino_classifier import OpenVinoClassifier
from package import read_labels
from picture import decode

PROCESSES = 2


class Classifier:
    """One per worker, each a process of its own; made at the first call."""

    def __init__(self):
        self._classifier = None
        self._labels = None

    def __call__(self, requests):
        if self._classifier is None:
            self._classifier = OpenVinoClassifier()
            self._labels = read_labels(os.environ["BENCH_PACKAGE"])
        return [self._answer(request.data["jpeg"]) for request in requests]

    def _answer(self, jpeg):
        logits = self._classifier(decode(jpeg.tobytes())[numpy.newaxis])[0]
        text = json.dumps(best_classes(logits, self._labels))
        return {"classes": numpy.array([text.encode()])}


def serve(http_port, grpc_port, metrics_port):
    config = TritonConfig(http_address="127.0.0.1", http_port=http_port,
                          grpc_address="127.0.0.1", grpc_port=grpc_port,
                          metrics_port=metrics_port, log_verbose=0)
    with Triton(config=config) as triton:
        triton.bind(
            "classify", [Classifier() for _ in range(PROCESSES)],
            inputs=[Tensor(name="jpeg", dtype=numpy.uint8, shape=(-1,))],
            outputs=[Tensor(name="classes", dtype=bytes, shape=(1,))],
            config=ModelConfig(batching=False))
        triton.serve()


if __name__ == "__main__":
    serve(*map(int, sys.argv[1:4]))

"""mosec over OpenVINO: two processes, batches of up to four.

POST /classify takes a JPEG. BENCH_PACKAGE names the model package,
BENCH_MODEL the OpenVINO model; mosec's own options are flags.
"""

import os

import numpy
from mosec import Server, Worker

from classes import best_classes
from openvino_classifier import OpenVinoClassifier
from package import read_labels
from picture import decode

PROCESSES = 2
MAX_BATCH_SIZE = 4
MAX_WAIT_MS = 1


class Classifier(Worker):
    def __init__(self):
        self._labels = read_labels(os.environ["BENCH_PACKAGE"])
        self._classifier = OpenVinoClassifier(MAX_BATCH_SIZE)

    def deserialize(self, data):
        return decode(data)

    def forward(self, data):
        return [best_classes(logits, self._labels)
                for logits in self._classifier(numpy.stack(data))]


if __name__ == "__main__":
    server = Server()
    server.append_worker(Classifier, num=PROCESSES,
                         max_batch_size=MAX_BATCH_SIZE,
                         max_wait_time=MAX_WAIT_MS, route="/classify")
    server.run()

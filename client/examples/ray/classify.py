"""Classifies the pictures of a folder with Ray Data and the Python client.

    python classify.py HOST:PORT FOLDER RESULT

writes a folder of Parquet files with path, label, probability and error.
"""

import sys

import numpy as np
import ray

import wanwu

WORKERS = 2
BATCH = 64
# Of each worker: what its stream holds.
IN_FLIGHT = 16


class Classifier:
    """One per worker, with a connection of its own."""

    def __init__(self, address):
        self._client = wanwu.Client(address)

    def __call__(self, batch):
        count = len(batch["path"])
        labels, errors = [""] * count, [""] * count
        probabilities = np.zeros(count, "float32")
        for answer in self._client.classify_all(
                batch["bytes"], in_flight=IN_FLIGHT, top_k=1,
                priority="bulk"):
            if answer.error is not None:
                errors[answer.index] = str(answer.error)
            else:
                best = answer.result.top
                labels[answer.index] = best.label
                probabilities[answer.index] = best.probability
        return {"path": batch["path"], "label": np.array(labels),
                "probability": probabilities, "error": np.array(errors)}


def main(address, folder, result):
    files = ray.data.read_binary_files(folder, include_paths=True)
    files.map_batches(
        Classifier, fn_constructor_args=[address], batch_size=BATCH,
        compute=ray.data.ActorPoolStrategy(size=WORKERS),
        # They wait for the server. With a CPU each, they could take all of
        # them, and nothing would read files.
        num_cpus=0.1,
    ).write_parquet(result)


if __name__ == "__main__":
    main(*sys.argv[1:])

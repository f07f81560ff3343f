"""A model of openvino_model.py, one thread per process."""

import os

import openvino

from picture import SIDE

# Several processes: OpenVINO would pin all of them to the same core.
ONE_THREAD = {
    "PERFORMANCE_HINT": "LATENCY",
    "NUM_STREAMS": 1,
    "INFERENCE_NUM_THREADS": 1,
    "ENABLE_CPU_PINNING": False,
}


class OpenVinoClassifier:
    """For one thread."""

    def __init__(self, max_batch_size=1):
        model = openvino.Core().read_model(os.environ["BENCH_MODEL"])
        self._requests = {}
        # Compiled for each size: fixed shapes are faster than free ones.
        for size in range(1, max_batch_size + 1):
            model.reshape([size, SIDE, SIDE, 3])
            compiled = openvino.Core().compile_model(model, "CPU", ONE_THREAD)
            self._requests[size] = compiled.create_infer_request()

    def __call__(self, batch):
        """uint8 [n,224,224,3] to logits [n,1000]."""
        request = self._requests[len(batch)]
        return request.infer([batch], share_inputs=True)[0]

"""OpenVINO alone: pictures per second with nothing around it.

openvino_engine.py SECONDS PRECISION MODEL prints {BATCH: pictures/s} as JSON.
Two streams of one thread each, always one request per stream more waiting.
What of MODEL is in float runs in PRECISION, f32 or bf16: left alone, OpenVINO
takes bf16 wherever the CPU has it, also for fp32 models.
"""

import json
import sys
import time

import numpy
import openvino

from picture import SIDE

STREAMS = 2
BATCHES = (1, 8)
SETTINGS = {
    "PERFORMANCE_HINT": "THROUGHPUT",
    "NUM_STREAMS": STREAMS,
    "INFERENCE_NUM_THREADS": STREAMS,
}
WARM_UP_S = 0.3


def pictures_per_second(file, precision, batch, seconds):
    core = openvino.Core()
    model = core.read_model(file)
    model.reshape([batch, SIDE, SIDE, 3])
    queue = openvino.AsyncInferQueue(
        core.compile_model(model, "CPU", {
            **SETTINGS, "INFERENCE_PRECISION_HINT": precision}), 2 * STREAMS)
    pixels = numpy.random.default_rng(1).integers(
        0, 256, (batch, SIDE, SIDE, 3), numpy.uint8)
    for request in queue:
        request.set_input_tensor(openvino.Tensor(pixels, shared_memory=True))
    rate(queue, WARM_UP_S)
    return batch * rate(queue, seconds)


def rate(queue, seconds):
    count = 0
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds:
        queue.start_async()
        count += 1
    queue.wait_all()
    return count / (time.perf_counter() - begin)


def main():
    seconds, precision, model = sys.argv[1:]
    print(json.dumps({
        batch: round(pictures_per_second(model, precision, batch,
                                         float(seconds)), 1)
        for batch in BATCHES}))


if __name__ == "__main__":
    main()

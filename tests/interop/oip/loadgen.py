"""MLPerf LoadGen against the protocol.

loadgen.py SCENARIO MODE ADDRESS MODEL FOLDER OUT SECONDS: scenario Server or
Offline, mode Performance or Accuracy. What the server can do is measured first;
Server offers it a third of that. The samples are FOLDER's
*.picture files, the answers are their best classes; LoadGen's logs go to OUT.
Prints as JSON what LoadGen says, and for Accuracy each sample's class.
"""

import json
import pathlib
import struct
import sys
import threading
import time

import mlperf_loadgen as lg
import numpy as np
import tritonclient.grpc as triton

# Unanswered requests, so that the server's queue is never full.
IN_FLIGHT = 64
# Of the Server scenario, generous for a machine that others use, too.
LATENCY_NS = 5_000_000_000
LATENCY_PERCENTILE = 0.9
# With fewer LoadGen is not sure of its percentile.
QUERIES = 100
OFFERED = 1 / 3
# What Offline is told to expect, so that it lasts as long as it should.
EXPECTED = 2
ROUNDS = 6


class Service:
    """The system under test, and the samples."""

    def __init__(self, address, model, paths):
        self._client = triton.InferenceServerClient(address)
        self._model = model
        self._paths = paths
        self._inputs = {}
        self._room = threading.Semaphore(IN_FLIGHT)
        self._wanted = [triton.InferRequestedOutput("logits", class_count=1)]
        self.errors = []

    def load(self, samples):
        for i in samples:
            tensor = triton.InferInput("image", [1, 1], "BYTES")
            tensor.set_data_from_numpy(
                np.array([[self._paths[i].read_bytes()]], dtype=object))
            self._inputs[i] = [tensor]

    def unload(self, samples):
        for i in samples:
            self._inputs.pop(i, None)

    def rate(self):
        """Pictures a second, with all that may be in flight."""
        inputs = [self._inputs[i % len(self._paths)]
                  for i in range(ROUNDS * len(self._paths))]
        ended = threading.Semaphore(0)
        start = time.monotonic()
        for each in inputs:
            self._room.acquire()  # pylint: disable=consider-using-with
            self._client.async_infer(
                self._model, each, lambda result, error:
                (self._room.release(), ended.release()), outputs=self._wanted)
        for _ in inputs:
            ended.acquire()  # pylint: disable=consider-using-with
        return len(inputs) / (time.monotonic() - start)

    def issue(self, queries):
        for query in queries:
            self._room.acquire()  # pylint: disable=consider-using-with
            self._client.async_infer(
                self._model, self._inputs[query.index],
                lambda result, error, query=query: self._done(
                    query, result, error), outputs=self._wanted)

    def _done(self, query, result, error):
        self._room.release()
        best = -1
        if error is None:
            text = result.as_numpy("logits").reshape(-1)[0].decode()
            best = int(text.split(":")[1])
        else:
            self.errors.append(str(error))
        answer = np.array(struct.pack("<i", best))
        data = np.frombuffer(answer.tobytes(), dtype=np.uint8)
        lg.QuerySamplesComplete([lg.QuerySampleResponse(
            query.id, data.ctypes.data, data.nbytes)])


def settings_of(scenario, mode, seconds, rate):
    settings = lg.TestSettings()
    settings.scenario = getattr(lg.TestScenario, scenario)
    settings.mode = getattr(lg.TestMode, f"{mode}Only")
    settings.min_duration_ms = int(seconds * 1000)
    settings.min_query_count = 1
    if scenario == "Server":
        settings.min_query_count = QUERIES
        settings.server_target_qps = OFFERED * rate
        settings.server_target_latency_ns = LATENCY_NS
        settings.server_target_latency_percentile = LATENCY_PERCENTILE
    else:
        settings.offline_expected_qps = EXPECTED * rate
    return settings


def accuracy_of(out, paths):
    log = json.loads((out / "mlperf_log_accuracy.json").read_text())
    return {paths[each["qsl_idx"]].name:
            struct.unpack("<i", bytes.fromhex(each["data"]))[0]
            for each in log}


def main():
    scenario, mode, address, model, folder, out = sys.argv[1:7]
    seconds = float(sys.argv[7])
    out = pathlib.Path(out)
    paths = sorted(pathlib.Path(folder).glob("*.picture"))
    service = Service(address, model, paths)
    service.load(range(len(paths)))
    rate = service.rate()
    sut = lg.ConstructSUT(service.issue, lambda: None)
    qsl = lg.ConstructQSL(len(paths), len(paths), service.load, service.unload)
    logs = lg.LogOutputSettings()
    logs.outdir = str(out)
    logs.copy_summary_to_stdout = False
    log_settings = lg.LogSettings()
    log_settings.log_output = logs
    lg.StartTestWithLogSettings(
        sut, qsl, settings_of(scenario, mode, seconds, rate), log_settings)
    lg.DestroyQSL(qsl)
    lg.DestroySUT(sut)
    told = {"errors": service.errors[:3],
            "summary": (out / "mlperf_log_summary.txt").read_text()}
    if mode == "Accuracy":
        told["classes"] = accuracy_of(out, paths)
    json.dump(told, sys.stdout)


main()

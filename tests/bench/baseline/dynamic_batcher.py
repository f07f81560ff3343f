"""Joins what threads ask for at the same time into batches."""

import queue
import threading
from concurrent.futures import Future


class DynamicBatcher:
    """Runs `infer` (list of inputs -> sequence of outputs) on one thread.

    It never waits for a batch to fill: while one runs, the next one gathers.
    """

    def __init__(self, infer, max_batch_size):
        self._infer = infer
        self._max_batch_size = max_batch_size
        self._waiting = queue.SimpleQueue()
        threading.Thread(target=self._run, daemon=True).start()

    def __call__(self, item):
        """The output for `item`; raises what `infer` raised."""
        future = Future()
        self._waiting.put((item, future))
        return future.result()

    def _run(self):
        while True:
            batch = [self._waiting.get()]
            while len(batch) < self._max_batch_size:
                try:
                    batch.append(self._waiting.get_nowait())
                except queue.Empty:
                    break
            self._answer(*zip(*batch))

    def _answer(self, items, futures):
        try:
            outputs = self._infer(items)
        except Exception as error:  # pylint: disable=broad-except
            for future in futures:
                future.set_exception(error)
            return
        for future, output in zip(futures, outputs):
            future.set_result(output)

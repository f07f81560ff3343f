"""HTTP callers of gateways that go on while gateways come and go."""

import collections
import http.client
import random
import select
import threading
import time

from environment import PATIENCE

# Between two looks at whether gateways are ready, in seconds.
LOOK_AGAIN = 0.1
# Calls under way at a time, at most.
MOST_CALLERS = 64


class Gateway:
    """One of several addresses, and the connections to it that wait."""

    def __init__(self, port):
        self.port = port
        self.ready = True
        self.times_not_ready = 0
        self.idle = []

    def connect(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                timeout=PATIENCE)
        connection.connect()
        return connection

    def close(self):
        for connection in self.idle:
            connection.close()
        self.idle.clear()


def was_dropped(connection):
    """As clients look before they use a connection again."""
    return bool(select.select([connection.sock], [], [], 0)[0])


class HttpLoad:
    """POSTs at random times, each to the next gateway that is ready.

    What has been sent is never sent again: a POST that came to nothing may
    have been done. Only where nobody listens the next gateway is tried.
    """

    def __init__(self, ports, rate, picture, keep_alive):
        self._gateways = [Gateway(port) for port in ports]
        self._rate = rate
        self._picture = picture
        self._keep_alive = keep_alive
        self._lock = threading.Lock()
        self._next = 0
        self._stopped = threading.Event()
        self._ends = collections.Counter()
        self._callers = threading.Semaphore(MOST_CALLERS)
        self._calls = []
        self._threads = [threading.Thread(target=work, daemon=True)
                         for work in (self._arrive, self._look)]
        for thread in self._threads:
            thread.start()

    def stop(self):
        """How the calls ended, and how many each way."""
        self._stopped.set()
        for thread in [*self._threads, *self._calls]:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a call never ended"
        for gateway in self._gateways:
            gateway.close()
        return self._ends

    def times_not_ready(self):
        """How often a gateway was found not to be ready."""
        return sum(gateway.times_not_ready for gateway in self._gateways)

    def _arrive(self):
        arrivals = random.Random(1)
        due = time.monotonic()
        while True:
            due += arrivals.expovariate(self._rate)
            if self._stopped.wait(max(0, due - time.monotonic())):
                return
            self._calls.append(threading.Thread(target=self._call,
                                                daemon=True))
            self._calls[-1].start()

    def _look(self):
        while not self._stopped.wait(LOOK_AGAIN):
            for gateway in self._gateways:
                gateway.ready = self._is_ready(gateway)
                gateway.times_not_ready += not gateway.ready

    def _is_ready(self, gateway):
        try:
            connection = gateway.connect()
        except ConnectionRefusedError:
            return False
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (http.client.HTTPException, OSError):
            return False
        finally:
            connection.close()

    def _choose(self, tried):
        with self._lock:
            left = [g for g in self._gateways if g not in tried]
            ready = [g for g in left if g.ready] or left
            self._next += 1
            return ready[self._next % len(ready)] if ready else None

    def _call(self):
        with self._callers:
            end = self._end_of_call()
        with self._lock:
            self._ends[end] += 1

    def _end_of_call(self):
        tried = []
        while (gateway := self._choose(tried)) is not None:
            try:
                connection = self._connection(gateway)
            except ConnectionRefusedError:
                tried.append(gateway)
                continue
            return self._ask(gateway, connection)
        return "nobody listens"

    def _connection(self, gateway):
        while True:
            with self._lock:
                connection = gateway.idle.pop() if gateway.idle else None
            if connection is None:
                return gateway.connect()
            if not was_dropped(connection):
                return connection
            connection.close()

    def _ask(self, gateway, connection):
        headers = {} if self._keep_alive else {"Connection": "close"}
        try:
            connection.request("POST", "/v1/classify", self._picture, headers)
            response = connection.getresponse()
            response.read()
        except (http.client.HTTPException, OSError) as error:
            connection.close()
            return f"lost: {type(error).__name__} {error}"
        if response.will_close:
            connection.close()
        else:
            with self._lock:
                gateway.idle.append(connection)
        return response.status

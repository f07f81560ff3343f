"""Receivers of spans: OTLP's official definitions, over gRPC and over HTTP."""

import concurrent.futures
import http.server
import json
import threading
import time

import grpc

from environment import PATIENCE
from stubs import otlp_pb, otlp_pb_grpc


class Span:
    """One span with what its resource says, however it came."""

    def __init__(self, message, service):
        self.service = service
        self.name = message.name
        self.kind = message.kind
        self.trace = message.trace_id.hex()
        self.id = message.span_id.hex()
        self.parent = message.parent_span_id.hex()
        self.state = message.trace_state
        self.start = message.start_time_unix_nano
        self.end = message.end_time_unix_nano
        self.status = message.status.code
        self.links = [(link.trace_id.hex(), link.span_id.hex())
                      for link in message.links]
        self.attributes = {each.key: value_of(each.value)
                           for each in message.attributes}

    def __repr__(self):
        return f"{self.service}:{self.name}({self.id}<{self.parent})"


def value_of(value):
    return getattr(value, value.WhichOneof("value"))


class Receiver:
    """What it was sent, and an address to send it to."""

    def __init__(self):
        self._requests = []
        self._changed = threading.Condition(threading.RLock())

    def take(self, request):
        with self._changed:
            self._requests.append(request)
            self._changed.notify_all()

    def resources(self):
        with self._changed:
            return [{each.key: value_of(each.value)
                     for each in part.resource.attributes}
                    for request in self._requests
                    for part in request.resource_spans]

    def spans(self):
        with self._changed:
            requests = list(self._requests)
        found = []
        for request in requests:
            for part in request.resource_spans:
                service = next(each.value.string_value
                               for each in part.resource.attributes
                               if each.key == "service.name")
                for scope in part.scope_spans:
                    found += [Span(span, service) for span in scope.spans]
        return found

    def wait_for(self, enough):
        """All spans, once `enough` of them says so."""
        limit = time.monotonic() + PATIENCE
        with self._changed:
            while not enough(self.spans()):
                left = limit - time.monotonic()
                assert left > 0, self.spans()
                self._changed.wait(left)
            return self.spans()


class GrpcReceiver(Receiver):
    def __init__(self, answer=None):
        super().__init__()
        self._server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
        otlp_pb_grpc.add_TraceServiceServicer_to_server(
            _Service(self, answer), self._server)
        port = self._server.add_insecure_port("127.0.0.1:0")
        self.endpoint = f"grpc://127.0.0.1:{port}"
        self._server.start()

    def close(self):
        self._server.stop(None).wait()


class _Service(otlp_pb_grpc.TraceServiceServicer):
    def __init__(self, receiver, answer):
        self._receiver = receiver
        self._answer = answer

    def Export(self, request, context):
        self._receiver.take(request)
        return self._answer or otlp_pb.ExportTraceServiceResponse()


class HttpReceiver(Receiver):
    """Answers with each of `statuses` in turn, then 200."""

    def __init__(self, statuses=()):
        super().__init__()
        receiver = self
        left = list(statuses)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                assert self.path == "/v1/traces", self.path
                assert self.headers["Content-Type"] == "application/x-protobuf"
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = left.pop(0) if left else 200
                if status == 200:
                    receiver.take(
                        otlp_pb.ExportTraceServiceRequest.FromString(body))
                self.send_response(status)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                       Handler)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def spans_of_file(path):
    """As the JSON says, which is not protobuf's: ids are hexadecimal."""
    return [span for line in path.read_text().splitlines()
            for part in json.loads(line)["resourceSpans"]
            for scope in part["scopeSpans"] for span in scope["spans"]]

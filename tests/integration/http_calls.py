"""HTTP requests to the gateway, and its answers taken apart."""

import base64
import dataclasses
import email.message
import http.client
import json

from environment import PATIENCE

LINES = "application/x-ndjson"
EVENTS = "text/event-stream"
BOUNDARY = "----a boundary, e.g. this"


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    headers: email.message.Message
    body: bytes

    @property
    def json(self):
        assert self.headers["Content-Type"] == "application/json", self
        return json.loads(self.body)

    @property
    def results(self):
        assert self.status == 200, self
        return self.json["results"]

    @property
    def lines(self):
        """Of an answer as NDJSON."""
        assert self.headers["Content-Type"] == LINES, self
        assert self.body.endswith(b"\n") or not self.body
        return [json.loads(line) for line in self.body.splitlines()]

    @property
    def events(self):
        """Names and data of server-sent events."""
        assert self.headers["Content-Type"] == EVENTS, self
        *events, rest = self.body.decode().split("\n\n")
        assert rest == ""
        return [parse_event(event) for event in events]


def parse_event(text):
    fields = dict(line.split(": ", 1) for line in text.split("\n"))
    return fields.get("event", ""), json.loads(fields["data"])


def ask(connection, method, path, body=None, headers=None):
    """One request on an open connection, answered in full."""
    connection.request(method, path, body, headers or {})
    return read_answer(connection)


def begin(connection, length, piece=b"", headers=None):
    """A picture or form of `length` bytes, of which just a piece is sent."""
    connection.putrequest("POST", "/v1/classify")
    connection.putheader("Content-Length", str(length))
    for name, value in (headers or {}).items():
        connection.putheader(name, value)
    connection.endheaders(piece)


def read_answer(connection):
    response = connection.getresponse()
    return Answer(response.status, response.headers, response.read())


def ask_once(connection, *request, **options):
    """The same, and the connection is closed."""
    try:
        return ask(connection, *request, **options)
    finally:
        connection.close()


def connect(port, tls=None):
    if tls is not None:
        return http.client.HTTPSConnection("127.0.0.1", port, context=tls,
                                           timeout=PATIENCE)
    return http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)


def form(files, **options):
    """A multipart/form-data body of (file name, content), and its headers.

    Options come first, since they are meant for the files behind them.
    """
    parts = [(f'name="{name}"', str(value).encode())
             for name, value in options.items()]
    parts += [(f'name="file"; filename="{name}"', content)
              for name, content in files]
    pieces = []
    for disposition, content in parts:
        pieces.append(f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
                      f"{disposition}\r\n\r\n".encode())
        pieces.append(content)
        pieces.append(b"\r\n")
    pieces.append(f"--{BOUNDARY}--\r\n".encode())
    headers = {"Content-Type": f'multipart/form-data; boundary="{BOUNDARY}"'}
    return {"body": b"".join(pieces), "headers": headers}


def json_body(document):
    return {"body": json.dumps(document).encode(),
            "headers": {"Content-Type": "application/json"}}


def base64_of(encoded):
    return base64.b64encode(encoded).decode()


def accepting(request, kind):
    """The request with another Accept."""
    return {**request, "headers": {**request["headers"], "Accept": kind}}


def error_info(error):
    """ErrorInfo of an AIP-193 error object."""
    for detail in error["details"]:
        if detail["@type"] == "type.googleapis.com/google.rpc.ErrorInfo":
            return detail
    raise AssertionError(f"no ErrorInfo in {error}")


def expect_error_object(error, code, status, reason, domain="wanwu"):
    assert error.keys() == {"code", "status", "message", "details"}
    assert (error["code"], error["status"]) == (code, status), error
    info = error_info(error)
    assert (info["reason"], info["domain"]) == (reason, domain), error
    assert error["message"]


def expect_error(answer, *expected, domain="wanwu"):
    """That the answer is an error: code, canonical status and reason."""
    assert answer.status == expected[0], answer
    assert answer.json.keys() == {"error"}
    expect_error_object(answer.json["error"], *expected, domain=domain)
    assert answer.headers["X-Request-Id"]

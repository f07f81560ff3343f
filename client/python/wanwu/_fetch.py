"""Pictures from the Web, fetched by this process: servers never do."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import grpc

from .errors import UnreadablePicture

# As many as servers take unless configured otherwise.
MOST_BYTES = 16 << 20
# Seconds: to connect, and between two pieces; and in all, redirects among
# it. Only the look-up of a name takes what the system gives it.
PIECE_TIMEOUT = 10.0
TOTAL_TIMEOUT = 30.0
MOST_REDIRECTS = 5

_PIECE = 64 << 10
_ELSEWHERE = "it leads to something else than http or https"
_Code = grpc.StatusCode


def is_url(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


def fetched(url: str) -> bytes:
    """What is there, which may be no picture. Raises UnreadablePicture."""
    with _Deadline(TOTAL_TIMEOUT) as deadline:
        try:
            request = urllib.request.Request(_ascii(url), headers={
                "User-Agent": "wanwu-python",
                "Accept": "image/*, */*;q=0.5"})
            with _opener(deadline).open(request,
                                        timeout=PIECE_TIMEOUT) as response:
                body = _read(response)
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise (_too_slow() if deadline.passed
                   else _failure(error)) from error
    # A connection that was broken off may look like one that has ended.
    if deadline.passed:
        raise _too_slow()
    page = response.headers.get_content_type() == "text/html"
    if page and body.lstrip(b" \t\r\n\xef\xbb\xbf").startswith(b"<"):
        raise _error(_Code.INVALID_ARGUMENT, "URL_NOT_A_PICTURE",
                     "a web page is there, not a picture; give the "
                     "picture's own address")
    return body


class _Deadline:
    """Breaks connections off that are not through with all in time."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._timer = threading.Timer(seconds, self._pass)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []

    def __enter__(self) -> _Deadline:
        self._timer.start()
        return self

    def __exit__(self, *what: object) -> None:
        self._timer.cancel()
        with self._lock:
            for each in self._watched:
                each.close()

    def watch(self, connection: socket.socket) -> None:
        with self._lock:
            if self.passed:
                raise TimeoutError
            # Of its own, since TLS takes the other one over.
            self._watched.append(connection.dup())

    def _pass(self) -> None:
        with self._lock:
            self.passed = True
            for each in self._watched:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # It has ended by itself.


def _opener(deadline: _Deadline) -> urllib.request.OpenerDirector:
    """For http and https and nothing else, also after redirects."""

    class Http(http.client.HTTPConnection):
        def connect(self) -> None:
            super().connect()
            deadline.watch(self.sock)

    # Its connect calls that of Http before it begins with TLS.
    class Https(http.client.HTTPSConnection, Http):
        pass

    class HttpHandler(urllib.request.HTTPHandler):
        def http_open(self, req: urllib.request.Request) -> Any:
            return self.do_open(Http, req)

    class HttpsHandler(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> Any:
            return self.do_open(Https, req,
                                context=ssl.create_default_context())

    opener = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler(), HttpHandler(),
                    HttpsHandler(), _Redirects(),
                    urllib.request.HTTPDefaultErrorHandler(),
                    urllib.request.HTTPErrorProcessor(),
                    urllib.request.UnknownHandler()):
        opener.add_handler(handler)
    return opener


class _Redirects(urllib.request.HTTPRedirectHandler):
    max_redirections = MOST_REDIRECTS

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str,
                         headers: Any, newurl: str) -> Any:
        if not is_url(newurl):
            raise _error(_Code.INVALID_ARGUMENT, "URL_REFUSED",
                         _ELSEWHERE)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _ascii(url: str) -> str:
    """With what is no ASCII behind the host encoded; what has a % is."""
    parts = urllib.parse.urlsplit(url)
    safe = "/%:=&?~+!$,;'@()*[]"
    return urllib.parse.urlunsplit(
        (parts.scheme, parts.netloc, urllib.parse.quote(parts.path, safe),
         urllib.parse.quote(parts.query, safe), ""))


def _read(response: Any) -> bytes:
    announced = response.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > MOST_BYTES:
        raise _too_large()
    body = bytearray()
    while piece := response.read(_PIECE):
        body += piece
        if len(body) > MOST_BYTES:
            raise _too_large()
    return bytes(body)


def _error(code: grpc.StatusCode, reason: str,
           message: str) -> UnreadablePicture:
    return UnreadablePicture(code, message, reason)


def _too_large() -> UnreadablePicture:
    return _error(_Code.INVALID_ARGUMENT, "URL_TOO_LARGE",
                  f"more than {MOST_BYTES >> 20} MiB are there, which is the "
                  "most that is fetched")


def _too_slow() -> UnreadablePicture:
    return _error(_Code.DEADLINE_EXCEEDED, "URL_TIMEOUT",
                  f"it took too long, more than {TOTAL_TIMEOUT:g} s in all, "
                  f"or {PIECE_TIMEOUT:g} s without a byte")


def _unreachable(what: str, error: object) -> UnreadablePicture:
    return _error(_Code.UNAVAILABLE, "URL_UNREACHABLE", f"{what}: {error}")


def _of_status(status: int) -> UnreadablePicture:
    if status in (404, 410):
        return _error(_Code.NOT_FOUND, "URL_NOT_FOUND",
                      f"nothing is there: HTTP status {status}")
    answer = f"the web server answered with HTTP status {status}"
    if status in (408, 425, 429) or status >= 500:
        return _error(_Code.UNAVAILABLE, "URL_UNREACHABLE", answer)
    if 300 <= status < 400:
        return _error(_Code.INVALID_ARGUMENT, "URL_REFUSED",
                      "it is redirected too often")
    denied = ": access denied" if status in (401, 403) else ""
    return _error(_Code.INVALID_ARGUMENT, "URL_REFUSED", answer + denied)


def _failure(error: Exception) -> UnreadablePicture:
    if isinstance(error, urllib.error.HTTPError):
        # urllib itself refuses most schemes before we are asked.
        if error.code < 400 and "not allowed" in str(error.reason):
            return _error(_Code.INVALID_ARGUMENT, "URL_REFUSED", _ELSEWHERE)
        return _of_status(error.code)
    why = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(why, (TimeoutError, socket.timeout)):
        return _too_slow()
    if isinstance(why, socket.gaierror):
        return _unreachable("the name is not known", why)
    if isinstance(why, ssl.SSLError):
        return _unreachable("no trusted TLS connection", why)
    if isinstance(why, (http.client.InvalidURL, ValueError)):
        return _error(_Code.INVALID_ARGUMENT, "URL_INVALID",
                      f"not a URL: {why}")
    return _unreachable("it could not be fetched", why)

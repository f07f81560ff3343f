"""A web server on this machine that gives pictures, and what is none."""

import http.server
import ssl
import threading
import urllib.parse

import certificates

MIB = 1 << 20
PAGE = b"\n<!DOCTYPE html><title>A cat</title>"


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append((self.path, dict(self.headers)))
        status, headers, body = self.server.pages.get(
            urllib.parse.unquote(self.path), (404, {}, b"not here"))
        if body is STALL:
            # Until the client leaves.
            self.rfile.read(1)
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers and (
                "Transfer-Encoding" not in headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass  # The client had enough.

    def log_message(self, *what):
        pass


# As a body: no answer comes.
STALL = object()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        """Clients that break off are what is tested."""


class WebHost:
    """`give` what is at a path; `seen` has each path with its headers."""

    def __init__(self, certificate=None):
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.pages = {}
        self._server.seen = self.seen = []
        scheme = "http"
        if certificate is not None:
            scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.certificate, certificate.key)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True,
                do_handshake_on_connect=False)
        self.url = f"{scheme}://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,),
                         daemon=True).start()

    def give(self, path, body=b"", status=200, **headers):
        """Returns its URL. headers: with _ for -."""
        self._server.pages[path] = (status, {
            name.replace("_", "-"): value
            for name, value in headers.items()}, body)
        return self.url + path

    def redirect(self, path, to):
        return self.give(path, status=302, Location=to)

    def chunked(self, path, body):
        """Without a length beforehand."""
        return self.give(path, b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body),
                         Transfer_Encoding="chunked")

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def https_host(folder):
    """(host, the file to trust for it)"""
    own = certificates.make_certificate(folder, "web")
    return WebHost(own), own.certificate


def refusals(host):
    """(URL, reason, words) of what no picture comes of."""
    twice = MIB * 17
    return [
        (host.give("/page", PAGE, Content_Type="text/html; charset=utf-8"),
         "URL_NOT_A_PICTURE", "web page"),
        (host.url + "/missing", "URL_NOT_FOUND", "404"),
        (host.give("/gone", status=410), "URL_NOT_FOUND", "410"),
        (host.give("/denied", status=403), "URL_REFUSED", "access denied"),
        (host.give("/busy", status=503), "URL_UNREACHABLE", "503"),
        (host.give("/announced", b"x", Content_Length=str(twice)),
         "URL_TOO_LARGE", "16 MiB"),
        (host.chunked("/unannounced", bytes(twice)), "URL_TOO_LARGE",
         "16 MiB"),
        (host.redirect("/loop", "/loop"), "URL_REFUSED", "too often"),
        (host.redirect("/ftp", "ftp://127.0.0.1/cat.jpg"), "URL_REFUSED",
         "than http or https"),
        (host.redirect("/file", "file:///etc/passwd"), "URL_REFUSED",
         "than http or https"),
        ("http://127.0.0.1:1/cat.jpg", "URL_UNREACHABLE",
         "could not be fetched"),
        ("http://no-such-host.invalid/cat.jpg", "URL_UNREACHABLE",
         "name is not known"),
        ("http://127.0.0.1:port/", "URL_INVALID", "not a URL")]

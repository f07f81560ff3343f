"""Pages of elsewhere cannot use a gateway that listens for its own machine."""

import socket

import pytest

from environment import PATIENCE
from http_calls import expect_error

OWN = "wanwu.gateway"
# What a browser sends for a page of http://evil.example.
ELSEWHERE = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site",
             "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
# When somebody follows a link.
NAVIGATION = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate",
              "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize("method, path", (
    ("POST", "/v1/classify"), ("GET", "/v1/models"), ("GET", "/v1/status"),
    ("GET", "/"), ("GET", "/metrics"), ("OPTIONS", "/v1/classify"),
    ("GET", "/nowhere")))
def test_name_that_was_rebound_to_this_machine_is_refused(gateway, method,
                                                          path):
    # To the browser that is the page's own origin.
    answer = gateway.ask(method, path, headers={
        "Host": f"evil.example:{gateway.port}",
        "Sec-Fetch-Site": "same-origin"})
    expect_error(answer, 403, "PERMISSION_DENIED", "HOST_NOT_ALLOWED",
                 domain=OWN)


@pytest.mark.parametrize("host", ("localhost", "127.0.0.1:1", "[::1]:8501",
                                  "wanwu.localhost"))
def test_own_names_are_served(gateway, host):
    assert gateway.get("/healthz", Host=host).status == 200


@pytest.mark.parametrize("method, path", (
    ("POST", "/v1/classify"), ("GET", "/v1/models"), ("OPTIONS", "/v1/status"),
    ("GET", "/samples/chelsea.png")))
def test_page_of_another_origin_is_refused(gateway, method, path):
    answer = gateway.ask(method, path, headers=ELSEWHERE)
    expect_error(answer, 403, "PERMISSION_DENIED", "ORIGIN_NOT_ALLOWED",
                 domain=OWN)


def test_link_from_elsewhere_leads_to_the_webui(gateway):
    answer = gateway.ask("GET", "/", headers=NAVIGATION)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    form = gateway.ask("POST", "/v1/classify", b"x", NAVIGATION)
    assert form.status == 403


def test_own_page_is_served(gateway, picture):
    answer = gateway.classify(picture, {"Sec-Fetch-Site": "same-origin"})
    assert answer.status == 200


def test_hosts_and_origins_can_be_allowed(server, start_gateway, picture):
    gateway = start_gateway(server.address, "--allowed_hosts=pictures.example",
                            "--cors_allow_origins=http://evil.example")
    gateway.wait_until_ready()
    assert gateway.get("/healthz", Host="Pictures.example:80").status == 200
    assert gateway.get("/healthz", Host="other.example").status == 403
    answer = gateway.classify(picture, ELSEWHERE)
    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] == \
        "http://evil.example"
    gateway.stop()


def test_any_name_is_served_on_other_addresses(server, start_gateway):
    gateway = start_gateway(server.address, "--listen_address=0.0.0.0:0")
    assert gateway.get("/healthz", Host="pictures.example").status == 200
    gateway.stop()


def test_ipv6_is_served(server, start_gateway):
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no IPv6")
    gateway = start_gateway(server.address, "--listen_address=[::1]:0")
    assert gateway.log.wait_for("gateway_listening")["address"] == "[::1]:0"
    with socket.create_connection(("::1", gateway.port),
                                  timeout=PATIENCE) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: [::1]:1\r\n"
                           b"Connection: close\r\n\r\n")
        with connection.makefile("rb") as answer:
            assert answer.read().startswith(b"HTTP/1.1 200 ")
    gateway.stop()

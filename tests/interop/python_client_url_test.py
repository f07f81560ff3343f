"""Pictures by URL, which the Python client fetches itself."""

import asyncio
import sys
import threading

import pytest

from environment import PATIENCE
from web_host import STALL, PAGE, WebHost, https_host, refusals


@pytest.fixture
def host():
    one = WebHost()
    yield one
    one.close()


@pytest.fixture
def client(connect, server):
    return connect(server.address)


@pytest.fixture
def fetching(wanwu):
    return sys.modules[wanwu.__name__ + "._fetch"]


def reason_of(wanwu, client, url):
    with pytest.raises(wanwu.UnreadablePicture) as raised:
        client.classify(url)
    return raised.value.reason, raised.value.message


def test_the_picture_at_a_url_is_classified(client, host, cat):
    url = host.give("/cat picture.png", cat.read_bytes())

    assert client.classify(url).top == client.classify(cat).top
    assert host.seen[0][1]["User-Agent"] == "wanwu-python"


def test_redirects_are_followed(client, host, cat):
    host.give("/cat", cat.read_bytes())
    url = host.redirect("/old", host.url + "/cat")

    assert client.classify(url.replace("http://", "HTTP://")).top


def test_what_the_type_says_is_a_hint_only(client, host, cat):
    url = host.give("/cat", cat.read_bytes(), Content_Type="text/html")

    assert client.classify(url).top


def test_what_is_no_picture_is_told_in_words(wanwu, client, host):
    for url, reason, words in refusals(host):
        told, message = reason_of(wanwu, client, url)
        assert told == reason, url
        assert words in message, url


def test_bytes_that_are_no_picture_are_the_servers_to_judge(wanwu, client,
                                                            host):
    url = host.give("/text", b"no picture")

    with pytest.raises(wanwu.InvalidRequest) as raised:
        client.classify(url)
    assert raised.value.reason == "IMAGE_UNSUPPORTED"


@pytest.mark.parametrize("name", ["PIECE_TIMEOUT", "TOTAL_TIMEOUT"])
def test_a_host_that_says_nothing_is_given_up(wanwu, client, host, fetching,
                                              monkeypatch, name):
    monkeypatch.setattr(fetching, name, 0.2)

    assert reason_of(wanwu, client, host.give("/stall", STALL))[0] == (
        "URL_TIMEOUT")


def test_certificates_are_checked(wanwu, client, cat, tmp_path, monkeypatch):
    host, trusted = https_host(tmp_path)
    url = host.give("/cat.png", cat.read_bytes())
    told, message = reason_of(wanwu, client, url)
    assert told == "URL_UNREACHABLE"
    assert "no trusted TLS connection" in message

    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))

    assert client.classify(url).top
    host.close()


def test_urls_files_and_bytes_may_be_mixed(client, host, cat):
    url = host.give("/cat.png", cat.read_bytes())
    missing = host.url + "/missing"

    answers = {answer.index: answer for answer in client.classify_all(
        [url, cat, missing, cat.read_bytes()])}

    assert [answers[i].error is None for i in range(4)] == [
        True, True, False, True]
    assert answers[2].error.reason == "URL_NOT_FOUND"
    assert answers[0].picture == url


def test_asyncio_goes_on_while_a_url_is_fetched(wanwu, server, host,
                                                fetching, monkeypatch):
    monkeypatch.setattr(fetching, "TOTAL_TIMEOUT", PATIENCE)
    begun = threading.Event()
    monkeypatch.setattr(fetching, "fetched", lambda url: (
        begun.set(), ended.wait(PATIENCE), PAGE)[2])
    ended = threading.Event()

    async def other_work():
        # Would never come if the fetch held the loop.
        while not begun.is_set():
            await asyncio.sleep(0)
        ended.set()

    async def both():
        async with wanwu.AsyncClient(server.address) as client:
            with pytest.raises(wanwu.InvalidRequest):
                await asyncio.gather(client.classify(host.url),
                                     other_work())

    asyncio.run(both())
    assert ended.is_set()

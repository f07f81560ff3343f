"""The WebUI, the documentation and other origins' access to the API."""

import gzip
import json
import re

import pytest

from environment import REPO

PAGES = ("/", "/docs")
LABELS = "/labels/imagenet1k.json"
ORIGIN = "https://friend.example"


def assets_of(gateway, page):
    """Paths of what a page loads."""
    text = gateway.get(page).body.decode()
    return set(re.findall(r'(?:src|href)="(/[^"]+)"', text)) - set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_page_is_protected_by_a_strict_policy(gateway, page):
    answer = gateway.get(page)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = dict(directive.split(" ", 1) for directive in
                  answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in str(policy) and "http" not in str(policy)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("page", PAGES)
def test_page_loads_only_what_is_here(gateway, page):
    text = gateway.get(page).body.decode()
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)
    assets = assets_of(gateway, page)
    assert any(path.endswith(".js") for path in assets)
    for path in assets:
        answer = gateway.get(path)
        assert answer.status == 200, path
        if path.startswith("/assets/"):
            assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", (*PAGES, "/openapi.json", LABELS))
def test_known_file_is_not_sent_again(gateway, path):
    first = gateway.get(path)
    etag = first.headers["ETag"]
    assert re.fullmatch('"[^"]+"', etag)
    assert first.headers["Cache-Control"] == "no-cache"
    for known in (etag, f'W/{etag}', f'"other", {etag}', "*"):
        again = gateway.get(path, If_None_Match=known)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["ETag"] == etag
    assert gateway.get(path, If_None_Match='"other"').status == 200


def test_text_is_sent_in_gzip_to_those_who_take_it(gateway):
    paths = ["/", "/openapi.json", *assets_of(gateway, "/")]
    zipped = 0
    for path in paths:
        plain = gateway.get(path)
        packed = gateway.get(path, Accept_Encoding="gzip, br")
        refused = gateway.get(path, Accept_Encoding="gzip;q=0")
        assert plain.headers["Content-Encoding"] is None
        assert refused.body == plain.body
        if packed.headers["Content-Encoding"] is None:
            assert packed.body == plain.body
            continue
        zipped += 1
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in plain.headers["Vary"]
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert gzip.decompress(packed.body) == plain.body
        assert len(packed.body) < len(plain.body)
    assert zipped >= 3


def test_samples_are_pictures_that_can_be_classified(gateway):
    manifest = json.loads((REPO / "gateway/web/samples.json").read_text())
    served = 0
    for name in re.findall(r'"([\w-]+\.(?:png|jpg))"', json.dumps(manifest)):
        answer = gateway.get(f"/samples/{name}")
        if answer.status == 404:
            continue
        served += 1
        assert answer.headers["Content-Type"].startswith("image/")
        assert gateway.classify(answer.body).status == 200
    if not served:
        pytest.skip("no photographs were embedded; scripts/setup.sh fetches "
                    "them")


def test_samples_have_small_copies(gateway):
    listing = gateway.get("/samples/index.json").json
    if not listing:
        pytest.skip("no photographs were embedded; scripts/setup.sh fetches "
                    "them")
    for sample in listing:
        small = gateway.get(f"/samples/{sample['thumbnail']}")
        assert small.headers["Content-Type"] == "image/jpeg"
        assert 2_000 < len(small.body) < 50_000


def test_labels_are_those_of_the_sources(gateway):
    table = gateway.get(LABELS).json
    rows = [line.split("\t") for line in
            (REPO / "tools/labels/imagenet1k.tsv").read_text("utf-8")
            .splitlines()[1:]]
    assert table["languages"] == ["en", "zh"]
    assert [one[:3] for one in table["classes"]] == [row[1:] for row in rows]
    kinds = [table["groups"][one[3]] for one in table["classes"]]
    assert kinds[207] == ["dog", "狗"]
    assert kinds[281] == ["cat", "猫"]
    assert all(len(kind) == 2 and all(kind) for kind in kinds)


def test_mistyped_address_gets_a_page_only_where_one_is_asked_for(gateway):
    page = gateway.get("/clasify", Accept="text/html,*/*;q=0.8")
    assert page.status == 404
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b'href="/"' in page.body
    program = gateway.get("/clasify", Accept="*/*")
    assert program.status == 404
    assert program.json["error"]["status"] == "NOT_FOUND"


def test_description_is_the_one_of_the_sources(gateway):
    answer = gateway.get("/openapi.json")
    assert answer.json["openapi"].startswith("3.1")
    assert answer.body == (REPO / "gateway/api/openapi.json").read_bytes()


def test_description_has_every_path_of_the_documentation(gateway):
    pages = [(REPO / "docs" / page).read_text() for page in ("rest.md",
                                                            "oip.md")]
    documented = {path for page in pages
                  for path in re.findall(r"`(?:GET|POST) (/[^`?, ]*)", page)
                  if not path.endswith("…") and
                  path not in ("/", "/docs", "/openapi.json")}
    described = gateway.get("/openapi.json").json["paths"]
    assert documented == described.keys()


def preflight(gateway, path="/v1/classify", method="POST", origin=ORIGIN):
    return gateway.ask("OPTIONS", path, headers={
        "Origin": origin, "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "content-type,x-request-id"})


def test_other_origins_are_kept_out_unless_allowed(gateway, picture):
    for answer in (preflight(gateway),
                   gateway.classify(picture, {"Origin": ORIGIN}),
                   gateway.get("/v1/models", Origin=ORIGIN)):
        assert answer.status in (200, 204)
        assert not [name for name in answer.headers
                    if name.lower().startswith("access-control-")]


def test_allowed_origin_passes_preflight_and_reads_answers(
        server, start_gateway, picture):
    gateway = start_gateway(
        server.address, f"--cors_allow_origins=https://a.example, {ORIGIN}")
    answer = preflight(gateway)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    assert {"content-type", "x-request-id", "x-request-timeout-ms",
            "x-wanwu-priority", "traceparent"} <= set(allowed.split(", "))
    for body in (picture, b"none"):
        answer = gateway.classify(body, {"Origin": ORIGIN})
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]
        assert "Origin" in answer.headers["Vary"]
    stranger = preflight(gateway, origin="https://stranger.example")
    assert stranger.headers["Access-Control-Allow-Origin"] is None
    assert stranger.headers["Access-Control-Allow-Methods"] is None
    assert "Origin" in stranger.headers["Vary"]
    gateway.stop()


def test_every_origin_may_be_allowed(server, start_gateway):
    gateway = start_gateway(server.address, "--cors_allow_origins=*")
    answer = gateway.get("/v1/models", Origin=ORIGIN)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    gateway.stop()

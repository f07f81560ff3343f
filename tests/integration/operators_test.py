"""What operators see of a server on the listener that is theirs."""

import re
import subprocess
import time
import urllib.parse

import grpc
import pytest

import http_calls
import service_error
from calls import classify, classify_stream, request_of
from environment import DEPS_DIR, PATIENCE, REPO
from stubs import pb

SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
PROMETHEUS = DEPS_DIR / "prometheus"

needs_prometheus = pytest.mark.skipif(
    not (PROMETHEUS / "promtool").exists(),
    reason=f"no prometheus in {PROMETHEUS}; scripts/setup.sh --tests puts it "
           "there")


def ask(server, path, method="GET"):
    return http_calls.ask_once(http_calls.connect(server.operators_port),
                               method, path)


class Scrape:
    """All samples of one /metrics."""

    def __init__(self, server):
        answer = ask(server, "/metrics")
        assert answer.status == 200
        self.text = answer.body.decode()
        self._samples = []
        for line in self.text.splitlines():
            if not line.startswith("#"):
                name, labels, value = SAMPLE.match(line).groups()
                self._samples.append((name, dict(LABEL.findall(labels or "")),
                                      float(value)))

    def sum(self, name, **labels):
        """Of the samples that have these labels, of which there must be."""
        found = [value for found_name, found_labels, value in self._samples
                 if found_name == name and labels.items() <= found_labels.items()]
        assert found, f"no {name} {labels}"
        return sum(found)

    def ended(self, **labels):
        return self.sum("wanwu_requests_total", **labels)


def settled(server):
    """A scrape once every request has ended and every batch is counted, which
    comes a little after its answers."""
    limit = time.monotonic() + PATIENCE
    while True:
        scrape = Scrape(server)
        if (scrape.sum("wanwu_requests_in_progress") == 0
                and scrape.sum("wanwu_batch_size_sum")
                >= scrape.ended(outcome="answered")):
            return scrape
        assert time.monotonic() < limit, scrape.text


def expect_code(code, call):
    with pytest.raises(grpc.RpcError) as raised:
        call()
    assert service_error.from_call(raised.value).code == code, raised.value


def test_every_request_ends_in_one_way(start, picture):
    server = start("--max_stream_in_flight=8").wait_until_serving()
    code = grpc.StatusCode
    for _ in range(5):
        classify(server.classifier, picture)
    expect_code(code.INVALID_ARGUMENT,
                lambda: classify(server.classifier, b"no picture"))
    expect_code(code.NOT_FOUND, lambda: classify(server.classifier, picture,
                                                 model="unknown"))
    expect_code(code.DEADLINE_EXCEEDED, lambda: server.classifier.Classify(
        request_of(picture), timeout=1e-4))
    classify_stream(server.classifier, [picture] * 20 + [b"no picture"] * 3)
    for _ in range(10):
        server.classifier.Classify.future(request_of(picture)).cancel()
    broken_off = server.classifier.ClassifyBatch(
        pb.ClassifyBatchRequest(id=str(i), request=request_of(picture))
        for i in range(100))
    next(broken_off)
    broken_off.cancel()

    scrape = settled(server)

    received = scrape.sum("wanwu_requests_received_total")
    assert received == sum(
        scrape.ended(outcome=outcome)
        for outcome in ("answered", "invalid", "cancelled", "expired",
                        "refused", "failed"))
    assert received >= 5 + 1 + 1 + 23 + 1
    assert scrape.ended(outcome="invalid") == 5
    assert scrape.ended(reason="MODEL_NOT_FOUND") == 1
    answered = scrape.ended(outcome="answered")
    assert answered >= 5 + 20
    assert scrape.sum("wanwu_request_duration_seconds_count") == answered
    assert scrape.sum("wanwu_stage_duration_seconds_sum") == pytest.approx(
        scrape.sum("wanwu_request_duration_seconds_sum"))
    assert scrape.sum("wanwu_admission_admitted_total") >= answered
    assert scrape.sum("wanwu_queue_depth") == 0
    assert scrape.sum("wanwu_lane_busy_seconds_total") > 0


def test_readiness_follows_the_servers_life(start, tmp_path):
    # Nothing is kept there, so that loading takes its time.
    server = start(f"--state_dir={tmp_path / 'fresh'}", "--drain_delay=10m")
    assert ask(server, "/livez").status == 200
    starting = ask(server, "/readyz?verbose")
    assert starting.status == 503
    assert b"[-] the server is starting" in starting.body
    assert b"is loading" in starting.body
    assert Scrape(server).sum("wanwu_server_state", state="starting") == 1

    server.wait_until_serving()
    assert ask(server, "/readyz").status == 200
    assert b"[-]" not in ask(server, "/readyz?verbose").body

    server.terminate()
    server.log.wait_for("drain_started")
    limit = time.monotonic() + PATIENCE
    while ask(server, "/readyz").status != 503:
        assert time.monotonic() < limit
    assert ask(server, "/livez").status == 200
    assert Scrape(server).sum("wanwu_server_state", state="draining") == 1
    server.terminate()
    server.wait()


def test_status_tells_build_models_and_where_options_come_from(server,
                                                               package):
    text = ask(server, "/statusz").body.decode()
    assert text.startswith("wanwu-server ")
    assert f"{package.name} version" in text
    assert "listen_address: 127.0.0.1:0  # flag" in text
    assert "lanes: 0  # default" in text


def test_head_is_served_and_the_rest_refused(server):
    assert ask(server, "/readyz", "HEAD").body == b""
    assert ask(server, "/readyz", "POST").status == 405
    assert ask(server, "/nothing").status == 404


def test_taken_address_is_named(start, server):
    address = f"127.0.0.1:{server.operators_port}"
    second = start(f"--metrics_address={address}")
    assert second.wait() == 1
    assert address in second.log.events("server_failed")[0]["error"]


def test_empty_address_opens_nothing(start):
    server = start("--metrics_address=").wait_until_serving()
    assert not server.log.events("operators_listening")
    server.stop()


def test_the_documentation_names_every_metric_and_no_other(server):
    page = (REPO / "docs/operations.md").read_text()
    documented = set()
    for row in re.findall(r"^\| (`[a-z_`, ]+`) \|", page, flags=re.MULTILINE):
        documented.update(re.findall(r"`([a-z_]+)`", row))
    families = set(re.findall(r"^# TYPE (\w+) ", Scrape(server).text,
                              flags=re.MULTILINE))
    assert documented == families


@needs_prometheus
def test_promtool_finds_nothing_wrong_with_the_metrics(server, picture):
    classify(server.classifier, picture)
    done = subprocess.run([PROMETHEUS / "promtool", "check", "metrics"],
                          input=Scrape(server).text, capture_output=True,
                          text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


class Prometheus:
    """Debian's, which scrapes `server` each second."""

    def __init__(self, server, folder):
        (folder / "prometheus.yml").write_text(f"""
global: {{scrape_interval: 1s}}
scrape_configs:
- job_name: wanwu
  static_configs: [{{targets: ["127.0.0.1:{server.operators_port}"]}}]
""")
        self._log = open(folder / "log", "w+")
        self._process = subprocess.Popen(
            [PROMETHEUS / "prometheus",
             f"--config.file={folder}/prometheus.yml",
             f"--storage.tsdb.path={folder}/data",
             "--web.listen-address=127.0.0.1:0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=self._log)

    def query(self, text):
        """The samples that `text` gives, as soon as there are any."""
        path = "/api/v1/query?" + urllib.parse.urlencode({"query": text})
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            port = self._port()
            if port is not None:
                answer = http_calls.ask_once(http_calls.connect(port), "GET",
                                             path)
                result = answer.json["data"]["result"] if (
                    answer.status == 200) else []
                if result:
                    return result
            assert self._process.poll() is None, self._text()
            time.sleep(0.1)
        raise AssertionError(f"{text} gives nothing\n{self._text()}")

    def _text(self):
        self._log.seek(0)
        return self._log.read()

    def _port(self):
        found = re.search(r'"Listening on" address=127[.]0[.]0[.]1:(\d+)',
                          self._text())
        return None if found is None else int(found[1])

    def close(self):
        self._process.kill()
        self._process.wait()
        self._log.close()


@needs_prometheus
def test_prometheus_scrapes_every_family(server, picture, tmp_path):
    classify(server.classifier, picture)
    prometheus = Prometheus(server, tmp_path)
    try:
        assert prometheus.query("up == 1")
        seen = {sample["metric"]["__name__"] for sample in prometheus.query(
            '{__name__=~"wanwu_.+|process_.+"}')}
        answered = prometheus.query(
            'sum(wanwu_requests_total{outcome="answered"}) > 0')
    finally:
        prometheus.close()
    families = set(re.findall(r"^# TYPE (\w+) (?!histogram)", Scrape(
        server).text, flags=re.MULTILINE))
    assert families <= seen
    assert "wanwu_stage_duration_seconds_bucket" in seen
    assert answered

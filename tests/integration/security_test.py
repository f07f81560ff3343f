"""Who is let in: TLS, certificates of clients, tokens."""

import socket
import ssl
import stat
import subprocess
import time

import grpc
import pytest

import calls
import service_error
from certificates import Authority, make_certificate
from cli_calls import wanwu
from environment import BIN_DIR, PATIENCE, own_environment
from server_process import ServerProcess
from stubs import health_pb2, health_pb2_grpc, pb, pb_grpc

WEB = "web-0123456789abcdef"
EYE = "eye-0123456789abcdef"
NEXT = "next-0123456789abcdef"
TOKENS = f"web classify {WEB}\neye monitor {EYE}  # looks only\n"


class TlsServer(ServerProcess):
    """Asked with these credentials by what is inherited."""

    def __init__(self, credentials, *flags, **options):
        self._credentials = credentials
        super().__init__(*flags, **options)

    @property
    def channel(self):
        if self._channel is None:
            self._channel = grpc.secure_channel(self.address,
                                                self._credentials)
        return self._channel


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


def tls_flags(certificate, *flags):
    return (f"--tls_certificate_file={certificate.certificate}",
            f"--tls_key_file={certificate.key}", *flags)


def credentials(authority, own=None):
    key, chain = (None, None) if own is None else (
        own.key.read_bytes(), own.certificate.read_bytes())
    return grpc.ssl_channel_credentials(authority.certificate.read_bytes(),
                                        key, chain)


@pytest.fixture
def start_tls(repository, measured_state, authority):
    """start_tls(credentials, flags…): a server whose certificate is valid."""
    servers = []

    def start_one(own, *flags):
        servers.append(TlsServer(
            own, f"--model_repository={repository}",
            f"--state_dir={measured_state}",
            *tls_flags(authority.issue_server(), *flags)))
        return servers[-1]

    yield start_one
    for server in servers:
        server.close()


def list_models(channel, **options):
    return pb_grpc.ImageClassifierStub(channel).ListModels(
        pb.ListModelsRequest(), timeout=PATIENCE, **options)


def refusal(call, *arguments, **options):
    """Code and reason of the error with which a call ends."""
    with pytest.raises(grpc.RpcError) as raised:
        for _ in iter_answers(call(*arguments, timeout=PATIENCE, **options)):
            pass
    error = service_error.from_call(raised.value)
    return error.code.name, error.reason


def iter_answers(answer):
    return answer if hasattr(answer, "__iter__") else [answer]


def bearer(token):
    return (("authorization", f"Bearer {token}"),)


def until(attempt):
    """Repeats an attempt until it gives something true."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        result = attempt()
        if result:
            return result
    raise AssertionError("it never came true")


def test_pictures_are_classified_over_tls(start_tls, authority, picture):
    server = start_tls(credentials(authority)).wait_until_serving()

    assert calls.classify(server.classifier, picture, top_k=1).classifications
    assert server.log.wait_for("server_listening")["tls"] is True
    server.stop()


def test_certificate_of_another_authority_is_not_trusted(start_tls, authority,
                                                         tmp_path):
    server = start_tls(credentials(authority))
    stranger = Authority(tmp_path / "stranger")

    with grpc.secure_channel(server.address, credentials(stranger)) as channel:
        with pytest.raises(grpc.RpcError) as raised:
            list_models(channel)
    assert raised.value.code() == grpc.StatusCode.UNAVAILABLE


def test_call_in_the_clear_finds_no_server(start_tls, authority):
    server = start_tls(credentials(authority))

    with grpc.insecure_channel(server.address) as channel:
        with pytest.raises(grpc.RpcError) as raised:
            list_models(channel)
    assert raised.value.code() == grpc.StatusCode.UNAVAILABLE


def test_only_callers_with_a_certificate_of_the_authority_come_in(
        start_tls, authority, tmp_path):
    client = authority.issue("client", "DNS:web.example.org")
    stranger = Authority(tmp_path / "stranger").issue("client", "DNS:web")
    server = start_tls(credentials(authority, client),
                       f"--tls_client_ca_file={authority.certificate}")
    server.wait_until_serving()

    assert list_models(server.channel).models
    for own in (None, stranger):
        with grpc.secure_channel(server.address,
                                 credentials(authority, own)) as channel:
            with pytest.raises(grpc.RpcError) as raised:
                list_models(channel)
        assert raised.value.code() == grpc.StatusCode.UNAVAILABLE


def test_only_allowed_names_may_call(start_tls, authority):
    uri = authority.issue("uri", "URI:spiffe://example.org/web")
    dns = authority.issue("dns", "DNS:web.example.org")
    other = authority.issue("other", "DNS:evil.example.org")
    server = start_tls(
        credentials(authority, uri),
        f"--tls_client_ca_file={authority.certificate}",
        "--tls_allowed_names=spiffe://example.org/*,web.example.org")
    server.wait_until_serving()

    for own in (uri, dns):
        with grpc.secure_channel(server.address,
                                 credentials(authority, own)) as channel:
            assert list_models(channel).models
    with grpc.secure_channel(server.address,
                             credentials(authority, other)) as channel:
        stub = pb_grpc.ImageClassifierStub(channel)
        assert refusal(stub.Classify, pb.ClassifyRequest()) == (
            "PERMISSION_DENIED", "NAME_NOT_ALLOWED")


def shown_certificate(port):
    """In the encoding of PEM."""
    return ssl.get_server_certificate(("127.0.0.1", port))


def test_certificate_changes_under_calls(start_tls, authority, picture):
    server = start_tls(credentials(authority)).wait_until_serving()
    port = server.log.wait_for("server_listening")["port"]
    before = shown_certificate(port)
    answers = (server.classifier.Classify.future(
        calls.request_of(picture, top_k=1), timeout=PATIENCE)
               for _ in iter(int, 1))

    changed = authority.issue_server()
    until(lambda: next(answers).result() and shown_certificate(port) != before)

    expected = changed.certificate.read_text()
    assert ssl.PEM_cert_to_DER_cert(shown_certificate(port)) == (
        ssl.PEM_cert_to_DER_cert(expected))
    assert server.log.wait_for("secret_reloaded")
    # Who comes anew finds it, too.
    with grpc.secure_channel(server.address,
                             credentials(authority)) as channel:
        assert list_models(channel).models
    server.stop()


def test_certificate_without_its_key_is_not_taken(start_tls, authority,
                                                  tmp_path):
    server = start_tls(credentials(authority)).wait_until_serving()
    port = server.log.wait_for("server_listening")["port"]
    before = shown_certificate(port)
    served = authority.certificate.parent / "server.pem"

    served.write_bytes(make_certificate(tmp_path).certificate.read_bytes())

    event = server.log.wait_for("secret_not_reloaded")
    assert "is not the key of the certificate" in event["reason"]
    assert shown_certificate(port) == before
    server.stop()


def test_caller_who_never_shakes_hands_is_cut(start_tls, authority):
    server = start_tls(credentials(authority))
    port = server.log.wait_for("server_listening")["port"]

    with socket.create_connection(("127.0.0.1", port), PATIENCE) as silent:
        begun = time.monotonic()
        assert silent.recv(1) == b""
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize("flags, words", (
    ("--tls_certificate_file={0}/none --tls_key_file={0}/own.key",
     "cannot read {0}/none: No such file"),
    ("--tls_certificate_file={0}/own.pem --tls_key_file={0}/other.key",
     "{0}/other.key is not the key of the certificate in {0}/own.pem"),
    ("--tls_certificate_file={0}/own.pem --tls_key_file={0}/own.key "
     "--tls_client_ca_file={0}/own.key", "holds no certificate"),
    ("--token_file={0}/none", "cannot read {0}/none: No such file"),
    ("--token_file={0}/tokens", "{0}/tokens: line 1: "),
))
def test_mistake_in_a_file_is_said_at_start(start, tmp_path, flags, words):
    make_certificate(tmp_path)
    make_certificate(tmp_path, "other")
    (tmp_path / "tokens").write_text("web classify hush-hush\n")
    server = start(*flags.format(tmp_path).split())

    assert server.wait() == 1
    assert words.format(tmp_path) in server.log.text()
    assert "hush" not in server.log.text()


@pytest.fixture
def token_file(tmp_path):
    path = tmp_path / "tokens"
    path.write_text(TOKENS)
    path.chmod(0o600)
    return path


def test_each_role_may_call_its_methods(start, token_file, picture):
    server = start(f"--token_file={token_file}").wait_until_serving()
    stub = server.classifier
    request = calls.request_of(picture, top_k=1)

    assert stub.Classify(request, timeout=PATIENCE, metadata=bearer(WEB))
    stream = stub.ClassifyBatch(
        iter([pb.ClassifyBatchRequest(id="1", request=request)]),
        timeout=PATIENCE, metadata=bearer(WEB))
    assert [answer.id for answer in stream] == ["1"]
    for token in (WEB, EYE):
        assert list_models(server.channel, metadata=bearer(token)).models
    watch = stub.WatchStatus(pb.WatchStatusRequest(), timeout=PATIENCE,
                             metadata=bearer(EYE))
    assert next(watch)
    watch.cancel()

    denied = ("PERMISSION_DENIED", "ROLE_NOT_ALLOWED")
    assert refusal(stub.Classify, request, metadata=bearer(EYE)) == denied
    assert refusal(stub.ClassifyBatch, iter([]),
                   metadata=bearer(EYE)) == denied
    assert refusal(stub.WatchStatus, pb.WatchStatusRequest(),
                   metadata=bearer(WEB)) == denied
    server.stop()


def test_call_without_a_token_or_with_a_wrong_one_is_refused(
        start, token_file, picture):
    server = start(f"--token_file={token_file}").wait_until_serving()
    stub = server.classifier

    for call, argument in (
            (stub.Classify, calls.request_of(picture)),
            (stub.ClassifyBatch, iter([])),
            (stub.ListModels, pb.ListModelsRequest()),
            (stub.GetModel, pb.GetModelRequest()),
            (stub.WatchStatus, pb.WatchStatusRequest())):
        assert refusal(call, argument) == ("UNAUTHENTICATED", "TOKEN_MISSING")
        assert refusal(call, argument, metadata=bearer(NEXT)) == (
            "UNAUTHENTICATED", "TOKEN_UNKNOWN")
    server.stop()


def test_refusal_does_not_wait_for_the_message(start, token_file):
    server = start(f"--token_file={token_file}",
                   "--receive_timeout=24h").wait_until_serving()
    classify = server.channel.stream_unary(
        "/wanwu.v1.ImageClassifier/Classify",
        request_serializer=pb.ClassifyRequest.SerializeToString,
        response_deserializer=pb.ClassifyResponse.FromString)

    def never():
        time.sleep(PATIENCE)
        yield pb.ClassifyRequest()

    begun = time.monotonic()
    assert refusal(classify, never()) == ("UNAUTHENTICATED", "TOKEN_MISSING")
    assert time.monotonic() - begun < PATIENCE / 2


def test_tokens_change_without_a_restart(start, token_file):
    server = start(f"--token_file={token_file}").wait_until_serving()
    assert list_models(server.channel, metadata=bearer(WEB)).models

    token_file.write_text(f"web classify {NEXT}\n")
    server.log.wait_for("secret_reloaded")

    assert list_models(server.channel, metadata=bearer(NEXT)).models
    assert refusal(server.classifier.ListModels, pb.ListModelsRequest(),
                   metadata=bearer(WEB)) == ("UNAUTHENTICATED",
                                             "TOKEN_UNKNOWN")
    server.stop()


def test_health_needs_a_token_only_if_that_is_wanted(start, token_file):
    server = start(f"--token_file={token_file}",
                   "--health_without_token=false")
    server.log.wait_for("server_serving")
    health = health_pb2_grpc.HealthStub(server.channel)

    for call in (health.Check, health.Watch):
        assert refusal(call, health_pb2.HealthCheckRequest()) == (
            "UNAUTHENTICATED", "TOKEN_MISSING")
    assert health.Check(health_pb2.HealthCheckRequest(), timeout=PATIENCE,
                        metadata=bearer(EYE)).status


def test_secrets_stay_out_of_log_and_configuration(start, token_file,
                                                   tmp_path):
    token_file.chmod(token_file.stat().st_mode | stat.S_IROTH)
    own = make_certificate(tmp_path)
    flags = (f"--token_file={token_file}", *tls_flags(own))
    server = start(*flags, "--log_level=debug", "--access_log_ratio=1")
    server.log.wait_for("server_serving")
    with grpc.secure_channel(
            server.address,
            grpc.ssl_channel_credentials(own.certificate.read_bytes())
    ) as channel:
        for token in (WEB, EYE, NEXT):
            with pytest.raises(grpc.RpcError):
                pb_grpc.ImageClassifierStub(channel).Classify(
                    pb.ClassifyRequest(), metadata=bearer(token),
                    timeout=PATIENCE)
    assert server.log.wait_for("secret_readable_by_others")
    server.stop()
    printed = subprocess.run(
        [BIN_DIR / "wanwu-server", *flags, "--print_config"], check=True,
        capture_output=True, text=True, env=own_environment())
    text = server.log.text() + printed.stdout + printed.stderr

    assert str(token_file) in text
    for secret in (WEB, EYE, NEXT, own.key.read_text().split("\n")[1]):
        assert secret not in text


def test_listening_in_the_clear_is_warned_of_once(start):
    warned = start(address="0.0.0.0:0")
    silenced = start("--plaintext", address="0.0.0.0:0")
    local = start()
    for server in (warned, silenced, local):
        server.wait_until_serving()
        server.stop()

    def events(server):
        return len(server.log.events("listening_in_the_clear"))

    assert (events(warned), events(silenced), events(local)) == (1, 0, 0)


def test_cli_shows_certificate_and_token(start_tls, authority, token_file,
                                         tmp_path, cat):
    own = authority.issue("client", "DNS:web.example.org")
    server = start_tls(credentials(authority, own),
                       f"--tls_client_ca_file={authority.certificate}",
                       f"--token_file={token_file}").wait_until_serving()
    token = tmp_path / "token"
    token.write_text(WEB + "\n")
    shown = (f"--address={server.address}",
             f"--tls_ca_file={authority.certificate}",
             f"--tls_certificate_file={own.certificate}",
             f"--tls_key_file={own.key}", f"--token_file={token}")

    done = wanwu("classify", "--output=json", *shown, cat)
    assert done.returncode == 0, done.stderr
    assert wanwu("models", *shown).returncode == 0
    assert wanwu("health", *shown).stdout == "SERVING\n"
    bench = wanwu("bench", "--duration=300ms", "--warm_up=0s", *shown, cat)
    assert bench.returncode == 0, bench.stderr
    refused = wanwu("models", *shown[:-1])
    assert (refused.returncode, "TOKEN_MISSING" in refused.stderr) == (1, True)


def test_cli_says_what_is_amiss_with_a_connection(start, start_tls, authority,
                                                  tmp_path):
    tls = start_tls(credentials(authority),
                    f"--tls_client_ca_file={authority.certificate}")
    plain = start().wait_until_serving()
    stranger = make_certificate(tmp_path, "stranger")
    ca = f"--tls_ca_file={authority.certificate}"

    for server, flags, words in (
            (tls, (), "if it wants TLS, add --tls"),
            (plain, (ca,), "does that server speak TLS?"),
            (tls, (f"--tls_ca_file={stranger.certificate}",),
             "its certificate is not trusted"),
            (tls, (ca, "--tls_server_name=other.example.org"),
             "its certificate is for another name")):
        done = wanwu("models", f"--address={server.address}", *flags)
        assert done.returncode == 3, (flags, done.stderr)
        assert words in done.stderr
    # To the client the connection is complete before the server looks.
    done = wanwu("models", f"--address={tls.address}", ca)
    assert done.returncode in (1, 3) and "wanwu: " in done.stderr


@pytest.mark.parametrize("flags, words", (
    (("--tls_ca_file={0}/none",), "cannot read {0}/none"),
    (("--token_file={0}/token", "--address=192.0.2.1:1"),
     "a token would travel in the clear"),
    (("--tls_key_file={0}/none",), "go together")))
def test_cli_refuses_what_cannot_work(tmp_path, flags, words):
    (tmp_path / "token").write_text(WEB)
    done = wanwu("models", *(flag.format(tmp_path) for flag in flags))

    assert done.returncode == 2
    assert words.format(tmp_path) in done.stderr
    assert WEB not in done.stderr


def test_gateway_shows_certificate_and_token_and_follows_them(
        start_tls, start_gateway, authority, token_file, tmp_path, picture):
    own = authority.issue("gateway", "DNS:gateway.example.org")
    token_file.write_text(f"g gateway {WEB}\n")
    server = start_tls(credentials(authority, own),
                       f"--tls_client_ca_file={authority.certificate}",
                       "--tls_allowed_names=gateway.example.org",
                       f"--token_file={token_file}").wait_until_serving()
    token = tmp_path / "token"
    token.write_text(WEB)
    gateway = start_gateway(
        server.address, "--server_tls",
        f"--server_ca_file={authority.certificate}",
        f"--server_certificate_file={own.certificate}",
        f"--server_key_file={own.key}",
        f"--server_token_file={token}").wait_until_ready()
    assert gateway.classify(picture).status == 200

    token_file.write_text(f"g gateway {NEXT}\n")
    server.log.wait_for("secret_reloaded")
    refused = gateway.classify(picture)
    assert refused.status == 502
    token.write_text(NEXT)
    gateway.log.wait_for("secret_reloaded")
    assert gateway.classify(picture).status == 200
    gateway.stop()
    assert WEB not in gateway.log.text() and NEXT not in gateway.log.text()


def test_gateways_own_certificate_changes_while_it_runs(
        server, start_gateway, authority):
    own = authority.issue_server("gateway-https")
    context = ssl.create_default_context(cafile=str(authority.certificate))
    gateway = start_gateway(server.address, *tls_flags(own), tls=context)
    gateway.wait_until_ready()
    before = shown_certificate(gateway.port)

    authority.issue_server("gateway-https")

    until(lambda: shown_certificate(gateway.port) != before)
    assert gateway.get("/readyz").status == 200
    gateway.stop()

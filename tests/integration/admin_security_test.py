"""Who may call what on the admin listener, and how it is kept from others."""

import grpc
import pytest

import service_error
from certificates import Authority
from cli_calls import wanwu
from environment import PATIENCE
from server_process import NOT_SERVING, SERVING, ServerProcess
from stubs import (admin_pb2, admin_pb2_grpc, channelz_pb2, channelz_pb2_grpc,
                   health_pb2, health_pb2_grpc, reflection_pb2,
                   reflection_pb2_grpc)

TOKENS = {role: 32 * role[0] for role in
          ("monitor", "classify", "gateway", "admin")}


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def token_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("tokens") / "tokens"
    path.write_text("".join(f"a-{role} {role} {token}\n"
                            for role, token in TOKENS.items()))
    path.chmod(0o600)
    return path


@pytest.fixture
def serve(tiny_repository, shared_state):
    """serve(flags…): a server with an admin listener, on loopback or not."""
    servers = []

    def start(*flags, admin="127.0.0.1:0"):
        servers.append(ServerProcess(
            f"--model_repository={tiny_repository}",
            f"--state_dir={shared_state}", f"--admin_address={admin}",
            *flags))
        servers[-1].log.wait_for("server_serving")
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def bearer(role):
    return () if role is None else (
        ("authorization", f"Bearer {TOKENS[role]}"),)


def list_services(channel, role=None):
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    question = reflection_pb2.ServerReflectionRequest(list_services="")
    answer, = stub.ServerReflectionInfo(iter([question]), timeout=PATIENCE,
                                        metadata=bearer(role))
    return {each.name for each in answer.list_services_response.service}


def get_servers(channel, role=None):
    return channelz_pb2_grpc.ChannelzStub(channel).GetServers(
        channelz_pb2.GetServersRequest(), timeout=PATIENCE,
        metadata=bearer(role)).server


def get_status(channel, role=None):
    return admin_pb2_grpc.AdminStub(channel).GetStatus(
        admin_pb2.GetStatusRequest(), timeout=PATIENCE, metadata=bearer(role))


def check(channel, role=None):
    return health_pb2_grpc.HealthStub(channel).Check(
        health_pb2.HealthCheckRequest(), timeout=PATIENCE,
        metadata=bearer(role)).status


def refusal(call, channel, role=None):
    with pytest.raises(grpc.RpcError) as raised:
        call(channel, role)
    return raised.value.code().name


def test_reflection_takes_any_token_and_channelz_that_of_a_watcher(
        serve, token_file):
    server = serve(f"--token_file={token_file}")
    for channel in (server.channel, server.admin_channel):
        assert refusal(list_services, channel) == "UNAUTHENTICATED"
        for role in TOKENS:
            assert "grpc.health.v1.Health" in list_services(channel, role)
    assert refusal(get_servers, server.admin_channel) == "UNAUTHENTICATED"
    for role in ("classify", "gateway"):
        assert refusal(get_servers, server.admin_channel,
                       role) == "PERMISSION_DENIED"
    for role in ("monitor", "admin"):
        assert len(get_servers(server.admin_channel, role)) == 2
    # Still there for those who may.
    assert refusal(get_status, server.admin_channel,
                   "monitor") == "PERMISSION_DENIED"
    assert get_status(server.admin_channel, "admin").models


def test_refused_reflection_says_what_is_missing(serve, token_file):
    server = serve(f"--token_file={token_file}")
    with pytest.raises(grpc.RpcError) as raised:
        list_services(server.admin_channel)
    assert "asks for a token" in raised.value.details()


def test_without_tokens_nobody_is_asked(serve):
    server = serve()
    assert "wanwu.v1.Admin" in list_services(server.admin_channel)
    assert len(get_servers(server.admin_channel)) == 2


def test_health_needs_a_token_on_both_listeners_or_on_none(serve, token_file):
    server = serve(f"--token_file={token_file}")
    assert check(server.admin_channel) == SERVING
    server = serve(f"--token_file={token_file}",
                   "--health_without_token=false")
    for channel in (server.channel, server.admin_channel):
        assert refusal(check, channel) == "UNAUTHENTICATED"
        assert check(channel, "monitor") == SERVING


def test_health_is_watched_to_the_end(serve):
    server = serve("--drain_delay=1s")
    watches = [health_pb2_grpc.HealthStub(server.admin_channel).Watch(
        health_pb2.HealthCheckRequest(service=service), timeout=PATIENCE)
        for service in ("", "liveness", "nonesuch")]
    assert [next(watch).status for watch in watches] == [
        SERVING, SERVING, health_pb2.HealthCheckResponse.SERVICE_UNKNOWN]
    # Many more than the listener has threads for.
    more = [health_pb2_grpc.HealthStub(server.admin_channel).Watch(
        health_pb2.HealthCheckRequest(), timeout=PATIENCE) for _ in range(25)]
    assert {next(watch).status for watch in more} == {SERVING}
    assert get_status(server.admin_channel).models
    server.terminate()
    assert next(watches[0]).status == NOT_SERVING
    with pytest.raises(grpc.RpcError) as raised:
        next(watches[0])
    assert raised.value.code() == grpc.StatusCode.UNAVAILABLE
    assert server.wait() == 0


def tls_flags(authority, *more):
    own = authority.issue_server()
    return (f"--tls_certificate_file={own.certificate}",
            f"--tls_key_file={own.key}", *more)


def credentials(authority, own=None):
    key, chain = (None, None) if own is None else (
        own.key.read_bytes(), own.certificate.read_bytes())
    return grpc.ssl_channel_credentials(authority.certificate.read_bytes(),
                                        key, chain)


def test_admin_listener_stays_in_the_clear_for_probes(serve, authority):
    server = serve(*tls_flags(authority))
    assert check(server.admin_channel) == SERVING
    assert server.log.wait_for("admin_listening")["tls"] is False


def test_admin_listener_talks_tls_if_asked(serve, authority, token_file,
                                           tmp_path):
    server = serve(*tls_flags(authority, "--admin_tls",
                              f"--token_file={token_file}"))
    assert server.log.wait_for("admin_listening")["tls"] is True
    assert refusal(check, server.admin_channel) == "UNAVAILABLE"
    with grpc.secure_channel(server.admin_address,
                             credentials(authority)) as channel:
        assert check(channel) == SERVING
        assert refusal(get_status, channel) == "UNAUTHENTICATED"
        assert get_status(channel, "admin").models
        assert "wanwu.v1.Admin" in list_services(channel, "admin")
    token = tmp_path / "token"
    token.write_text(TOKENS["admin"])
    done = wanwu("models", "load", "tiny", "--admin_address",
                 server.admin_address, "--tls_ca_file", authority.certificate,
                 "--token_file", token)
    assert done.returncode == 0, done.stderr


def test_names_of_operators_certificates_are_apart(serve, authority):
    web = authority.issue("web", "DNS:web.example.org")
    boss = authority.issue("boss", "DNS:boss.example.org")
    server = serve(*tls_flags(
        authority, "--admin_tls",
        f"--tls_client_ca_file={authority.certificate}",
        "--tls_allowed_names=web.example.org",
        "--admin_allowed_names=boss.example.org"))
    with grpc.secure_channel(server.admin_address,
                             credentials(authority, boss)) as channel:
        assert get_status(channel).models
        assert len(get_servers(channel)) == 2
    with grpc.secure_channel(server.admin_address,
                             credentials(authority, web)) as channel:
        with pytest.raises(grpc.RpcError) as raised:
            get_status(channel)
        error = service_error.from_call(raised.value)
        assert (error.code.name, error.reason) == ("PERMISSION_DENIED",
                                                   "NAME_NOT_ALLOWED")
        assert refusal(list_services, channel) == "PERMISSION_DENIED"
        assert check(channel) == SERVING
    with grpc.secure_channel(server.admin_address,
                             credentials(authority)) as channel:
        assert refusal(check, channel) == "UNAVAILABLE"


def warnings_of(server):
    server.stop()
    return [name for name in ("admin_listening_in_the_clear",
                              "admin_open_to_all")
            if server.log.events(name)]


def test_an_exposed_admin_listener_is_warned_of(serve, authority, token_file):
    anywhere = "0.0.0.0:0"
    assert warnings_of(serve()) == []
    assert warnings_of(serve(admin=anywhere)) == [
        "admin_listening_in_the_clear", "admin_open_to_all"]
    assert warnings_of(serve("--plaintext", admin=anywhere)) == [
        "admin_open_to_all"]
    assert warnings_of(serve(f"--token_file={token_file}",
                             admin=anywhere)) == [
                                 "admin_listening_in_the_clear"]
    assert warnings_of(serve(*tls_flags(authority, "--admin_tls"),
                             admin=anywhere)) == ["admin_open_to_all"]
    assert warnings_of(serve(*tls_flags(
        authority, "--admin_tls",
        f"--tls_client_ca_file={authority.certificate}"),
                             admin=anywhere)) == []

"""The admin listener."""

import grpc
import pytest

import service_error
import tiny_packages
from environment import PATIENCE
from server_process import NOT_SERVING, SERVING, ServerProcess
from stubs import (admin_pb2, channelz_pb2, channelz_pb2_grpc, health_pb2,
                   health_pb2_grpc, pb, reflection_pb2, reflection_pb2_grpc)

BOSS = 32 * "b"
EYE = 32 * "e"


@pytest.fixture
def server(tmp_path, shared_state):
    repository = tmp_path / "models"
    tiny_packages.write(repository, 1)
    tiny_packages.write(repository, 1, name="other")
    started = ServerProcess(
        f"--model_repository={repository}", f"--state_dir={shared_state}",
        "--default_model=tiny", "--admin_address=127.0.0.1:0",
        "--drain_delay=1s")
    yield started.wait_until_serving()
    started.close()


def error_of(call, request):
    with pytest.raises(grpc.RpcError) as raised:
        call(request, timeout=PATIENCE)
    return service_error.from_call(raised.value)


def health_of(server, service=""):
    stub = health_pb2_grpc.HealthStub(server.admin_channel)
    return stub.Check(health_pb2.HealthCheckRequest(service=service),
                      timeout=PATIENCE).status


def services_on(channel):
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    questions = iter([reflection_pb2.ServerReflectionRequest(
        list_services="")])
    answer, = stub.ServerReflectionInfo(questions, timeout=PATIENCE)
    return {service.name for service in answer.list_services_response.service}


def test_each_listener_serves_its_own(server):
    admin = services_on(server.admin_channel)
    assert {"wanwu.v1.Admin", "grpc.health.v1.Health",
            "grpc.channelz.v1.Channelz"} <= admin
    assert "wanwu.v1.ImageClassifier" not in admin
    others = services_on(server.channel)
    assert not {"wanwu.v1.Admin", "grpc.channelz.v1.Channelz"} & others


def test_health_is_the_server_s(server):
    assert health_of(server) == SERVING
    assert health_of(server, "liveness") == SERVING
    stub = health_pb2_grpc.HealthStub(server.admin_channel)
    listed = stub.List(health_pb2.HealthListRequest(), timeout=PATIENCE)
    assert listed.statuses[""].status == SERVING
    assert error_of(stub.Check, health_pb2.HealthCheckRequest(
        service="nonesuch")).code == grpc.StatusCode.NOT_FOUND


def test_channelz_shows_the_servers(server):
    stub = channelz_pb2_grpc.ChannelzStub(server.admin_channel)
    servers = stub.GetServers(channelz_pb2.GetServersRequest(),
                              timeout=PATIENCE).server
    assert len(servers) == 2


def test_status_says_what_is_served(server):
    status = server.admin.GetStatus(admin_pb2.GetStatusRequest(),
                                    timeout=PATIENCE)
    assert status.state == pb.ServerStatus.STATE_SERVING
    assert status.default_model == "tiny"
    assert [model.name for model in status.models] == ["other", "tiny"]
    assert status.models_in_memory == 2
    assert status.version


def test_the_default_model_is_changed(server):
    server.admin.SetDefaultModel(
        admin_pb2.SetDefaultModelRequest(model="other"), timeout=PATIENCE)
    assert server.classifier.GetModel(pb.GetModelRequest(),
                                      timeout=PATIENCE).name == "other"
    error = error_of(server.admin.SetDefaultModel,
                     admin_pb2.SetDefaultModelRequest(model="nonesuch"))
    assert error.reason == "MODEL_NOT_FOUND"


def test_readiness_goes_with_the_last_model_and_comes_with_the_next(server):
    def unload(model):
        server.admin.UnloadModel(admin_pb2.UnloadModelRequest(model=model),
                                 timeout=PATIENCE)

    def states():
        return {service: health_of(server, service) for service in
                ("", "wanwu.v1.ImageClassifier",
                 "inference.GRPCInferenceService", "readiness")}

    watch = server.watch_health()
    assert next(watch).status == SERVING
    unload("other")
    assert set(states().values()) == {SERVING}
    unload("tiny")
    assert set(states().values()) == {NOT_SERVING}
    assert next(watch).status == NOT_SERVING
    assert health_of(server, "liveness") == SERVING
    assert server.log.wait_for("no_model_to_serve")
    server.admin.LoadModel(admin_pb2.LoadModelRequest(model="other"),
                           timeout=PATIENCE)
    assert set(states().values()) == {SERVING}
    assert next(watch).status == SERVING
    watch.cancel()


def test_the_log_level_is_changed(server):
    server.admin.SetLogLevel(admin_pb2.SetLogLevelRequest(
        level=admin_pb2.LOG_LEVEL_ERROR), timeout=PATIENCE)
    server.admin.UnloadModel(admin_pb2.UnloadModelRequest(model="other"),
                             timeout=PATIENCE)
    server.admin.SetLogLevel(admin_pb2.SetLogLevelRequest(
        level=admin_pb2.LOG_LEVEL_INFO), timeout=PATIENCE)
    server.admin.UnloadModel(admin_pb2.UnloadModelRequest(model="tiny"),
                             timeout=PATIENCE)
    assert server.log.wait_for("model_unloaded")["model"] == "tiny"


@pytest.mark.parametrize("method, request_type", (
    ("LoadModel", admin_pb2.LoadModelRequest),
    ("UnloadModel", admin_pb2.UnloadModelRequest),
    ("SetDefaultModel", admin_pb2.SetDefaultModelRequest)))
def test_a_model_must_be_named(server, method, request_type):
    error = error_of(getattr(server.admin, method), request_type())
    assert (error.code.name, error.reason) == ("INVALID_ARGUMENT",
                                               "FIELD_INVALID")


@pytest.mark.parametrize("version", ("2", "nonesuch"))
def test_what_the_repository_lacks_is_not_found(server, version):
    error = error_of(server.admin.LoadModel, admin_pb2.LoadModelRequest(
        model="tiny", version=version))
    assert (error.code.name, error.reason) == ("NOT_FOUND", "MODEL_NOT_FOUND")


def test_an_unspecified_log_level_is_refused(server):
    error = error_of(server.admin.SetLogLevel, admin_pb2.SetLogLevelRequest())
    assert error.reason == "FIELD_INVALID"


def test_drain_ends_the_server_and_a_signal_does_not_hurry_it(server):
    server.admin.Drain(admin_pb2.DrainRequest(), timeout=PATIENCE)
    server.log.wait_for("drain_started")
    server.terminate()
    # Probes see it until the end.
    assert health_of(server) == NOT_SERVING
    assert server.wait() == 0
    assert server.log.events("server_stopped")[0]["complete"]


def test_with_a_token_file_only_admins_may_call(tmp_path, shared_state):
    repository = tmp_path / "models"
    tiny_packages.write(repository, 1)
    tokens = tmp_path / "tokens"
    tokens.write_text(f"boss admin {BOSS}\neye monitor {EYE}\n")
    tokens.chmod(0o600)
    server = ServerProcess(
        f"--model_repository={repository}", f"--state_dir={shared_state}",
        "--admin_address=127.0.0.1:0", f"--token_file={tokens}")
    try:
        server.wait_until_serving()

        def status_with(*metadata):
            return server.admin.GetStatus(
                admin_pb2.GetStatusRequest(), timeout=PATIENCE,
                metadata=[("authorization", each) for each in metadata])

        assert status_with(f"Bearer {BOSS}").models
        with pytest.raises(grpc.RpcError) as raised:
            status_with(f"Bearer {EYE}")
        error = service_error.from_call(raised.value)
        assert (error.code, error.reason) == (
            grpc.StatusCode.PERMISSION_DENIED, "ROLE_NOT_ALLOWED")
        with pytest.raises(grpc.RpcError) as raised:
            status_with()
        error = service_error.from_call(raised.value)
        assert (error.code, error.reason) == (
            grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING")
        assert health_of(server) == SERVING
    finally:
        server.close()

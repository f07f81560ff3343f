"""What a server says and does before it serves."""

import hashlib
import pathlib
import shutil
import socket

import grpc
import pytest

import batch_times
import packages
import service_error
from calls import classify, request_of
from environment import BIN_DIR, PATIENCE
from program_process import free_port
from server_process import NOT_SERVING, SERVING
from stubs import health_pb2, pb, reflection_pb2, reflection_pb2_grpc

READINESS_KEYS = {"", "wanwu.v1.ImageClassifier",
                  "inference.GRPCInferenceService", "readiness"}


def expect_failure(server, *texts):
    """Exit code 1 and a last line that holds these texts."""
    assert server.wait() == 1
    failure = server.log.events("server_failed")[-1]["error"]
    for text in texts:
        assert text in failure


def broken_package(package, folder):
    """A copy of the manifest and labels, with a model file that is none."""
    target = folder / package.name / str(int(package.version) + 1)
    target.mkdir(parents=True)
    for name in ("manifest.json", package.manifest["labels"]["file"]):
        shutil.copy(package.directory / name, target)
    manifest = (target / "manifest.json").read_text()
    (target / "manifest.json").write_text(manifest.replace(
        f'"version": "{package.version}"', f'"version": "{target.name}"'))
    for precision in package.precisions.values():
        (target / precision["file"]).write_bytes(b"not TorchScript")
    return packages.Package(target)


def test_every_mistake_in_the_configuration_gets_its_line(start, tmp_path):
    config = tmp_path / "wanwu.yaml"
    config.write_text("lanez: 2\n")
    server = start("--max_batch_size=64", "--precision=int4", "--lane=1",
                   f"--config={config}")
    assert server.wait() == 2
    lines = server.log.lines
    for text in ("--max_batch_size=64 (flag)", "--precision=int4 (flag)",
                 "--lane=1 (flag): unknown option; did you mean --lanes?",
                 f"{config}:1: unknown key 'lanez'; did you mean 'lanes'?"):
        assert sum(text in line for line in lines) == 1, server.log.text()
    assert len(lines) == 5
    assert "4 mistake(s)" in lines[-1]


def test_missing_repository_is_named_with_the_way_to_make_one(start, tmp_path):
    missing = tmp_path / "nowhere"
    expect_failure(start(f"--model_repository={missing}"), str(missing),
                   "tools/export_model.py", "--model_repository")


def test_empty_repository_is_named_with_the_way_to_fill_it(start, tmp_path):
    expect_failure(start(f"--model_repository={tmp_path}"), str(tmp_path),
                   "no model package", "tools/export_model.py")


def test_unknown_default_model_is_named(start, package):
    expect_failure(start("--default_model=nonesuch"), "nonesuch",
                   package.name)


def test_taken_address_is_named(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        expect_failure(start(address=address), address, "already in use")


def test_unix_socket_in_use_is_left_to_its_server(start, picture, tmp_path):
    address = f"unix:{tmp_path}/socket"
    first = start(address=address).wait_until_serving()
    expect_failure(start(address=address), address, "another server")
    first.hang_up()
    assert classify(first.classifier, picture).classifications
    first.stop()


def test_socket_that_a_killed_server_left_is_taken_over(start, picture,
                                                        tmp_path):
    address = f"unix:{tmp_path}/socket"
    start(address=address).wait_until_serving().close()
    second = start(address=address).wait_until_serving()
    assert classify(second.classifier, picture).classifications
    second.stop()


def test_address_that_cannot_be_had_is_named_with_the_reason(start, tmp_path):
    address = f"unix:{tmp_path}/nowhere/socket"
    expect_failure(start(address=address), address,
                   "No such file or directory")


def test_repository_of_broken_packages_only_fails_and_says_why(
        start, package, tmp_path):
    broken = broken_package(package, tmp_path / "broken")
    server = start(f"--model_repository={tmp_path / 'broken'}")
    expect_failure(server, package.name)
    failed, = server.log.events("model_failed")
    assert failed["directory"] == str(broken.directory)
    assert "sha256" in failed["error"]


def test_good_package_serves_beside_a_broken_one(start, package, picture,
                                                 tmp_path):
    folder = packages.repository_of(tmp_path / "both", package)
    broken = broken_package(package, folder)
    server = start(f"--model_repository={folder}").wait_until_serving()

    assert classify(server.classifier, picture).model_version == \
        package.version
    with pytest.raises(grpc.RpcError) as raised:
        classify(server.classifier, picture, model_version=broken.version)
    error = service_error.from_call(raised.value)
    assert (error.code.name, error.reason) == ("UNAVAILABLE",
                                               "MODEL_NOT_READY")
    assert error.retry_seconds > 0
    failed, ready = server.classifier.ListModels(
        pb.ListModelsRequest(), timeout=PATIENCE).models
    assert (ready.version, ready.state) == (package.version,
                                            pb.Model.STATE_READY)
    assert (failed.version, failed.state) == (broken.version,
                                              pb.Model.STATE_FAILED)
    assert "log" in failed.state_message
    assert "sha256" in server.log.wait_for("model_failed")["error"]
    server.stop()


def test_requests_while_models_load_are_told_to_come_back(start, picture,
                                                          tmp_path):
    # Nothing is kept there, so that loading takes its time.
    server = start("--lanes=4", f"--state_dir={tmp_path / 'fresh'}",
                   "--accept_while_loading=true")
    with pytest.raises(grpc.RpcError) as raised:
        server.classifier.Classify(request_of(picture), timeout=PATIENCE,
                                   wait_for_ready=True)
    error = service_error.from_call(raised.value)
    assert (error.code.name, error.reason) == ("UNAVAILABLE",
                                               "MODEL_NOT_READY")
    assert error.retry_seconds == 1
    model = server.classifier.GetModel(pb.GetModelRequest(), timeout=PATIENCE)
    assert model.state == pb.Model.STATE_LOADING
    states = server.health.List(health_pb2.HealthListRequest(),
                                timeout=PATIENCE).statuses
    assert states["liveness"].status == SERVING
    assert {states[key].status for key in READINESS_KEYS} == {NOT_SERVING}
    server.wait_until_serving()
    assert classify(server.classifier, picture).classifications
    server.stop()


def test_callers_are_refused_until_models_are_loaded(start, picture, tmp_path):
    # Nothing is kept there, so that loading takes its time.
    port = free_port()
    server = start("--lanes=4", f"--state_dir={tmp_path / 'fresh'}",
                   address=f"127.0.0.1:{port}")
    assert server.operators_port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()
    assert not server.log.events("server_listening")
    assert server.log.wait_for("server_listening")["port"] == port
    # Whoever gets in is served.
    assert classify(server.classifier, picture).classifications
    server.stop()


def test_of_two_servers_that_load_for_one_address_the_later_says_so(
        start, tmp_path):
    port = free_port()
    first = start(f"--state_dir={tmp_path / 'fresh'}",
                  address=f"127.0.0.1:{port}")
    assert first.operators_port
    second = start(f"--state_dir={tmp_path / 'second'}",
                   address=f"127.0.0.1:{port}")
    ends = {server.log.wait_for_first_of("server_serving", "server_failed"):
            server for server in (first, second)}
    expect_failure(ends["server_failed"], str(port), "already in use")
    assert ends["server_serving"].address == f"127.0.0.1:{port}"
    ends["server_serving"].stop()


def test_second_start_takes_kept_batch_times(start, state_with):
    times = batch_times.LARGE_BATCHES_PAY
    state = state_with(times)
    server = start(f"--state_dir={state}").wait_until_serving()
    model = server.classifier.GetModel(pb.GetModelRequest(), timeout=PATIENCE)
    assert [time.duration.ToNanoseconds() for time in model.batch_times] == \
        times
    assert model.batch_size == 8
    assert server.log.wait_for("model_ready")["batch_times"].startswith(
        "1:11ms 2:12ms ")
    server.stop()
    entry, = batch_times.read(state)["entries"]
    assert entry["batch_times_ns"] == times


def test_another_build_measures_anew(start, state_with):
    state = state_with(batch_times.VERY_SLOW)
    batch_times.rename_build(state)
    server = start(f"--state_dir={state}").wait_until_serving()
    server.stop()
    kept, measured = batch_times.read(state)["entries"]
    assert kept["batch_times_ns"] == batch_times.VERY_SLOW
    assert measured["batch_times_ns"][0] < batch_times.VERY_SLOW[0]
    assert hashlib.sha256((BIN_DIR / "wanwu-server").read_bytes()).hexdigest(
        ).startswith(measured["key"].split(" ")[-1])


def test_damaged_batch_times_are_measured_anew(start, tmp_path):
    state = tmp_path / "damaged"
    state.mkdir()
    (state / "batch_times.json").write_text("{")
    server = start(f"--state_dir={state}").wait_until_serving()
    assert "JSON" in server.log.wait_for("batch_times_ignored")["reason"]
    server.stop()
    assert batch_times.read(state)["entries"]


def test_model_is_described_as_its_package_does(server, package):
    listed = server.classifier.ListModels(pb.ListModelsRequest(),
                                          timeout=PATIENCE)
    assert listed.default_model == package.name
    model, = listed.models
    assert model == server.classifier.GetModel(
        pb.GetModelRequest(model=package.name, version=package.version),
        timeout=PATIENCE)
    manifest = package.manifest
    assert (model.name, model.version) == (package.name, package.version)
    assert model.architecture == manifest["architecture"]
    assert model.trained == manifest["trained"]
    assert model.weights_source == manifest["source"]["weights"]
    assert model.labels_count == len(package.labels)
    assert model.precision in package.precisions
    assert model.precision_reason
    assert [time.batch_size for time in model.batch_times] == \
        list(range(1, 9))
    assert 1 <= model.batch_size <= 8
    for field in ("width", "height", "resize_shorter_side", "divisor"):
        assert getattr(model.input, field) == manifest["input"][field]


def test_batching_off_means_batches_of_one(start, picture):
    server = start("--batching=off").wait_until_serving()
    model = server.classifier.GetModel(pb.GetModelRequest(), timeout=PATIENCE)
    assert model.batch_size == 1
    calls = [server.classifier.Classify.future(request_of(picture),
                                               timeout=PATIENCE)
             for _ in range(16)]
    assert {call.result().timings.batch_size for call in calls} == {1}
    server.stop()


def test_server_listens_on_a_unix_socket(start, picture, tmp_path):
    server = start(address=f"unix:{tmp_path}/socket").wait_until_serving()
    assert classify(server.classifier, picture).classifications
    server.stop()


@pytest.mark.parametrize("service", sorted(READINESS_KEYS | {"liveness"}))
def test_health_key_is_serving(server, service):
    answer = server.health.Check(
        health_pb2.HealthCheckRequest(service=service), timeout=PATIENCE)
    assert answer.status == SERVING


def test_unknown_health_key_is_not_found(server):
    with pytest.raises(grpc.RpcError) as raised:
        server.health.Check(health_pb2.HealthCheckRequest(service="nonesuch"),
                            timeout=PATIENCE)
    assert raised.value.code() == grpc.StatusCode.NOT_FOUND


def test_watch_of_unknown_health_key_says_so(server):
    watch = server.watch_health("nonesuch")
    assert next(watch).status == \
        health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
    watch.cancel()


def test_health_list_has_every_key(server):
    states = server.health.List(health_pb2.HealthListRequest(),
                                timeout=PATIENCE).statuses
    assert {key: state.status for key, state in states.items()} == \
        dict.fromkeys(READINESS_KEYS | {"liveness"}, SERVING)


def reflect(server, **question):
    stub = reflection_pb2_grpc.ServerReflectionStub(server.channel)
    requests = iter([reflection_pb2.ServerReflectionRequest(**question)])
    answer, = stub.ServerReflectionInfo(requests, timeout=PATIENCE)
    return answer


def test_reflection_lists_the_services(server):
    answer = reflect(server, list_services="")
    assert {"wanwu.v1.ImageClassifier", "grpc.health.v1.Health"} <= {
        service.name for service in answer.list_services_response.service}


def test_reflection_describes_the_service(server):
    answer = reflect(server,
                     file_containing_symbol="wanwu.v1.ImageClassifier")
    files = answer.file_descriptor_response.file_descriptor_proto
    assert pb.DESCRIPTOR.serialized_pb in list(files)


def test_reflection_can_be_turned_off(start):
    server = start("--reflection=false").wait_until_serving()
    with pytest.raises(grpc.RpcError) as raised:
        reflect(server, list_services="")
    assert raised.value.code() == grpc.StatusCode.UNIMPLEMENTED
    server.stop()


def test_every_line_of_a_json_log_is_an_event(start):
    server = start().wait_until_serving()
    server.stop()
    events = server.log.events()
    assert len(events) == len(server.log.lines)
    assert [event["event"] for event in events] == [
        "operators_listening", "model_ready", "server_listening",
        "server_serving", "signal_received", "drain_started",
        "server_stopped"]
    for event in events:
        assert {"time", "level"} <= event.keys()


def test_libraries_do_not_write_into_the_log_on_their_own(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        server = start(address=address)
        expect_failure(server, address)
    assert [event["event"] for event in server.log.events()] == [
        "server_failed"]
    assert len(server.log.lines) == 1


def test_libraries_messages_are_events_of_level_debug(start):
    server = start("--log_level=debug")
    server.wait_until_serving()
    call = server.channel.unary_unary("/wanwu.v1.ImageClassifier/GetModel")
    with pytest.raises(grpc.RpcError):
        # A model's name that is not UTF-8.
        call(b"\x0a\x01\xff", timeout=PATIENCE)
    server.stop()
    messages = server.log.events("library_message")
    assert "protobuf" in {message["library"] for message in messages}
    assert len(server.log.events()) == len(server.log.lines)


def variables_of(server):
    """The environment that the process was started with last."""
    environment = pathlib.Path(f"/proc/{server.process.pid}/environ")
    return environment.read_bytes().split(b"\0")


def test_idle_threads_of_a_lane_do_not_spin_for_long(start, picture,
                                                     monkeypatch):
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    server = start("--lanes=1", "--intra_op_threads=2")
    server.wait_until_serving()
    assert server.log.events("server_listening")[0]["intra_op_threads"] == 2
    assert b"GOMP_SPINCOUNT=1000" in variables_of(server)
    name = pathlib.Path(f"/proc/{server.process.pid}/comm").read_text()
    assert name == "wanwu-server\n"
    classify(server.classifier, picture)
    server.stop()


@pytest.mark.parametrize("name, value", (("OMP_WAIT_POLICY", "PASSIVE"),
                                         ("GOMP_SPINCOUNT", "7")))
def test_how_threads_wait_is_left_to_who_set_it(start, monkeypatch, name,
                                                value):
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    monkeypatch.setenv(name, value)
    server = start("--lanes=1", "--intra_op_threads=2")
    assert server.address
    assert b"GOMP_SPINCOUNT=1000" not in variables_of(server)


def test_more_threads_than_cpus_is_a_warning(start):
    server = start("--lanes=64", "--intra_op_threads=64")
    warning = server.log.wait_for("more_threads_than_cpus")
    assert (warning["lanes"], warning["intra_op_threads"]) == (64, 64)
    assert warning["level"] == "warning"


def test_second_server_starts_though_the_default_for_operators_is_taken(start):
    servers = [start("--metrics_address=127.0.0.1:8502") for _ in range(2)]
    for server in servers:
        server.wait_until_serving()
    said = {event["event"] for server in servers
            for event in server.log.events()}
    assert "operators_not_served" in said

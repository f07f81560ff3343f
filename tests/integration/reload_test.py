"""Models come, are replaced and go while the server serves."""

import itertools
import signal
import threading

import grpc
import pytest

import pictures
import service_error
import tiny_packages
from calls import request_of
from environment import PATIENCE, SANITIZED
from server_process import ServerProcess
from stubs import admin_pb2, pb

CALLERS = 8
OFTEN = "--repository_poll=50ms"


@pytest.fixture
def serve(shared_state):
    """serve(repository, flags…): a server whose models come only by name or
    SIGHUP, unless the flags say otherwise."""
    servers = []

    def start(repository, *flags):
        servers.append(ServerProcess(
            f"--model_repository={repository}", "--repository_poll=0",
            f"--state_dir={shared_state}",
            "--admin_address=127.0.0.1:0", *flags))
        return servers[-1].wait_until_serving()

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def repository(tmp_path):
    """Of version 1 alone."""
    folder = tmp_path / "models"
    tiny_packages.write(folder, 1)
    return folder


@pytest.fixture(scope="module")
def encoded():
    return pictures.generated_pictures(1)[0].encoded


@pytest.fixture
def ask(encoded):
    """ask(server, fields…) → (version, best class)."""

    def one(server, **fields):
        response = server.classifier.Classify(
            request_of(encoded, **{"top_k": 1, **fields}), timeout=PATIENCE)
        return (int(response.model_version),
                response.classifications[0].index)

    return one


def refusal_of(ask, server, **fields):
    with pytest.raises(grpc.RpcError) as raised:
        ask(server, **fields)
    error = service_error.from_call(raised.value)
    return error.code.name, error.reason


def load(server, version="", model=tiny_packages.NAME):
    server.admin.LoadModel(
        admin_pb2.LoadModelRequest(model=model, version=version),
        timeout=PATIENCE)


def unload(server, version="", model=tiny_packages.NAME):
    server.admin.UnloadModel(
        admin_pb2.UnloadModelRequest(model=model, version=version),
        timeout=PATIENCE)


def status_of(server):
    return server.admin.GetStatus(admin_pb2.GetStatusRequest(),
                                  timeout=PATIENCE)


def states(server):
    models = server.classifier.ListModels(pb.ListModelsRequest(),
                                          timeout=PATIENCE).models
    return {int(model.version): pb.Model.State.Name(model.state)
            for model in models}


class Load:
    """Callers and a stream that go on until they are told to stop."""

    def __init__(self, server, encoded):
        self._classifier = server.classifier
        self._encoded = encoded
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self.answers = []  # (version, best class) as they came
        self.errors = []
        self._threads = [threading.Thread(target=run, daemon=True) for run in
                         [self._call] * CALLERS + [self._stream]]
        for thread in self._threads:
            thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a call never ended"

    def wait_for_more(self, count=4 * CALLERS):
        with self._changed:
            target = len(self.answers) + count
            assert self._changed.wait_for(
                lambda: len(self.answers) >= target or self.errors, PATIENCE)

    def _note(self, response):
        with self._changed:
            self.answers.append((int(response.model_version),
                                 response.classifications[0].index))
            self._changed.notify_all()

    def _fail(self, error):
        with self._changed:
            self.errors.append(error)
            self._changed.notify_all()

    def _call(self):
        while not self._stop.is_set():
            try:
                self._note(self._classifier.Classify(
                    request_of(self._encoded, top_k=1), timeout=PATIENCE))
            except grpc.RpcError as error:
                self._fail(error)

    def _stream(self):
        def requests():
            for i in itertools.count():
                if self._stop.is_set():
                    return
                yield pb.ClassifyBatchRequest(
                    id=str(i), request=request_of(self._encoded, top_k=1))

        try:
            for answer in self._classifier.ClassifyBatch(requests(),
                                                         timeout=PATIENCE):
                if answer.WhichOneof("result") == "error":
                    self._fail(answer.error)
                else:
                    self._note(answer.response)
        except grpc.RpcError as error:
            self._fail(error)


def test_versions_are_replaced_under_load_without_an_error(
        serve, repository, encoded, ask):
    server = serve(repository)
    with Load(server, encoded) as running:
        for version in range(2, 7):
            running.wait_for_more()
            tiny_packages.write(repository, version)
            load(server)
            # Who asks from now on gets the new one.
            assert ask(server) == (version, version)
        running.wait_for_more()
    assert not running.errors
    # Each answer is the one of the version that it names.
    assert {version for version, best in running.answers} == set(range(1, 7))
    assert all(version == best for version, best in running.answers)
    assert states(server) == {6: "STATE_READY"}
    server.log.wait_for_count("model_freed", 5)
    assert status_of(server).models_in_memory == 1
    server.stop()


def test_a_version_is_replaced_in_place(serve, repository, encoded, ask):
    server = serve(repository)
    with Load(server, encoded) as running:
        for answer in (50, 51, 52):
            running.wait_for_more()
            tiny_packages.write(repository, 1, answer)
            load(server)
            assert ask(server) == (1, answer)
    assert not running.errors
    server.stop()


def test_sighup_loads_what_is_new(serve, repository, ask):
    server = serve(repository)
    tiny_packages.write(repository, 2)

    server.process.send_signal(signal.SIGHUP)

    server.log.wait_for("model_unloaded", version=1)
    assert ask(server) == (2, 2)
    server.stop()


def test_a_repository_out_of_sight_is_told_of_and_changes_nothing(
        serve, repository, ask):
    server = serve(repository, OFTEN)
    elsewhere = repository.with_name("elsewhere")
    repository.rename(elsewhere)

    server.log.wait_for("repository_not_read")
    server.process.send_signal(signal.SIGHUP)
    assert server.log.wait_for("reload_finished")["complete"] is False
    assert ask(server)[0] == 1
    elsewhere.rename(repository)
    server.log.wait_for("repository_read_again")
    server.stop()


def test_loading_what_the_policy_forbids_says_so(serve, repository):
    server = serve(repository, "--version_policy=pinned:1")
    tiny_packages.write(repository, 2, name="other")

    with pytest.raises(grpc.RpcError) as refused:
        load(server, model="other")

    assert refused.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert "version_policy" in refused.value.details()
    server.stop()


def test_sighup_at_any_stage_ends_nothing(tmp_path, repository):
    server = ServerProcess(f"--model_repository={repository}",
                           f"--state_dir={tmp_path / 'state'}",
                           "--drain_delay=300ms")
    try:
        server.log.wait_for("operators_listening")
        server.process.send_signal(signal.SIGHUP)
        server.wait_until_serving()
        # It came while models were loaded, and is done now.
        server.log.wait_for("reload_finished")
        server.terminate()
        server.log.wait_for("drain_started")
        server.process.send_signal(signal.SIGHUP)
        assert server.wait() == 0
    finally:
        server.close()


def test_a_new_version_is_found_by_polling(serve, repository, ask):
    server = serve(repository, OFTEN)
    tiny_packages.write(repository, 2)
    server.log.wait_for("model_unloaded", version=1)
    assert ask(server) == (2, 2)
    server.stop()


def test_a_kubernetes_volume_is_followed(serve, tmp_path, encoded, ask):
    """As the kubelet mounts and updates volumes: names are links through
    ..data, which is exchanged at once."""
    volume = tmp_path / "volume"
    tiny_packages.write(volume / "..first", 1)
    (volume / "..data").symlink_to("..first")
    (volume / "tiny").symlink_to("..data/tiny")
    server = serve(volume, OFTEN)
    with Load(server, encoded) as running:
        running.wait_for_more()
        tiny_packages.write(volume / "..second", 2)
        (volume / "..data_tmp").symlink_to("..second")
        (volume / "..data_tmp").rename(volume / "..data")
        server.log.wait_for("model_freed", version=1)
        running.wait_for_more()
    assert not running.errors
    assert ask(server) == (2, 2)

    # The same version again, with other contents.
    tiny_packages.write(volume / "..third", 2, answer=60)
    (volume / "..data_tmp").symlink_to("..third")
    (volume / "..data_tmp").rename(volume / "..data")
    server.log.wait_for("model_freed", version=2)
    assert ask(server) == (2, 60)
    server.stop()


def test_a_broken_package_is_refused_and_the_old_one_stays(
        serve, repository, ask):
    server = serve(repository)
    tiny_packages.write(repository, 2, model=b"damaged")

    with pytest.raises(grpc.RpcError) as raised:
        load(server)

    error = service_error.from_call(raised.value)
    assert (error.code.name, error.reason) == ("FAILED_PRECONDITION",
                                               "MODEL_LOAD_FAILED")
    assert "sha256" in raised.value.details()
    assert "sha256" in server.log.wait_for("model_failed")["error"]
    assert states(server) == {1: "STATE_READY", 2: "STATE_FAILED"}
    assert ask(server) == (1, 1)
    server.stop()


def test_a_broken_package_in_the_place_of_a_good_one_changes_nothing(
        serve, repository, ask):
    server = serve(repository)
    tiny_packages.write(repository, 1, answer=50, model=b"damaged")

    with pytest.raises(grpc.RpcError):
        load(server)

    assert ask(server) == (1, 1)
    model, = server.classifier.ListModels(pb.ListModelsRequest(),
                                          timeout=PATIENCE).models
    assert model.state == pb.Model.STATE_READY
    assert "could not be loaded" in model.state_message
    server.stop()


def test_a_package_that_is_written_slowly_is_loaded_once_it_is_complete(
        serve, repository, ask):
    server = serve(repository, OFTEN)
    files = tiny_packages.files_of(2, 2)
    folder = repository / "tiny" / "2"
    folder.mkdir()
    half = files["model.fp32.pt"][:1000]
    for name, data in {**files, "model.fp32.pt": half}.items():
        (folder / name).write_bytes(data)
    server.log.wait_for("model_failed", version=2)
    # Polls that find nothing new say nothing.
    tiny_packages.write(repository, 1, name="other")
    server.log.wait_for("model_ready", model="other")
    assert len(server.log.events("model_failed")) == 1
    assert ask(server, model="tiny") == (1, 1)

    (folder / "model.fp32.pt").write_bytes(files["model.fp32.pt"])

    server.log.wait_for("model_ready", model="tiny", version=2)
    server.log.wait_for("model_unloaded", version=1)
    assert ask(server, model="tiny") == (2, 2)
    server.stop()


def test_a_folder_without_a_manifest_is_not_loaded(serve, repository, ask):
    server = serve(repository, OFTEN)
    files = tiny_packages.files_of(2, 2)
    folder = repository / "tiny" / "2"
    folder.mkdir()
    manifest = files.pop("manifest.json")
    for name, data in files.items():
        (folder / name).write_bytes(data)
    server.log.wait_for("repository_entry_ignored")
    tiny_packages.write(repository, 1, name="other")
    server.log.wait_for("model_ready", model="other")
    assert len(server.log.events("repository_entry_ignored")) == 1
    assert not server.log.events("model_failed")

    (folder / "manifest.json").write_bytes(manifest)

    server.log.wait_for("model_ready", model="tiny", version=2)
    server.stop()


def test_an_unloaded_model_is_not_found_until_it_is_loaded(serve, repository,
                                                           ask):
    server = serve(repository, OFTEN)
    unload(server)
    assert refusal_of(ask, server, model="tiny") == ("NOT_FOUND",
                                                     "MODEL_NOT_FOUND")
    server.log.wait_for("model_freed")
    # Polls leave it where it is.
    tiny_packages.write(repository, 1, name="other")
    server.log.wait_for("model_ready", model="other")
    assert refusal_of(ask, server, model="tiny")[0] == "NOT_FOUND"
    with pytest.raises(grpc.RpcError) as raised:
        unload(server)
    assert raised.value.code() == grpc.StatusCode.NOT_FOUND

    load(server)

    assert ask(server, model="tiny") == (1, 1)
    server.stop()


def test_what_is_gone_from_the_repository_is_unloaded_but_for_the_last(
        serve, repository, ask):
    tiny_packages.write(repository, 1, name="other")
    server = serve(repository, OFTEN)
    (repository / "other").rename(repository / ".other")
    server.log.wait_for("model_freed", model="other")

    (repository / "tiny").rename(repository / ".tiny")
    # Two polls later.
    tiny_packages.write(repository, 2, name="third")
    server.log.wait_for("model_ready", model="third")

    assert ask(server, model="third") == (2, 2)
    server.stop()


def test_a_version_that_is_named_is_served_beside_the_newest(
        serve, repository, ask):
    tiny_packages.write(repository, 2)
    server = serve(repository)
    assert refusal_of(ask, server, model_version="1")[0] == "NOT_FOUND"

    load(server, version="1")

    assert ask(server, model_version="1") == (1, 1)
    assert ask(server) == (2, 2)
    unload(server, version="2")
    assert ask(server) == (1, 1)
    server.stop()


@pytest.mark.parametrize("policy, versions", (
    ("latest", {3}), ("latest:2", {2, 3}), ("all", {1, 2, 3}),
    ("pinned:1+2", {1, 2}), ("all,tiny=pinned:2", {2})))
def test_the_policy_says_which_versions_are_served(serve, repository, ask,
                                                   policy, versions):
    for version in (2, 3):
        tiny_packages.write(repository, version)
    server = serve(repository, f"--version_policy={policy}")
    assert set(states(server)) == versions
    for version in versions:
        assert ask(server, model_version=str(version)) == (version, version)
    server.stop()


def test_the_version_before_is_served_where_the_newest_cannot_be(
        serve, repository, ask):
    tiny_packages.write(repository, 2, model=b"damaged")
    server = serve(repository)
    assert ask(server) == (1, 1)
    assert states(server) == {1: "STATE_READY", 2: "STATE_FAILED"}
    server.stop()


def test_another_model_is_the_default_while_the_wanted_one_is_broken(
        serve, tmp_path, ask):
    repository = tmp_path / "models"
    tiny_packages.write(repository, 1, name="good")
    tiny_packages.write(repository, 2, name="wanted", model=b"damaged")
    server = serve(repository, "--default_model=wanted")
    assert ask(server) == (1, 1)
    changed, = server.log.events("default_model_changed")
    assert (changed["model"], changed["before"]) == ("good", "wanted")

    tiny_packages.write(repository, 2, name="wanted")
    server.admin.ReloadModels(admin_pb2.ReloadModelsRequest(),
                              timeout=PATIENCE)

    assert ask(server) == (2, 2)
    server.stop()


@pytest.mark.skipif(SANITIZED, reason="sanitizers keep what was freed")
def test_memory_does_not_grow_with_reloads(serve, repository, encoded):
    server = serve(repository)

    def reload(count, freed):
        with Load(server, encoded) as running:
            for _ in range(count):
                load(server)
                running.wait_for_more()
        assert not running.errors
        server.log.wait_for_count("model_freed", freed)
        return server.peak_memory()

    before = reload(8, 8)
    after = reload(20, 28)
    # A package takes 9 MB, so 20 that leak 180. What malloc keeps for the next
    # one differs by up to 200 between two looks, however many were loaded; the
    # most there ever was hardly grows after the first few.
    assert after - before < 90e6, (before, after)
    server.stop()

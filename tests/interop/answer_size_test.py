"""The largest answers fit into what clients take without being told."""

import hashlib
import json

import grpc
import pytest

import tiny_packages
from environment import PATIENCE
from server_process import ServerProcess
from stubs import error_details_pb2, pb, pb_grpc, reflection_pb2
from stubs import reflection_pb2_grpc, status_pb2

# Of gRPC's clients.
LARGEST_MESSAGE = 4 * 2**20
LARGEST_TRAILERS = 8 * 2**10
# Of a text in a package.
LONGEST = 1024
CLASSES = 1000  # As many as top_k asks for at most.
PICTURES = 8


def heaviest_package(repository):
    """Every text of it is as long as it may be."""
    text = "x" * LONGEST
    labels = ("index\twordnet_id\tlabel_en\tlabel_zh\n" + "".join(
        f"{index}\t{text}\t{text}\t{text}\n" for index in range(CLASSES))
    ).encode()
    files = tiny_packages.files_of(1, 1, classes=CLASSES)
    manifest = json.loads(files["manifest.json"])
    manifest["labels"]["sha256"] = hashlib.sha256(labels).hexdigest()
    manifest["architecture"] = text
    manifest["source"].update(weights=text, licence=text)
    manifest["measured"] = {"set": text, "images": 10**9,
                            "fp32": {"top1": 1, "top5": 1, "method": text},
                            "bf16": {"top1": 1, "top5": 1, "method": text}}
    tiny_packages.write(repository, 1, classes=CLASSES, labels=labels,
                        manifest=json.dumps(manifest).encode())
    return repository


@pytest.fixture(scope="module")
def heavy(tmp_path_factory):
    running = ServerProcess(
        f"--model_repository={heaviest_package(tmp_path_factory.mktemp('m'))}",
        f"--state_dir={tmp_path_factory.mktemp('state')}")
    try:
        yield running.wait_until_serving()
        running.stop()
    finally:
        running.close()


@pytest.fixture
def channel(heavy):
    """Of a client that was told nothing about limits."""
    with grpc.insecure_channel(heavy.address) as opened:
        yield opened


@pytest.fixture
def classifier(channel):
    return pb_grpc.ImageClassifierStub(channel)


def assert_is_largest(response):
    assert len(response.classifications) == CLASSES
    assert {len(each.label) for each in response.classifications} == {LONGEST}
    assert 2 * CLASSES * LONGEST < response.ByteSize() < LARGEST_MESSAGE


@pytest.mark.parametrize("language", ("en", "zh"))
def test_all_classes_of_a_picture(classifier, picture, language):
    assert_is_largest(classifier.Classify(pb.ClassifyRequest(
        image=picture, top_k=CLASSES, language_code=language),
        timeout=PATIENCE))


def test_all_classes_of_many_pictures(classifier, picture):
    longest_id = "i" * 256
    asked = [pb.ClassifyBatchRequest(
        id=longest_id, request=pb.ClassifyRequest(image=picture,
                                                  top_k=CLASSES))
             for _ in range(PICTURES)]

    answers = list(classifier.ClassifyBatch(iter(asked), timeout=PATIENCE))

    assert len(answers) == PICTURES
    for answer in answers:
        assert_is_largest(answer.response)
        assert answer.ByteSize() < LARGEST_MESSAGE


def test_longer_text_is_no_package(tmp_path):
    """So that the above is the largest."""
    repository = heaviest_package(tmp_path / "models")
    path = repository / tiny_packages.NAME / "1/manifest.json"
    manifest = json.loads(path.read_text())
    manifest["source"]["weights"] += "x"
    path.write_text(json.dumps(manifest))
    refusing = ServerProcess(f"--model_repository={repository}",
                             f"--state_dir={tmp_path}")
    try:
        refused = refusing.log.wait_for("model_failed")
        assert "longer than 1024 bytes" in json.dumps(refused)
    finally:
        refusing.close()


def test_models(classifier):
    """A list of more than 3 MiB tells less of each
    (model_description_test.cc)."""
    model, = classifier.ListModels(pb.ListModelsRequest(),
                                   timeout=PATIENCE).models
    assert model.ByteSize() > 5 * LONGEST
    assert model == classifier.GetModel(pb.GetModelRequest(),
                                        timeout=PATIENCE)


def test_status(classifier, heavy):
    reports = classifier.WatchStatus(pb.WatchStatusRequest(),
                                     timeout=PATIENCE)
    assert next(reports).ByteSize() < LARGEST_MESSAGE / 1000
    reports.cancel()


def test_reflection(channel):
    asked = (reflection_pb2.ServerReflectionRequest(
        file_containing_symbol=name) for name in (
            "wanwu.v1.ImageClassifier", "grpc.health.v1.Health"))
    answers = list(reflection_pb2_grpc.ServerReflectionStub(
        channel).ServerReflectionInfo(asked, timeout=PATIENCE))
    assert len(answers) == 2
    for answer in answers:
        assert answer.file_descriptor_response.file_descriptor_proto
        assert answer.ByteSize() < LARGEST_MESSAGE / 100


def test_error_that_quotes_the_request(classifier):
    """gRPC's clients take 8 KiB of headers; else they tell another error."""
    with pytest.raises(grpc.RpcError) as raised:
        classifier.GetModel(pb.GetModelRequest(model="名" * 20000,
                                               version="9" * 2000),
                            timeout=PATIENCE)
    error = raised.value
    assert error.code() is grpc.StatusCode.NOT_FOUND
    trailers = error.trailing_metadata()
    assert sum(len(key) + len(value) + 32
               for key, value in trailers) < LARGEST_TRAILERS / 2
    status = status_pb2.Status.FromString(
        dict(trailers)["grpc-status-details-bin"])
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    assert info.reason == "MODEL_NOT_FOUND"

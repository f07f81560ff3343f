"""Unmodified clients of the Open Inference Protocol against the real server."""

import grpc
import numpy as np
import pytest
from google.protobuf import descriptor_pb2

import oip_programs
from environment import PATIENCE

# pylint: disable=unused-import
from oip_fixtures import (  # noqa: F401
    answers, assert_best_three, files, folder, model)

if not oip_programs.PYTHON.exists():
    pytest.skip("no tritonclient in build/deps/oip; scripts/setup.sh --tests "
                "puts it there", allow_module_level=True)

METHODS = "inference.GRPCInferenceService"


@pytest.fixture(scope="module")
def told(server, model, folder):
    return oip_programs.run("triton_grpc.py", server.address, model.name,
                            folder)


def names_of(model):
    return [model.name, f"{model.name}_pixels", f"{model.name}_tensor"]


def test_definition_is_tritons():
    """Each message, field, number and type that ours has, theirs has, too."""
    # pylint: disable=import-outside-toplevel
    from inference import open_inference_pb2 as ours
    theirs = oip_programs.run("descriptor.py")
    mine = {}
    import oip.descriptor as descriptor
    for message in ours.DESCRIPTOR.message_types_by_name.values():
        descriptor.message_fields(message, mine)
    for enum in ours.DESCRIPTOR.enum_types_by_name.values():
        descriptor.enum_values(enum, mine)
    for name, fields in mine.items():
        for field, meaning in fields.items():
            found = theirs[name][field]
            assert found == meaning, (name, field)
    assert mine["inference.ModelInferRequest"]["raw_input_contents"][0] == 7
    service = descriptor_pb2.ServiceDescriptorProto()
    ours.DESCRIPTOR.services_by_name["GRPCInferenceService"].CopyToProto(
        service)
    assert len(service.method) == 12
    for method in service.method:
        assert theirs[METHODS][method.name] == [
            method.input_type.removeprefix("."),
            method.output_type.removeprefix("."),
            method.client_streaming, method.server_streaming]


def test_health_and_metadata(told, model):
    assert told["live"] and told["ready"]
    assert told["model_ready"] == [True, True, True]
    assert told["other_ready"] is False
    assert told["server"]["name"] == "wanwu"
    inputs = [told["metadata"][name]["inputs"] for name in names_of(model)]
    side = str(model.input.height)
    assert inputs == [
        [{"name": "image", "datatype": "BYTES", "shape": ["-1", "1"]}],
        [{"name": "pixels", "datatype": "UINT8",
          "shape": ["-1", side, side, "3"]}],
        [{"name": "tensor", "datatype": "FP32",
          "shape": ["-1", "3", side, side]}]]
    assert told["config"]["config"]["max_batch_size"] >= 1
    assert {each["name"] for each in told["index"]["models"]} == set(
        names_of(model))


def test_three_names_give_the_same_logits(told, model, files):
    logits = [np.array(told["logits"][name]) for name in names_of(model)]
    assert logits[0].shape == (len(files), model.labels_count)
    # Batches may differ, and floating-point sums with them.
    tolerance = 1e-3 * np.abs(logits[0]).max()
    np.testing.assert_allclose(logits[1], logits[0], atol=tolerance)
    np.testing.assert_allclose(logits[2], logits[0], atol=tolerance)
    np.testing.assert_allclose(told["sums"], 1, atol=1e-4)
    assert told["ids"] == ["x"] * 3


def test_as_many_pictures_as_the_configuration_says_are_answered(told, model):
    for name in names_of(model):
        most = int(told["largest"][name]["max_batch_size"])
        assert told["largest"][name]["shape"] == [most, 1]
        beyond = told["largest"][name]["beyond"]
        # The transport refuses what is larger than any message.
        assert (f"must be 1 to {most}" in beyond or
                "message larger than max" in beyond)
    # Of tensors no more fit into a message.
    assert int(told["largest"][f"{model.name}_tensor"]["max_batch_size"]) < 64


def test_classes_are_those_of_our_own_api(told, answers):
    assert_best_three(told["classes"], answers)


def test_stream_keeps_the_order_and_outlives_errors(told):
    assert told["async_error"] == "None"
    assert told["stream"] == [str(i) for i in range(8)]
    assert len(told["stream_errors"]) == 1
    assert "nope" in told["stream_errors"][0]


def test_errors_are_what_triton_clients_expect(told):
    errors = told["errors"]
    assert errors["model"][0] == "StatusCode.NOT_FOUND"
    assert errors["name"][0] == "StatusCode.INVALID_ARGUMENT"
    assert "unexpected inference input 'pixels'" in errors["name"][1]
    assert errors["load"][0] == "StatusCode.UNIMPLEMENTED"
    assert errors["memory"][0] == "StatusCode.UNIMPLEMENTED"


def test_statistics_add_up(told, files):
    [stats] = told["statistics"]["model_stats"]
    batches = stats["batch_stats"]
    assert int(stats["inference_count"]) >= 3 * len(files)
    assert sum(int(each["batch_size"]) * int(each["compute_infer"]["count"])
               for each in batches) == int(stats["inference_count"])
    assert sum(int(each["compute_infer"]["count"])
               for each in batches) == int(stats["execution_count"])


def test_asyncio_client(server, model, folder, files, answers):
    told = oip_programs.run("triton_aio.py", server.address, model.name,
                            folder)

    best = [answer.classifications[0].index for answer in answers]
    assert told["ready"] is True
    assert told["best"] == [best[i % len(best)] for i in range(24)]
    assert told["streamed"] == [path.name for path in files]


def test_token_and_role_are_asked_for(secured):
    probe = secured.channel.unary_unary(f"/{METHODS}/ServerLive")
    metadata = secured.channel.unary_unary(f"/{METHODS}/ServerMetadata")

    assert probe(b"", timeout=PATIENCE) == b"\x08\x01"
    with pytest.raises(grpc.RpcError) as refused:
        metadata(b"", timeout=PATIENCE)
    assert refused.value.code() == grpc.StatusCode.UNAUTHENTICATED


def loadgen(scenario, mode, server, model, folder, out, seconds):
    out.mkdir()
    told = oip_programs.run(
        "loadgen.py", scenario, mode, server.address, model.name, folder, out,
        seconds, patience=PATIENCE + 4 * seconds)
    assert told["errors"] == []
    return told


@pytest.mark.parametrize("scenario", ["Server", "Offline"])
def test_loadgen_performance_is_valid(scenario, server, model, folder,
                                      tmp_path):
    told = loadgen(scenario, "Performance", server, model, folder,
                   tmp_path / "out", 5)

    print(told["summary"])
    assert "Result is : VALID" in told["summary"]


@pytest.mark.parametrize("scenario", ["Server", "Offline"])
def test_loadgen_accuracy_is_that_of_our_own_api(scenario, server, model,
                                                 folder, files, answers,
                                                 tmp_path):
    told = loadgen(scenario, "Accuracy", server, model, folder,
                   tmp_path / "out", 1)

    assert told["classes"] == {
        path.name: answer.classifications[0].index
        for path, answer in zip(files, answers, strict=True)}

"""Any classifier: exported, served, and asked for what PyTorch answers."""

import pathlib

import pytest

import architectures
import pictures
from environment import FULL, PATIENCE
from stubs import oip_pb, oip_pb_grpc, pb

NAMES = architectures.ALL if FULL else architectures.QUICK
# Of what no own layer can hold the middle of.
MOSTLY_LIBTORCH = ("convnext_tiny", "vit_b_16")
# Debian's default BLAS takes seconds for a picture of theirs.
FAST_BLAS = any("openblas" in line or "mkl" in line
                for line in pathlib.Path("/proc/self/maps").open())


@pytest.fixture(scope="module")
def encoded():
    return [picture.encoded for picture in pictures.photographs()]


@pytest.mark.parametrize("name", NAMES)
def test_server_answers_as_pytorch(name, tmp_path, encoded):
    if name in MOSTLY_LIBTORCH and not FAST_BLAS:
        pytest.skip(f"{name} needs a fast BLAS: libopenblas0-serial")
    exported = architectures.export(name, tmp_path, encoded)
    with architectures.serving(exported, tmp_path) as server:
        found = architectures.agreement(exported, server, encoded)
    assert found.pictures >= 20
    assert found.largest_difference < 2e-3
    assert found.same_class == found.pictures
    assert found.own_operators > 0
    assert ((found.own_operators == found.operators)
            == (name not in MOSTLY_LIBTORCH))


def inferred(server, model, picture):
    """Probabilities by the Open Inference Protocol."""
    contents = oip_pb.InferTensorContents(bytes_contents=[picture])
    answer = oip_pb_grpc.GRPCInferenceServiceStub(server.channel).ModelInfer(
        oip_pb.ModelInferRequest(
            model_name=model,
            inputs=[oip_pb.ModelInferRequest.InferInputTensor(
                name="image", datatype="BYTES", shape=[1], contents=contents)],
            outputs=[oip_pb.ModelInferRequest.InferRequestedOutputTensor(
                name="probabilities")]), timeout=PATIENCE)
    return list(answer.outputs[0].contents.fp32_contents)


def test_several_classes_may_be_right_at_once(tmp_path, encoded):
    exported = architectures.export(architectures.OWN_CLASSES, tmp_path,
                                    encoded, "--scores", "sigmoid")
    with architectures.serving(exported, tmp_path) as server:
        found = architectures.agreement(exported, server, encoded)
        (model,) = server.classifier.ListModels(
            pb.ListModelsRequest(), timeout=PATIENCE).models
        probabilities = inferred(server, model.name, encoded[0])
    assert model.scores == pb.Model.SCORES_SIGMOID
    assert found.largest_difference < 2e-3
    wanted = exported.answers(encoded)
    assert wanted.sum(1).max() > 1.5
    assert probabilities == pytest.approx(wanted[0], abs=2e-3)

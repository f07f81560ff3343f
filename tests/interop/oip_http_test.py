"""Unmodified tritonclient.http, and curl's kind of requests, against the real
gateway's REST form of the Open Inference Protocol."""

import base64
import json

import numpy as np
import pytest

import oip_programs

# pylint: disable=unused-import
from oip_fixtures import (  # noqa: F401
    answers, assert_best_three, files, folder, model)

if not oip_programs.PYTHON.exists():
    pytest.skip("no tritonclient in build/deps/oip; scripts/setup.sh --tests "
                "puts it there", allow_module_level=True)


@pytest.fixture(scope="module")
def told(gateway, model, folder):
    return oip_programs.run("triton_http.py", f"127.0.0.1:{gateway.port}",
                            model.name, folder)


def test_health_and_metadata(told, model):
    assert told["live"] and told["ready"]
    assert told["model_ready"] and told["version_ready"]
    assert told["other_ready"] is False
    assert told["server"]["name"] == "wanwu"
    side = model.input.height
    assert told["metadata"]["inputs"] == [
        {"name": "pixels", "datatype": "UINT8", "shape": [-1, side, side, 3]}]
    assert told["config"]["max_batch_size"] >= 1
    assert told["config"]["input"][0]["data_type"] == "TYPE_STRING"
    assert {each["name"] for each in told["index"]} == {
        model.name, f"{model.name}_pixels", f"{model.name}_tensor"}


def test_all_forms_of_a_picture_give_the_same_logits(told, model, files):
    files_logits = np.array(told["logits"]["files"])
    assert files_logits.shape == (len(files), model.labels_count)
    # Batches may differ, and floating-point sums with them.
    tolerance = 1e-3 * np.abs(files_logits).max()
    np.testing.assert_allclose(told["logits"]["pixels"], files_logits,
                               atol=tolerance)
    np.testing.assert_allclose(told["logits"]["one in JSON"], files_logits[:1],
                               atol=tolerance)
    assert told["id"] == "x"


@pytest.mark.parametrize("binary", ["True", "False"])
def test_classes_are_those_of_our_own_api(told, answers, binary):
    assert_best_three(told["classes"][binary], answers)


def test_many_requests_are_answered_in_their_order(told, answers):
    best = [answer.classifications[0].index for answer in answers]
    assert told["best"] == [best[i % len(best)] for i in range(24)]


def test_errors_are_what_triton_clients_expect(told):
    errors = told["errors"]
    assert errors["model"][0] == "404"
    assert "nope" in errors["model"][1]
    assert errors["name"][0] == "400"
    assert "unexpected inference input 'image'" in errors["name"][1]
    assert errors["compressed"][0] == "415"


def test_statistics_are_numbers(told, files):
    [stats] = told["statistics"]["model_stats"]
    assert stats["inference_count"] >= 2 * len(files)
    assert sum(each["batch_size"] * each["compute_infer"]["count"]
               for each in stats["batch_stats"]) == stats["inference_count"]


def test_a_picture_is_a_body_by_itself_or_base64(gateway, model, files,
                                                 answers):
    path = f"/v2/models/{model.name}/infer"
    wanted = [answers[0].classifications[0].index]
    picture = files[0].read_bytes()

    bare = gateway.ask("POST", path, picture,
                       {"Inference-Header-Content-Length": "0"})
    text = base64.b64encode(picture).decode()
    coded = gateway.ask("POST", path, json.dumps({"inputs": [
        {"name": "image", "shape": [1], "datatype": "BYTES",
         "data": [f"data:image/jpeg;base64,{text}"]}],
        "outputs": [{"name": "logits"}]}).encode())

    for answer in (bare, coded):
        assert answer.status == 200, answer.body
        outputs = {each["name"]: each for each in answer.json["outputs"]}
        logits = np.array(outputs["logits"]["data"]).reshape(
            outputs["logits"]["shape"])
        assert logits.argmax(axis=1).tolist() == wanted


def test_a_spoilt_picture_is_named(gateway, model, files):
    whole = files[0].read_bytes()
    parts = [whole, whole[:len(whole) // 2]]
    answer = gateway.ask(
        "POST", f"/v2/models/{model.name}/infer", json.dumps({"inputs": [
            {"name": "image", "shape": [2, 1], "datatype": "BYTES",
             "data": [base64.b64encode(part).decode()
                      for part in parts]}]}).encode())

    assert answer.status == 400
    assert answer.json["error"].startswith("picture 1: ")
    assert answer.json["details"][0]["reason"] == "IMAGE_DECODE_FAILED"

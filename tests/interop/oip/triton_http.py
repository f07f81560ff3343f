"""What unmodified tritonclient.http sees of a gateway: triton_http.py ADDRESS
MODEL FOLDER.

FOLDER is as for triton_grpc.py. Prints one JSON object.
"""

import json
import pathlib
import sys

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

PATIENCE = 90


def inputs_of(name, datatype, array, binary):
    tensor = triton.InferInput(name, list(array.shape), datatype)
    tensor.set_data_from_numpy(array, binary_data=binary)
    return [tensor]


def error_of(call, *arguments, **options):
    try:
        call(*arguments, **options)
    except InferenceServerException as error:
        return [error.status(), error.message()]
    return None


def main():
    address, model, folder = sys.argv[1:]
    paths = sorted(pathlib.Path(folder).glob("*.picture"))
    files = np.array([[path.read_bytes()] for path in paths], dtype=object)
    pixels = np.stack([np.load(path.with_suffix(".npy")) for path in paths])
    client = triton.InferenceServerClient(
        address, concurrency=4, network_timeout=PATIENCE,
        connection_timeout=PATIENCE)
    told = {"live": client.is_server_live(), "ready": client.is_server_ready(),
            "model_ready": client.is_model_ready(model),
            "version_ready": client.is_model_ready(model, "1"),
            "other_ready": client.is_model_ready("nope"),
            "server": client.get_server_metadata(),
            "metadata": client.get_model_metadata(f"{model}_pixels"),
            "config": client.get_model_config(model),
            "index": client.get_model_repository_index()}

    def infer(name, inputs, outputs=None):
        return client.infer(name, inputs, outputs=outputs, request_id="x")

    encoded = inputs_of("image", "BYTES", files, True)
    results = {
        "files": infer(model, encoded),
        "pixels": infer(f"{model}_pixels", inputs_of(
            "pixels", "UINT8", pixels, True)),
        "one in JSON": infer(f"{model}_pixels", inputs_of(
            "pixels", "UINT8", pixels[:1], False))}
    told["id"] = results["files"].get_response()["id"]
    told["logits"] = {name: result.as_numpy("logits").tolist()
                      for name, result in results.items()}
    told["classes"] = {}
    for binary in (True, False):
        wanted = [triton.InferRequestedOutput(
            "probabilities", binary_data=binary, class_count=3)]
        rows = infer(model, encoded, wanted).as_numpy("probabilities")
        told["classes"][str(binary)] = [
            [text.decode() if isinstance(text, bytes) else text
             for text in row] for row in rows]
    # All at once.
    calls = [client.async_infer(model, inputs_of(
        "image", "BYTES", files[i % len(files)][None], True))
        for i in range(24)]
    told["best"] = [int(call.get_result(timeout=PATIENCE).as_numpy(
        "logits")[0].argmax()) for call in calls]
    told["errors"] = {
        "model": error_of(infer, "nope", encoded),
        "name": error_of(infer, f"{model}_pixels", encoded),
        "compressed": error_of(client.infer, model, encoded,
                               request_compression_algorithm="gzip")}
    told["statistics"] = client.get_inference_statistics(model)
    client.close()
    json.dump(told, sys.stdout)


main()

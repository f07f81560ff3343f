"""What unmodified tritonclient.grpc sees: triton_grpc.py ADDRESS MODEL FOLDER.

FOLDER holds *.picture files, and beside each the pixels (.npy) and what they
are normalised to (.tensor.npy). Prints one JSON object.
"""

import json
import pathlib
import queue
import sys

import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

PATIENCE = 90


def inputs_of(name, datatype, array):
    tensor = triton.InferInput(name, list(array.shape), datatype)
    tensor.set_data_from_numpy(array)
    return [tensor]


def all_arrays(model, paths):
    """name of the model: its input's name, type and array, for each kind."""
    files = np.array([[path.read_bytes()] for path in paths], dtype=object)
    pixels = np.stack([np.load(path.with_suffix(".npy")) for path in paths])
    tensors = np.stack([np.load(path.with_suffix(".tensor.npy"))
                        for path in paths])
    return {model: ("image", "BYTES", files),
            f"{model}_pixels": ("pixels", "UINT8", pixels),
            f"{model}_tensor": ("tensor", "FP32", tensors)}


def error_of(call, *arguments, **options):
    try:
        call(*arguments, **options)
    except InferenceServerException as error:
        return [error.status(), error.message()]
    return None


def streamed(address, model, inputs):
    """Ids in the order of the answers, and errors."""
    answers = queue.Queue()
    with triton.InferenceServerClient(address) as client:
        client.start_stream(lambda result, error: answers.put((result, error)))
        for i in range(8):
            client.async_stream_infer(model, inputs, request_id=str(i))
        client.async_stream_infer("nope", inputs, request_id="wrong")
        got = [answers.get(timeout=PATIENCE) for _ in range(9)]
        client.stop_stream()
    return ([result.get_response().id for result, _ in got if result],
            [str(error) for _, error in got if error])


def largest(client, name, first):
    """As many times the picture as the configuration says, and once more."""
    most = client.get_model_config(name).config.max_batch_size
    wanted = [triton.InferRequestedOutput("logits", class_count=1)]

    def infer(count):
        tensor, datatype, picture = first
        return client.infer(
            name, inputs_of(tensor, datatype, np.repeat(picture, count, 0)),
            outputs=wanted, client_timeout=PATIENCE)
    return {"max_batch_size": most,
            "shape": list(infer(most).as_numpy("logits").shape),
            "beyond": error_of(infer, most + 1)[1]}


def main():
    address, model, folder = sys.argv[1:]
    paths = sorted(pathlib.Path(folder).glob("*.picture"))
    client = triton.InferenceServerClient(address)
    arrays = all_arrays(model, paths)
    inputs = {name: inputs_of(*each) for name, each in arrays.items()}
    told = {"live": client.is_server_live(), "ready": client.is_server_ready(),
            "model_ready": [client.is_model_ready(name) for name in inputs],
            "other_ready": client.is_model_ready("nope"),
            "server": client.get_server_metadata(as_json=True),
            "metadata": {name: client.get_model_metadata(name, as_json=True)
                         for name in inputs},
            "config": client.get_model_config(model, as_json=True),
            "index": client.get_model_repository_index(as_json=True)}
    results = {name: client.infer(name, each, client_timeout=PATIENCE,
                                  request_id="x")
               for name, each in inputs.items()}
    told["ids"] = [each.get_response().id for each in results.values()]
    told["logits"] = {name: each.as_numpy("logits").tolist()
                      for name, each in results.items()}
    told["sums"] = results[model].as_numpy(
        "probabilities").sum(axis=1).tolist()
    wanted = [triton.InferRequestedOutput("probabilities", class_count=3)]
    classes = client.infer(model, inputs[model], outputs=wanted)
    told["classes"] = [[text.decode() for text in row]
                       for row in classes.as_numpy("probabilities")]
    told["largest"] = {
        name: largest(client, name, (tensor, datatype, array[:1]))
        for name, (tensor, datatype, array) in arrays.items()}
    done = queue.Queue()
    client.async_infer(model, inputs[model],
                       lambda result, error: done.put(error))
    told["async_error"] = str(done.get(timeout=PATIENCE))
    told["stream"], told["stream_errors"] = streamed(address, model,
                                                     inputs[model])
    told["errors"] = {
        "model": error_of(client.infer, "nope", inputs[model]),
        "name": error_of(client.infer, model, inputs[f"{model}_pixels"]),
        "load": error_of(client.load_model, model),
        "memory": error_of(client.get_system_shared_memory_status)}
    told["statistics"] = client.get_inference_statistics(model, as_json=True)
    json.dump(told, sys.stdout)


main()

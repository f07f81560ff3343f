"""What KServe's client is told by a server, as JSON on standard output.

"grpc" ADDRESS PICTURE MODEL, or "rest" URL PICTURE MODEL of a gateway.
"""

import asyncio
import json
import pathlib
import sys

import grpc
import numpy as np
from kserve import (InferenceGRPCClient, InferenceRESTClient, InferInput,
                    InferRequest, RESTConfig)
from kserve.protocol.infer_type import RequestedOutput

TIMEOUT = 90


def picture_input(encoded, raw):
    if not raw:  # From an array the client would only take texts.
        return InferInput("image", [1, 1], "BYTES", data=[encoded])
    made = InferInput("image", [1, 1], "BYTES")
    made.set_data_from_numpy(np.array([[encoded]], dtype=object),
                             binary_data=True)
    return made


def array_input(name, array, raw):
    made = InferInput(name, list(array.shape),
                      {"u": "UINT8", "f": "FP32"}[array.dtype.kind])
    made.set_data_from_numpy(array, binary_data=raw)
    return made


def requests(model, encoded, raw):
    """By name."""
    best = [RequestedOutput("probabilities", {"classification": 3})]
    return {
        "best": InferRequest(model, [picture_input(encoded, raw)],
                             request_outputs=best),
        "picture": InferRequest(model, [picture_input(encoded, raw)]),
        "pixels": InferRequest(f"{model}_pixels", [array_input(
            "pixels", np.zeros((2, 224, 224, 3), np.uint8), raw)]),
        "tensor": InferRequest(f"{model}_tensor", [array_input(
            "tensor", np.zeros((1, 3, 224, 224), np.float32), raw)])}


def told(response):
    """By output: shape, and the strings or the greatest value's place."""
    found = {}
    for output in response.outputs:
        values = output.as_numpy()
        found[output.name] = [
            output.shape,
            [each.decode() if isinstance(each, bytes) else each
             for each in values.ravel()]
            if output.datatype == "BYTES" else
            values.argmax(axis=-1).tolist()]
    return found


async def call_grpc(address, encoded, model):
    async with InferenceGRPCClient(address, timeout=TIMEOUT) as client:
        found = {"live": await client.is_server_live(),
                 "ready": await client.is_server_ready(),
                 "model ready": await client.is_model_ready(model),
                 "other ready": await client.is_model_ready("nonesuch")}
        for raw in (False, True):
            for name, request in requests(model, encoded, raw).items():
                found[f"{name}, {'raw' if raw else 'typed'}"] = told(
                    await client.infer(request))
        try:
            await client.infer(InferRequest(
                model, [picture_input(b"no picture", True)]))
        except grpc.RpcError as error:
            found["error"] = [error.code().name, error.details()]
        return found


async def call_rest(url, encoded, model):
    client = InferenceRESTClient(RESTConfig(protocol="v2", timeout=TIMEOUT))
    found = {"live": await client.is_server_live(url),
             "ready": await client.is_server_ready(url),
             "model ready": await client.is_model_ready(url, model)}
    for name, request in requests(model, encoded, raw=True).items():
        found[f"{name}, raw"] = told(
            await client.infer(url, request, model_name=request.model_name))
    await client.close()
    return found


async def main(kind, address, picture, model):
    encoded = pathlib.Path(picture).read_bytes()
    call = {"grpc": call_grpc, "rest": call_rest}[kind]
    print(json.dumps(await call(address, encoded, model)))


asyncio.run(main(*sys.argv[1:]))

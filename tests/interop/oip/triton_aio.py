"""As triton_grpc.py, with tritonclient.grpc.aio and all calls at once."""

import asyncio
import json
import pathlib
import sys

import numpy as np
import tritonclient.grpc.aio as triton

CALLS = 24


async def main():
    address, model, folder = sys.argv[1:]
    paths = sorted(pathlib.Path(folder).glob("*.picture"))
    async with triton.InferenceServerClient(address) as client:
        async def infer(path):
            file = np.array([[path.read_bytes()]], dtype=object)
            tensor = triton.InferInput("image", [1, 1], "BYTES")
            tensor.set_data_from_numpy(file)
            result = await client.infer(model, [tensor])
            return int(result.as_numpy("logits")[0].argmax())

        async def requests():
            for path in paths:
                tensor = triton.InferInput("image", [1, 1], "BYTES")
                tensor.set_data_from_numpy(
                    np.array([[path.read_bytes()]], dtype=object))
                yield {"model_name": model, "inputs": [tensor],
                       "request_id": path.name}

        told = {"ready": await client.is_server_ready(),
                "best": await asyncio.gather(
                    *[infer(paths[i % len(paths)]) for i in range(CALLS)]),
                "streamed": [result.get_response().id async for result, _
                             in client.stream_infer(requests())]}
    json.dump(told, sys.stdout)


asyncio.run(main())

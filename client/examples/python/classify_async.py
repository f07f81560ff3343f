"""The same as classify.py, with asyncio."""

import asyncio
import pathlib
import sys

import grpc
import grpc.aio
from wanwu.v1 import image_classifier_pb2 as pb
from wanwu.v1 import image_classifier_pb2_grpc as rpc

from classify import (DEADLINE, IN_FLIGHT, credentials, options, print_answer,
                      print_error, status_of, target)


async def classify_file(stub, path):
    try:
        print_answer(path.name, await stub.Classify(
            pb.ClassifyRequest(image=path.read_bytes()), timeout=DEADLINE))
    except grpc.RpcError as error:
        print_error(path.name, status_of(error))


async def classify_folder(stub, folder):
    """One stream, in which IN_FLIGHT pictures are unanswered at most."""
    room = asyncio.Semaphore(IN_FLIGHT)

    async def requests():
        for path in sorted(folder.iterdir()):
            await room.acquire()
            yield pb.ClassifyBatchRequest(
                id=path.name,
                request=pb.ClassifyRequest(image=path.read_bytes()))

    try:
        async for answer in stub.ClassifyBatch(requests(), timeout=DEADLINE):
            room.release()
            if answer.HasField("error"):
                print_error(answer.id, answer.error)
            else:
                print_answer(answer.id, answer.response)
    except grpc.RpcError as error:
        print_error(folder.name, status_of(error))


async def main():
    if credentials() is None:
        channel = grpc.aio.insecure_channel(target(), options())
    else:
        channel = grpc.aio.secure_channel(target(), credentials(), options())
    async with channel:
        stub = rpc.ImageClassifierStub(channel)
        for path in map(pathlib.Path, sys.argv[1:]):
            if path.is_dir():
                await classify_folder(stub, path)
            else:
                await classify_file(stub, path)


if __name__ == "__main__":
    asyncio.run(main())

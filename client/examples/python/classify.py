"""Classifies files and folders with grpcio. See README.md beside this folder.

For programs of your own, client/python has most of this inside.
"""

import os
import pathlib
import sys
import threading

import grpc
from google.rpc import error_details_pb2, status_pb2
from wanwu.v1 import image_classifier_pb2 as pb
from wanwu.v1 import image_classifier_pb2_grpc as rpc

ADDRESS = os.environ.get("WANWU_ADDRESS", "127.0.0.1:8500")
DEADLINE = float(os.environ.get("WANWU_DEADLINE", "10"))  # seconds
IN_FLIGHT = int(os.environ.get("WANWU_IN_FLIGHT", "16"))
MAX_MESSAGE = 20 * 2**20


def target():
    """Several addresses become one target."""
    return f"ipv4:{ADDRESS}" if "," in ADDRESS else ADDRESS


def options():
    """Load balancing, health checks and retries."""
    config = pathlib.Path(os.environ["WANWU_SERVICE_CONFIG"]).read_text()
    return [("grpc.service_config", config),
            # Else only what fits into 256 KiB is sent again.
            ("grpc.per_rpc_retry_buffer_size", MAX_MESSAGE)]


def credentials():
    """For TLS with a token, or None."""
    if "WANWU_CA_FILE" not in os.environ:
        return None
    made = grpc.ssl_channel_credentials(
        pathlib.Path(os.environ["WANWU_CA_FILE"]).read_bytes())
    if "WANWU_TOKEN_FILE" in os.environ:
        token = pathlib.Path(os.environ["WANWU_TOKEN_FILE"]).read_text()
        made = grpc.composite_channel_credentials(
            made, grpc.access_token_call_credentials(token.strip()))
    return made


def print_answer(name, response):
    best = response.classifications[0]
    print(f"{name}\t{best.label}\t{best.probability:.4f}")


def print_error(name, status):
    """Of a google.rpc.Status."""
    info, retry, delay = error_details_pb2.ErrorInfo(), "-", (
        error_details_pb2.RetryInfo())
    for detail in status.details:
        detail.Unpack(info)
        if detail.Unpack(delay):
            retry = f"{delay.retry_delay.ToMilliseconds() / 1000:.3f}"
    code = next(code.name for code in grpc.StatusCode
                if code.value[0] == status.code)
    print(f"{name}\terror\t{code}\t{info.reason or '-'}\t{retry}\t"
          f"{status.message}")


def status_of(error):
    """The details of an error, as a google.rpc.Status."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            return status_pb2.Status.FromString(value)
    return status_pb2.Status(code=error.code().value[0],
                             message=error.details())


def classify_file(stub, path):
    try:
        print_answer(path.name, stub.Classify(
            pb.ClassifyRequest(image=path.read_bytes()), timeout=DEADLINE))
    except grpc.RpcError as error:
        print_error(path.name, status_of(error))


def classify_folder(stub, folder):
    """One stream, in which IN_FLIGHT pictures are unanswered at most."""
    room = threading.Semaphore(IN_FLIGHT)

    def requests():
        for path in sorted(folder.iterdir()):
            room.acquire()
            yield pb.ClassifyBatchRequest(
                id=path.name,
                request=pb.ClassifyRequest(image=path.read_bytes()))

    try:
        for answer in stub.ClassifyBatch(requests(), timeout=DEADLINE):
            room.release()
            if answer.HasField("error"):
                print_error(answer.id, answer.error)
            else:
                print_answer(answer.id, answer.response)
    except grpc.RpcError as error:
        room.release(IN_FLIGHT)  # Ends requests(), which may wait.
        print_error(folder.name, status_of(error))


def main():
    if credentials() is None:
        channel = grpc.insecure_channel(target(), options())
    else:
        channel = grpc.secure_channel(target(), credentials(), options())
    with channel:
        stub = rpc.ImageClassifierStub(channel)
        for path in map(pathlib.Path, sys.argv[1:]):
            if path.is_dir():
                classify_folder(stub, path)
            else:
                classify_file(stub, path)


if __name__ == "__main__":
    main()

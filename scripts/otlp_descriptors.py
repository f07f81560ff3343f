"""Takes protocol definitions out of a wheel with modules that protoc made.

    otlp_descriptors.py WHEEL FILE

Each such module holds its file's FileDescriptorProto as a literal of bytes. It
is read, not run, and needs no protobuf: a FileDescriptorSet is these messages,
each with its tag and length before it.
"""

import ast
import sys
import zipfile

# Each after what it imports.
MODULES = ("common/v1/common", "resource/v1/resource", "trace/v1/trace",
           "collector/trace/v1/trace_service")
# Field 1, length-delimited.
TAG = b"\x0a"


def varint(number):
    encoded = bytearray()
    while number > 0x7f:
        encoded.append(number & 0x7f | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def descriptor(source):
    for node in ast.walk(ast.parse(source)):
        if (isinstance(node, ast.Call) and
                getattr(node.func, "attr", "") == "AddSerializedFile"):
            return ast.literal_eval(node.args[0])
    raise ValueError("no AddSerializedFile(b'...')")


def main():
    wheel, file = sys.argv[1:]
    with zipfile.ZipFile(wheel) as archive, open(file, "wb") as out:
        for module in MODULES:
            found = descriptor(
                archive.read(f"opentelemetry/proto/{module}_pb2.py"))
            out.write(TAG + varint(len(found)) + found)


if __name__ == "__main__":
    main()

"""The descriptors of our own API's files, as protoc makes them."""

import os
import pathlib
import subprocess
import tempfile

from google.protobuf import descriptor_pb2

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
OWN = "wanwu/"


def googleapis():
    deps = os.environ.get("WANWU_DEPS_DIR") or ROOT / "build/deps"
    return pathlib.Path(deps) / "googleapis"


def compile_protos(proto=PROTO, source_info=False):
    """A FileDescriptorSet of all files below `proto`/wanwu with their imports,
    which stand before them."""
    files = sorted(str(path.relative_to(proto))
                   for path in (proto / OWN).rglob("*.proto"))
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "set.binpb"
        subprocess.run(
            ["protoc", f"-I{proto}", f"-I{googleapis()}", "--include_imports",
             *(["--include_source_info"] if source_info else []),
             f"--descriptor_set_out={out}", *files], check=True)
        return descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes())


def own_files(descriptors):
    """{name: FileDescriptorProto} of the set, without imports of others."""
    return {file.name: file for file in descriptors.file
            if file.name.startswith(OWN)}

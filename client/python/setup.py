"""Puts the API's messages and its service config into the package.

They are made of what this repository has (proto/, docs/service-config.json)
and go into the package as a file of descriptors, which every version of
protobuf reads; protoc's Python code works with newer ones only.
"""

import pathlib
import re
import shutil

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = pathlib.Path(__file__).resolve().parent
API = "wanwu/v1/image_classifier.proto"
ERRORS = ("google/rpc/status.proto", "google/rpc/error_details.proto")
HEALTH = "grpc_health/v1/health.proto"


def source(name):
    """Of the repository, or of a source archive, which has its own."""
    own = HERE / name
    return own if own.exists() else HERE.parents[1] / name


def run_protoc(*arguments):
    from grpc_tools import protoc
    if protoc.main(["protoc", *map(str, arguments)]) != 0:
        raise RuntimeError("protoc failed; see above")


def describe(folder):
    """Descriptors of all messages, in one set below `folder`."""
    import grpc_tools
    from google.protobuf import descriptor_pb2
    from google.rpc import status_pb2
    from grpc_health.v1 import health_pb2
    made = folder / "messages.binpb"
    google = pathlib.Path(status_pb2.__file__).parents[2]
    well_known = pathlib.Path(grpc_tools.__file__).parent / "_proto"
    run_protoc("--include_imports", f"--descriptor_set_out={made}",
               f"-I{source('proto')}", f"-I{google}", f"-I{well_known}",
               API, *ERRORS)
    files = descriptor_pb2.FileDescriptorSet.FromString(made.read_bytes())
    health_pb2.DESCRIPTOR.CopyToProto(files.file.add())
    files.file[-1].name = HEALTH
    made.write_bytes(files.SerializeToString())
    return made


def describe_types(folder, descriptors):
    """Type hints of the messages, as a package of their own."""
    types = folder / "_types"
    types.mkdir(exist_ok=True)
    run_protoc(f"--descriptor_set_in={descriptors}", f"--pyi_out={types}",
               API, *ERRORS, HEALTH)
    for file in types.rglob("*.pyi"):
        # Its neighbour in this package, not another's module.
        file.write_text(re.sub(r"^from google\.rpc import",
                               "from wanwu._types.google.rpc import",
                               file.read_text(), flags=re.MULTILINE))
        for parent in file.relative_to(types).parents:
            (types / parent / "__init__.pyi").touch()


class BuildWithMessages(build_py):
    def run(self):
        super().run()
        package = pathlib.Path(self.build_lib) / "wanwu"
        describe_types(package, describe(package))
        shutil.copy(source("docs/service-config.json"), package)


class ArchiveWithMessages(sdist):
    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        for name in (f"proto/{API}", "docs/service-config.json"):
            copy = pathlib.Path(base_dir) / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source(name), copy)


setup(cmdclass={"build_py": BuildWithMessages, "sdist": ArchiveWithMessages})

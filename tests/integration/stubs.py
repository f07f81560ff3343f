"""The generated Python modules, beside installed packages of their names.

`google` and `grpc` are also packages of Debian's; what was generated of
google.rpc and grpc.health is found through their extended search paths.
"""

import pkgutil
import sys

import google
import google.protobuf
import grpc

from environment import STUBS_DIR

sys.path.append(str(STUBS_DIR))
for _package in (google, grpc):
    _package.__path__ = pkgutil.extend_path(_package.__path__,
                                            _package.__name__)

# pylint: disable=wrong-import-position,unused-import
from google.rpc import error_details_pb2, status_pb2  # noqa: E402,F401
from grpc.health.v1 import health_pb2, health_pb2_grpc  # noqa: E402,F401
from inference import (  # noqa: E402,F401
    open_inference_pb2 as oip_pb, open_inference_pb2_grpc as oip_pb_grpc)
from grpc.reflection.v1alpha import (  # noqa: E402,F401
    reflection_pb2, reflection_pb2_grpc)
from grpc.channelz.v1 import channelz_pb2, channelz_pb2_grpc  # noqa: E402,F401
from opentelemetry.proto.collector.trace.v1 import (  # noqa: E402,F401
    trace_service_pb2 as otlp_pb, trace_service_pb2_grpc as otlp_pb_grpc)
from wanwu.v1 import admin_pb2, admin_pb2_grpc  # noqa: E402,F401
from wanwu.v1 import (  # noqa: E402,F401
    image_classifier_pb2 as pb, image_classifier_pb2_grpc as pb_grpc)

#!/usr/bin/python3
"""Publishes the API: writes its descriptors to proto/published.binpb.

Not if callers of what is published there would break: then it says why, and
leaves the file as it is.
"""

import itertools
import sys

from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pb2 import FieldDescriptorProto

from proto_descriptors import PROTO, compile_protos, own_files

PUBLISHED = PROTO / "published.binpb"


def read():
    return descriptor_pb2.FileDescriptorSet.FromString(PUBLISHED.read_bytes())


def _type_of(field):
    name = FieldDescriptorProto.Type.Name(field.type)
    return field.type_name or name.removeprefix("TYPE_").lower()


def _oneof_of(field, message):
    if not field.HasField("oneof_index") or field.proto3_optional:
        return None
    return message.oneof_decl[field.oneof_index].name


def _method(method):
    return {"request": method.input_type, "answer": method.output_type,
            "stream of requests": method.client_streaming,
            "stream of answers": method.server_streaming}


def _field(field, message):
    return {"name": field.name, "type": _type_of(field),
            "label": FieldDescriptorProto.Label.Name(field.label),
            "name in JSON": field.json_name,
            "oneof": _oneof_of(field, message),
            "presence": field.proto3_optional}


def _enums(enums, scope):
    for enum in enums:
        yield f"enum {scope}.{enum.name}", {}
        for value in enum.value:
            yield (f"value {value.number} of {scope}.{enum.name}",
                   {"name": value.name})


def _messages(messages, scope):
    for message in messages:
        name = f"{scope}.{message.name}"
        yield f"message {name}", {}
        for field in message.field:
            yield f"field {field.number} of {name}", _field(field, message)
        yield from _enums(message.enum_type, name)
        yield from _messages(message.nested_type, name)


def _services(services, scope):
    for service in services:
        name = f"{scope}.{service.name}"
        yield f"service {name}", {}
        for method in service.method:
            yield f"method {name}.{method.name}", _method(method)


def contract(descriptors):
    """All that callers can depend on, {what: {property: value}}."""
    return dict(itertools.chain.from_iterable(
        itertools.chain(
            [(f"file {name}", {"package": file.package,
                               "syntax": file.syntax})],
            _services(file.service, file.package),
            _messages(file.message_type, file.package),
            _enums(file.enum_type, file.package))
        for name, file in own_files(descriptors).items()))


def breaking_changes(before, now):
    """What callers of `before` would miss or take for something else."""
    kept = contract(now)
    for what, properties in contract(before).items():
        if what not in kept:
            yield f"{what} is gone"
            continue
        for name, value in properties.items():
            if kept[what][name] != value:
                yield (f"{what}: the {name} was {value}, and is "
                       f"{kept[what][name]}")


def main():
    now = compile_protos()
    broken = list(breaking_changes(read(), now)) if PUBLISHED.exists() else []
    if broken:
        sys.exit("\n".join(["callers of the published API would break:",
                            *broken]))
    PUBLISHED.write_bytes(now.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()

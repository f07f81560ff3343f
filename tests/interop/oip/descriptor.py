"""Prints what tritonclient's definition of the protocol has, as JSON: for each
field of each message, and for each value of each enum, its name: number and
type; for each method its messages and what of it streams."""

import json
import sys

from google.protobuf import descriptor_pool


def message_fields(message, into):
    into[message.full_name] = {
        field.name: [field.number, field.type, field.label,
                     (field.message_type or field.enum_type).full_name
                     if field.message_type or field.enum_type else ""]
        for field in message.fields}
    for nested in message.nested_types:
        message_fields(nested, into)
    for enum in message.enum_types:
        enum_values(enum, into)


def enum_values(enum, into):
    into[enum.full_name] = {value.name: value.number for value in enum.values}


def main():
    # pylint: disable=import-outside-toplevel
    from tritonclient.grpc import service_pb2
    pool = descriptor_pool.Default()
    told = {}
    for name in service_pb2.DESCRIPTOR.message_types_by_name:
        message_fields(pool.FindMessageTypeByName(f"inference.{name}"), told)
    config = service_pb2.model__config__pb2.DESCRIPTOR
    for message in config.message_types_by_name.values():
        message_fields(message, told)
    for enum in config.enum_types_by_name.values():
        enum_values(enum, told)
    service = service_pb2.DESCRIPTOR.services_by_name["GRPCInferenceService"]
    told[service.full_name] = {
        method.name: [method.input_type.full_name,
                      method.output_type.full_name, method.client_streaming,
                      method.server_streaming]
        for method in service.methods}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()

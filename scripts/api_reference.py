#!/usr/bin/python3
"""Writes docs/api-reference.md from the comments in proto/wanwu; a test says
when it has to be done again."""

import re
import textwrap

from google.protobuf.descriptor_pb2 import FieldDescriptorProto

from proto_descriptors import ROOT, compile_protos, own_files

PAGE = ROOT / "docs/api-reference.md"
HEAD = """\
# API reference

Made by `scripts/api_reference.py` from the comments of [proto/wanwu/v1](../proto/wanwu/v1); how to use it all is in
[api.md](api.md).
"""
_WIDTH = 120
# Of descriptors: the numbers of the fields that paths are made of.
_MESSAGES, _ENUMS, _SERVICES, _SYNTAX = 4, 5, 6, 12
_NESTED_MESSAGES, _NESTED_ENUMS, _FIELDS, _VALUES, _METHODS = 3, 4, 2, 2, 2


class Comments:
    """Of one file, by the path of what they stand before; also those that an
    empty line sets apart, which are about what follows."""

    def __init__(self, file):
        self._by_path = {
            tuple(place.path): "\n\n".join(map(textwrap.dedent, (
                *place.leading_detached_comments, place.leading_comments)))
            for place in file.source_code_info.location}

    def of(self, *path):
        return self._by_path.get(path, "").strip("\n")


def _items(lines):
    """Lines set in from the text around them: each at the least depth begins
    an item."""
    least = min(len(line) - len(line.lstrip()) for line in lines)
    items = []
    for line in lines:
        if len(line) - len(line.lstrip()) == least:
            # Columns become one: what comes first names the item.
            items.append(re.sub(r"(?<=\S) {2,}", ": ", line.strip()))
        else:
            items[-1] += " " + line.strip()
    return items


def blocks(comment):
    """Paragraphs (str) and lists ([str])."""
    run = []

    def ended(run):
        if not run:
            return []
        return [_items(run)] if run[0].startswith(" ") else [
            " ".join(line.strip() for line in run)]

    for line in comment.splitlines():
        goes_on = run and run[0].startswith(" ") == line.startswith(" ")
        if not line.strip() or not goes_on:
            yield from ended(run)
            run = []
        if line.strip():
            run.append(line)
    yield from ended(run)


def _marked(text):
    """Names with an underscore and flags as code, nothing else as Markdown."""
    text = re.sub(r"([\\`*<>|\[\]])", r"\\\1", text)
    return re.sub(r"(?<![\w-])(--\w+|\w+_\w+)", r"`\1`", text)


def prose(comment):
    """As lines of Markdown, each block behind an empty line."""
    for block in blocks(comment):
        yield ""
        if isinstance(block, str):
            yield from textwrap.wrap(_marked(block), _WIDTH,
                                     break_on_hyphens=False)
            continue
        for item in block:
            yield from textwrap.wrap(_marked(item), _WIDTH,
                                     initial_indent="- ",
                                     subsequent_indent="  ",
                                     break_on_hyphens=False)


def cell(comment):
    """In one line of a table."""
    return "<br>".join(
        _marked(block) if isinstance(block, str)
        else "<br>".join(f"– {_marked(item)}" for item in block)
        for block in blocks(comment))


def _short(name, package):
    return name.removeprefix(f".{package}.").removeprefix(".")


def _linked(name, package):
    """A type's name, with a link to where this page has it."""
    short = _short(name, package)
    if not name.startswith(f".{package}."):
        return f"`{short}`"
    return f"[{short}](#{short.lower().replace('.', '')})"


def _type(field, package):
    if field.type_name:
        name = _linked(field.type_name, package)
    else:
        kind = FieldDescriptorProto.Type.Name(field.type)
        name = f"`{kind.removeprefix('TYPE_').lower()}`"
    repeated = field.label == FieldDescriptorProto.LABEL_REPEATED
    return f"repeated {name}" if repeated else name


def _table(head, rows):
    yield ""
    yield "| " + " | ".join(head) + " |"
    yield "| " + " | ".join("---" for _ in head) + " |"
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def _methods(service, path, comments, package):
    for index, method in enumerate(service.method):
        request = _linked(method.input_type, package)
        answer = _linked(method.output_type, package)
        yield from ("", f"#### {method.name}", "")
        yield (f"{'stream of ' if method.client_streaming else ''}{request} → "
               f"{'stream of ' if method.server_streaming else ''}{answer}")
        yield from prose(comments.of(*path, _METHODS, index))


def _fields(message, path, comments, package):
    for index, field in enumerate(message.field):
        meaning = cell(comments.of(*path, _FIELDS, index))
        if field.HasField("oneof_index") and not field.proto3_optional:
            oneof = message.oneof_decl[field.oneof_index].name
            meaning = " ".join(filter(None, (
                f"One of `{oneof}`.", meaning)))
        yield (str(field.number), f"`{field.name}`", _type(field, package),
               meaning)


def _enum(enum, name, path, comments):
    yield from ("", f"### {name}")
    yield from prose(comments.of(*path))
    yield from _table(
        ("number", "value", "meaning"),
        ((str(value.number), f"`{value.name}`",
          cell(comments.of(*path, _VALUES, index)))
         for index, value in enumerate(enum.value)))


def _message(message, name, path, comments, package):
    yield from ("", f"### {name}")
    yield from prose(comments.of(*path))
    if message.field:
        yield from _table(("number", "field", "type", "meaning"),
                          _fields(message, path, comments, package))
    else:
        yield from ("", "Empty.")
    for index, enum in enumerate(message.enum_type):
        yield from _enum(enum, f"{name}.{enum.name}",
                         (*path, _NESTED_ENUMS, index), comments)
    for index, nested in enumerate(message.nested_type):
        yield from _message(nested, f"{name}.{nested.name}",
                            (*path, _NESTED_MESSAGES, index), comments,
                            package)


def _file(file):
    comments, package = Comments(file), file.package
    yield from ("", f"## {file.name}")
    yield from prose(comments.of(_SYNTAX))
    for index, service in enumerate(file.service):
        path = (_SERVICES, index)
        yield from ("", f"### service {package}.{service.name}")
        yield from prose(comments.of(*path))
        yield from _methods(service, path, comments, package)
    for index, message in enumerate(file.message_type):
        yield from _message(message, message.name, (_MESSAGES, index),
                            comments, package)
    for index, enum in enumerate(file.enum_type):
        yield from _enum(enum, enum.name, (_ENUMS, index), comments)


def page(files):
    """Of these FileDescriptorProtos, with source info."""
    return HEAD + "".join(f"{line}\n" for file in files
                          for line in _file(file))


def whole_page(descriptors):
    """What operators call comes last."""
    files = own_files(descriptors)
    return page([files[name] for name in sorted(
        files, key=lambda name: (name.endswith("/admin.proto"), name))])


def main():
    PAGE.write_text(whole_page(compile_protos(source_info=True)),
                    encoding="utf-8")


if __name__ == "__main__":
    main()

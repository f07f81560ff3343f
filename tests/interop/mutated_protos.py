"""Our API with a change, as protoc sees it."""

import shutil

import proto_descriptors

# By name: what is replaced by what, in image_classifier.proto.
BREAKING = {
    "field removed": ("  int32 top_k = 2;\n", ""),
    "field renumbered": ("int32 top_k = 2;", "int32 top_k = 12;"),
    "field renamed": ("int32 top_k = 2;", "int32 best = 2;"),
    "field retyped": ("int32 top_k = 2;", "int64 top_k = 2;"),
    "field of another message": ("Timings timings = 5;",
                                 "Accuracy timings = 5;"),
    "field repeated": ("int32 top_k = 2;", "repeated int32 top_k = 2;"),
    "field with presence": ("int32 top_k = 2;", "optional int32 top_k = 2;"),
    "field otherwise in JSON": (
        "int32 top_k = 2;", 'int32 top_k = 2 [json_name = "best"];'),
    "field out of its oneof": (
        "    google.rpc.Status error = 3;\n  }\n",
        "  }\n  google.rpc.Status error = 3;\n"),
    "method removed": (
        "  rpc GetModel(GetModelRequest) returns (Model);\n", ""),
    "method renamed": ("rpc GetModel(", "rpc FindModel("),
    "method of another request": ("rpc GetModel(GetModelRequest)",
                                  "rpc GetModel(ListModelsRequest)"),
    "method of another answer": ("(GetModelRequest) returns (Model)",
                                 "(GetModelRequest) returns (Accuracy)"),
    "method streams answers": ("(GetModelRequest) returns (Model)",
                               "(GetModelRequest) returns (stream Model)"),
    "method streams no requests": (
        "rpc ClassifyBatch(stream ClassifyBatchRequest)",
        "rpc ClassifyBatch(ClassifyBatchRequest)"),
    "enum value removed": ("    STATE_DRAINING = 3;\n", ""),
    "enum value renumbered": ("STATE_DRAINING = 3;", "STATE_DRAINING = 4;"),
    "enum value renamed": ("STATE_DRAINING = 3;", "STATE_LEAVING = 3;"),
    "service renamed": ("service ImageClassifier {", "service Classifier {"),
    "message renamed": ("DecoderPool", "Decoders"),
}
HARMLESS = {
    "field added": ("  int32 top_k = 2;\n",
                    "  int32 top_k = 2;\n  int32 more = 100;\n"),
    "method added": (
        "  rpc GetModel(GetModelRequest) returns (Model);\n",
        "  rpc GetModel(GetModelRequest) returns (Model);\n"
        "  rpc FindModel(GetModelRequest) returns (Model);\n"),
    "enum value added": ("    STATE_DRAINING = 3;\n",
                         "    STATE_DRAINING = 3;\n    STATE_GONE = 4;\n"),
    "message added": ("message ListModelsRequest {}",
                      "message ListModelsRequest {}\nmessage Another {}"),
    "comment changed": ("// Lists every", "// Names every"),
}


def mutated(folder, old, new, source_info=False):
    """Descriptors with `new` wherever `old` stands."""
    proto = shutil.copytree(proto_descriptors.PROTO, folder / "proto")
    path = proto / "wanwu/v1/image_classifier.proto"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return proto_descriptors.compile_protos(proto, source_info)

#include "common/tracing/otlp_encoding.h"

#include <google/protobuf/util/json_util.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <variant>

#include "absl/strings/escaping.h"

namespace wanwu::tracing {
namespace {

namespace common_pb = opentelemetry::proto::common::v1;
namespace trace_pb = opentelemetry::proto::trace::v1;
using nlohmann::json;

constexpr char kScope[] = "wanwu";

std::string BigEndian(uint64_t number) {
  std::string bytes(8, '\0');
  for (int i = 7; i >= 0; --i) {
    bytes[static_cast<size_t>(i)] = static_cast<char>(number & 0xff);
    number >>= 8;
  }
  return bytes;
}

std::string TraceIdBytes(const SpanReference& span) {
  return BigEndian(span.trace_high) + BigEndian(span.trace_low);
}

uint64_t UnixNano(std::chrono::system_clock::time_point time) {
  return static_cast<uint64_t>(
      std::chrono::nanoseconds(time.time_since_epoch()).count());
}

// Protobuf's strings must be UTF-8, or receivers refuse all spans with them;
// paths and messages may hold anything.
std::string Utf8(const std::string& text) {
  const std::string quoted =
      json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  return json::parse(quoted).get<std::string>();
}

void Set(const Attribute::Value& from, common_pb::AnyValue& to) {
  if (const auto* text = std::get_if<std::string>(&from)) {
    to.set_string_value(Utf8(*text));
  } else if (const auto* number = std::get_if<int64_t>(&from)) {
    to.set_int_value(*number);
  } else if (const auto* real = std::get_if<double>(&from)) {
    to.set_double_value(*real);
  } else {
    to.set_bool_value(std::get<bool>(from));
  }
}

void Add(const Attribute& from, common_pb::KeyValue& to) {
  to.set_key(from.key);
  Set(from.value, *to.mutable_value());
}

void Fill(const Span& from, trace_pb::Span& to) {
  to.set_trace_id(TraceIdBytes(from.self));
  to.set_span_id(BigEndian(from.self.span));
  if (from.parent != 0) to.set_parent_span_id(BigEndian(from.parent));
  to.set_trace_state(from.trace_state);
  to.set_name(Utf8(from.name));
  to.set_kind(static_cast<trace_pb::Span::SpanKind>(from.kind));
  to.set_start_time_unix_nano(UnixNano(from.start));
  to.set_end_time_unix_nano(UnixNano(from.end));
  for (const Attribute& each : from.attributes) Add(each, *to.add_attributes());
  for (const SpanReference& each : from.links) {
    trace_pb::Span::Link& link = *to.add_links();
    link.set_trace_id(TraceIdBytes(each));
    link.set_span_id(BigEndian(each.span));
  }
  if (!from.failed) return;
  to.mutable_status()->set_code(trace_pb::Status::STATUS_CODE_ERROR);
  to.mutable_status()->set_message(Utf8(from.message));
}

void MakeHex(json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return;
  std::string bytes;
  absl::Base64Unescape(found->get<std::string>(), &bytes);
  *found = absl::BytesToHexString(bytes);
}

void MakeIdsHex(json& span) {
  for (const char* key : {"traceId", "spanId", "parentSpanId"}) {
    MakeHex(span, key);
  }
  const auto links = span.find("links");
  if (links == span.end()) return;
  for (json& link : *links) MakeIdsHex(link);
}

}  // namespace

ExportRequest EncodeSpans(const Resource& resource,
                          std::span<const Span> spans) {
  ExportRequest request;
  trace_pb::ResourceSpans& all = *request.add_resource_spans();
  for (const Attribute& each :
       {Attribute{"service.name", resource.service_name},
        Attribute{"service.version", resource.service_version},
        Attribute{"service.instance.id", resource.instance_id}}) {
    Add(each, *all.mutable_resource()->add_attributes());
  }
  trace_pb::ScopeSpans& scope = *all.add_scope_spans();
  scope.mutable_scope()->set_name(kScope);
  scope.mutable_scope()->set_version(resource.service_version);
  for (const Span& each : spans) Fill(each, *scope.add_spans());
  return request;
}

std::string ToOtlpJson(const ExportRequest& request) {
  std::string text;
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_enums_as_ints = true;
  static_cast<void>(
      google::protobuf::util::MessageToJsonString(request, &text, options));
  json whole = json::parse(text);
  for (json& resource : whole["resourceSpans"]) {
    for (json& scope : resource["scopeSpans"]) {
      for (json& span : scope["spans"]) MakeIdsHex(span);
    }
  }
  return whole.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace wanwu::tracing

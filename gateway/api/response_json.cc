#include "gateway/api/response_json.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/lib/proto_json.h"

namespace wanwu::gateway {
namespace {

using client::JsonString;

// The shortest text that reads as the same float.
std::string Number(float value) {
  if (std::isnan(value)) return "\"NaN\"";
  if (std::isinf(value)) return value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value);
  return {text, end.ptr};
}

// With as many digits as needed out of 0, 3, 6 and 9.
std::string Duration(const google::protobuf::Duration& duration) {
  const std::int64_t seconds = std::abs(duration.seconds());
  const std::int32_t nanos = std::abs(duration.nanos());
  const bool negative = duration.seconds() < 0 || duration.nanos() < 0;
  std::string text = absl::StrCat("\"", negative ? "-" : "", seconds);
  if (nanos % 1'000'000 == 0) {
    if (nanos != 0) absl::StrAppendFormat(&text, ".%03d", nanos / 1'000'000);
  } else if (nanos % 1000 == 0) {
    absl::StrAppendFormat(&text, ".%06d", nanos / 1000);
  } else {
    absl::StrAppendFormat(&text, ".%09d", nanos);
  }
  return text + "s\"";
}

void AppendClass(std::string& json, const v1::Classification& item) {
  absl::StrAppend(&json, "{\"index\":", item.index(),
                  ",\"label\":", JsonString(item.label()),
                  ",\"wordnetId\":", JsonString(item.wordnet_id()),
                  ",\"probability\":", Number(item.probability()), "}");
}

void AppendTimings(std::string& json, const v1::Timings& timings) {
  json += ",\"timings\":{";
  const auto add = [&json](const char* name, bool there,
                           const google::protobuf::Duration& duration) {
    if (there)
      absl::StrAppend(&json, "\"", name, "\":", Duration(duration), ",");
  };
  add("decode", timings.has_decode(), timings.decode());
  add("queue", timings.has_queue(), timings.queue());
  add("inference", timings.has_inference(), timings.inference());
  add("total", timings.has_total(), timings.total());
  absl::StrAppend(&json, "\"batchSize\":", timings.batch_size(), "}");
}

void AppendWarnings(std::string& json, const v1::ClassifyResponse& response) {
  json += ",\"warnings\":[";
  for (int i = 0; i < response.warnings_size(); ++i) {
    if (i > 0) json += ',';
    json += JsonString(response.warnings(i));
  }
  json += ']';
}

}  // namespace

std::string ResponseJson(const v1::ClassifyResponse& response) {
  std::string json = "{\"classifications\":[";
  for (int i = 0; i < response.classifications_size(); ++i) {
    if (i > 0) json += ',';
    AppendClass(json, response.classifications(i));
  }
  absl::StrAppend(&json, "],\"model\":", JsonString(response.model()),
                  ",\"modelVersion\":", JsonString(response.model_version()),
                  ",\"precision\":", JsonString(response.precision()));
  if (response.has_timings()) AppendTimings(json, response.timings());
  AppendWarnings(json, response);
  absl::StrAppend(&json,
                  ",\"cached\":", response.cached() ? "true" : "false", "}");
  return json;
}

}  // namespace wanwu::gateway

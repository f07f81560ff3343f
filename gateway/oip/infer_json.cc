#include "gateway/oip/infer_json.h"

#include <functional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/api/checked_json.h"
#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {
namespace {

using nlohmann::json;
using Event = json::parse_event_t;

// More names, values, beginnings and ends than a request needs beside its data.
constexpr int kMostEvents = 10'000;

// Where things are in {"inputs": [{"data": …}]}, as the parser counts.
constexpr int kRootDepth = 1;
constexpr int kInputDepth = 3;

constexpr char kNotElements[] = "expected numbers or base64 texts";

// Told of each event of the parser's.
class DataTaker {
 public:
  DataTaker(InferJson& out, std::size_t json_bytes, int max_depth,
            BudgetShare& share)
      : out_(out),
        json_bytes_(json_bytes),
        max_depth_(max_depth),
        share_(share) {}

  // False: what was parsed is not kept as JSON.
  bool operator()(int depth, Event event, json& parsed) {
    if (depth > max_depth_) {
      throw JsonRefused{
          MalformedJson(absl::StrCat("nested deeper than ", max_depth_))};
    }
    if (in_data_ && depth > kInputDepth) return TakeData(event, parsed);
    if (--events_left_ < 0) {
      throw JsonRefused{
          MalformedJson("more values than an inference request has")};
    }
    if (event == Event::key && depth == kRootDepth) {
      in_inputs_ = parsed == "inputs";
      // Of a name that comes twice the last value counts.
      if (in_inputs_) out_.data.clear();
    } else if (in_inputs_ && event == Event::object_start &&
               depth == kInputDepth - 1) {
      out_.data.emplace_back(share_, json_bytes_);
    }
    if (event == Event::key && depth <= kInputDepth) {
      in_data_ = in_inputs_ && depth == kInputDepth && parsed == "data";
    }
    return true;
  }

 private:
  bool TakeData(Event event, const json& parsed) {
    if (event == Event::array_start) return true;
    if (event == Event::array_end) return false;
    if (event != Event::value)
      throw JsonRefused{FieldError("data", kNotElements)};
    TensorData& data = out_.data.back();
    absl::Status status = FieldError("data", kNotElements);
    if (parsed.is_number()) status = data.AddNumber(parsed.get<double>());
    if (parsed.is_string()) {
      status = data.AddText(parsed.get_ref<const std::string&>());
    }
    if (!status.ok()) throw JsonRefused{status};
    return false;
  }

  InferJson& out_;
  const std::size_t json_bytes_;
  const int max_depth_;
  BudgetShare& share_;
  int events_left_ = kMostEvents;
  bool in_inputs_ = false;
  bool in_data_ = false;
};

}  // namespace

absl::StatusOr<InferJson> ParseInferJson(std::string_view text, int max_depth,
                                         BudgetShare& share) {
  InferJson out;
  DataTaker taker(out, text.size(), max_depth, share);
  absl::StatusOr<json> head = ParseJsonObject(text, std::ref(taker));
  if (!head.ok()) return head.status();
  out.head = *std::move(head);
  return out;
}

}  // namespace wanwu::gateway

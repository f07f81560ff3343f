#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/http/byte_budget.h"
#include "gateway/http/counted_bytes.h"

namespace wanwu::gateway {

// The elements of an input's "data", kept as the bytes that they are in raw
// contents, so that a JSON of millions of numbers takes no more than these.
class TensorData {
 public:
  // `share`, which must outlive it, is grown by what is kept of a JSON of
  // `json_bytes`.
  TensorData(BudgetShare& share, std::size_t json_bytes);

  // INVALID_ARGUMENT where numbers and texts are mixed, or a text is not
  // base64; BUFFER_FULL where the budget has no room.
  absl::Status AddNumber(double number);
  absl::Status AddText(std::string_view base64);

  // Raw contents of that type, such as "UINT8". Of a type that no model takes
  // something that the server will refuse by its type. Errors call it `field`.
  // Once.
  absl::StatusOr<std::string> Take(std::string_view field,
                                   std::string_view datatype);

 private:
  enum class Kind { kNone, kNumbers, kTexts };

  absl::Status Begin(Kind kind);
  absl::Status Append(std::string_view bytes);

  BudgetShare& share_;
  CountedBytes bytes_;
  Kind kind_ = Kind::kNone;
};

}  // namespace wanwu::gateway

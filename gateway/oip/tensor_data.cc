#include "gateway/oip/tensor_data.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "gateway/api/base64_text.h"
#include "gateway/errors/gateway_error.h"
#include "gateway/oip/raw_elements.h"

namespace wanwu::gateway {
namespace {

// Numbers are kept as float32, which holds each value of uint8.
using Kept = float;

absl::StatusOr<std::string> Narrowed(std::string_view field,
                                     std::string floats) {
  std::size_t count = 0;
  std::string_view left = floats;
  while (const std::optional<Kept> value = TakeValue<Kept>(left)) {
    if (!(*value >= 0 && *value <= 255) || *value != std::trunc(*value)) {
      return FieldError(field, "UINT8 is 0 to 255, without a fraction");
    }
    // Never beyond what was read.
    floats[count++] = static_cast<char>(static_cast<std::uint8_t>(*value));
  }
  floats.resize(count);
  return floats;
}

}  // namespace

// A number is at least two bytes of JSON, and a text more than its bytes.
TensorData::TensorData(BudgetShare& share, std::size_t json_bytes)
    : share_(share), bytes_(share, json_bytes / 2 * sizeof(Kept)) {}

absl::Status TensorData::Begin(Kind kind) {
  if (kind_ != Kind::kNone && kind_ != kind) {
    return FieldError("data", "numbers and texts are mixed");
  }
  kind_ = kind;
  return absl::OkStatus();
}

absl::Status TensorData::Append(std::string_view bytes) {
  return bytes_.Append(bytes) ? absl::OkStatus()
                              : BufferFullError(share_.limit());
}

absl::Status TensorData::AddNumber(double number) {
  absl::Status status = Begin(Kind::kNumbers);
  if (!status.ok()) return status;
  constexpr double kMost = std::numeric_limits<Kept>::max();
  const auto kept = std::abs(number) > kMost
                        ? std::numeric_limits<Kept>::infinity()
                        : static_cast<Kept>(number);
  return Append(BytesOf(kept));
}

absl::Status TensorData::AddText(std::string_view base64) {
  absl::Status status = Begin(Kind::kTexts);
  if (!status.ok()) return status;
  const absl::StatusOr<std::string> bytes = DecodeBase64("data", base64);
  if (!bytes.ok()) return bytes.status();
  std::string element;
  AppendElement(*bytes, element);
  return Append(element);
}

absl::StatusOr<std::string> TensorData::Take(std::string_view field,
                                             std::string_view datatype) {
  if (kind_ == Kind::kNumbers && datatype == "BYTES") {
    return FieldError(field,
                      "BYTES are base64 texts in JSON, or come as binary"
                      " data behind it");
  }
  if (kind_ == Kind::kTexts && datatype != "BYTES") {
    return FieldError(field, "expected numbers");
  }
  std::string bytes = bytes_.Take();
  if (datatype != "UINT8") return bytes;
  return Narrowed(field, std::move(bytes));
}

}  // namespace wanwu::gateway

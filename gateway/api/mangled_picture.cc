#include "gateway/api/mangled_picture.h"

#include <algorithm>
#include <array>

#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {
namespace {

using std::string_view_literals::operator""sv;

// How JPEG, PNG, WebP and GIF begin, and what becomes of that in base64.
constexpr std::array kSignatures = {"\xFF\xD8\xFF"sv, "\x89PNG"sv, "RIFF"sv,
                                    "GIF8"sv};
constexpr std::array kInBase64 = {"/9j/"sv, "iVBORw0KGg"sv, "UklGR"sv,
                                  "R0lGOD"sv, "data:image/"sv};

template <typename Beginnings>
bool BeginsWithAny(std::string_view bytes, const Beginnings& beginnings) {
  return std::any_of(
      beginnings.begin(), beginnings.end(),
      [bytes](std::string_view each) { return bytes.starts_with(each); });
}

}  // namespace

absl::Status CheckNotMangled(std::string_view bytes) {
  if (BeginsWithAny(bytes, kInBase64)) {
    return FieldError("image",
                      "this is base64; send the file itself, as curl -F "
                      "file=@FILE does, or JSON: {\"image\": \"BASE64\"}");
  }
  // No file of these formats is without all of them.
  if (BeginsWithAny(bytes, kSignatures) &&
      bytes.find_first_of("\0\r\n"sv) == std::string_view::npos) {
    return FieldError("image",
                      "its line ends and zero bytes are gone, as curl -d takes "
                      "them out; use --data-binary @FILE or -F file=@FILE");
  }
  return absl::OkStatus();
}

}  // namespace wanwu::gateway

#include "gateway/http/media_type.h"

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace wanwu::gateway {
namespace {

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

std::string Lower(absl::string_view text) {
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(text));
}

// Takes the value of a parameter off the front of `rest`, up to its ';'.
std::string TakeValue(std::string_view& rest) {
  std::string value;
  std::size_t i = 0;
  if (rest.starts_with('"')) {
    for (i = 1; i < rest.size() && rest[i] != '"'; ++i) {
      if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
      value += rest[i];
    }
  } else {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    value = std::string(absl::StripAsciiWhitespace(View(rest.substr(0, end))));
  }
  const std::size_t end = rest.find(';', std::min(i, rest.size()));
  rest =
      end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return value;
}

}  // namespace

std::string MediaType::Parameter(const std::string& parameter) const {
  const auto found = parameters.find(parameter);
  return found == parameters.end() ? std::string() : found->second;
}

MediaType ParseMediaType(std::string_view value) {
  MediaType type;
  const std::size_t end = std::min(value.find(';'), value.size());
  type.name = Lower(View(value.substr(0, end)));
  std::string_view rest = value.substr(std::min(end + 1, value.size()));
  while (!rest.empty()) {
    const std::size_t equals = rest.find_first_of("=;");
    if (equals == std::string_view::npos) break;
    const std::string name = Lower(View(rest.substr(0, equals)));
    const bool has_value = rest[equals] == '=';
    rest = rest.substr(equals + 1);
    if (!has_value) continue;
    rest = rest.substr(std::min(rest.find_first_not_of(" \t"), rest.size()));
    std::string parameter = TakeValue(rest);
    if (!name.empty()) type.parameters.emplace(name, std::move(parameter));
  }
  return type;
}

bool Accepts(std::string_view accept, std::string_view type) {
  for (const absl::string_view item : absl::StrSplit(View(accept), ',')) {
    const MediaType media = ParseMediaType({item.data(), item.size()});
    if (media.name != type) continue;
    const std::string quality = media.Parameter("q");
    return quality.empty() || std::strtod(quality.c_str(), nullptr) > 0;
  }
  return false;
}

}  // namespace wanwu::gateway

#include "client/shards/result_line.h"

#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/lib/proto_json.h"

namespace wanwu::shards {

std::optional<LineKind> KindOfLine(std::string_view line,
                                   std::string_view name) {
  const std::string beginning =
      absl::StrCat("{\"file\":", client::JsonString(name), ",");
  if (!line.starts_with(beginning)) return std::nullopt;
  line.remove_prefix(beginning.size());
  return line.starts_with("\"error\":") ? LineKind::kError : LineKind::kAnswer;
}

bool IsWhole(std::string_view line) { return nlohmann::json::accept(line); }

}  // namespace wanwu::shards

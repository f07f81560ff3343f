#pragma once

#include <optional>
#include <string_view>

namespace wanwu::shards {

// What a line of results says of its picture.
enum class LineKind { kAnswer, kError };

// Of a line without its end. nullopt if it is not that picture's; what follows
// the name is not looked at.
std::optional<LineKind> KindOfLine(std::string_view line,
                                   std::string_view name);

// Whether all of the line is there.
bool IsWhole(std::string_view line);

}  // namespace wanwu::shards

#pragma once

#include <span>
#include <string>
#include <string_view>

namespace wanwu::options {

// The candidate that `word` is most likely a slip of, or an empty string if
// none is near. Case and '-' for '_' count as no difference.
std::string Suggest(std::string_view word,
                    std::span<const std::string> candidates);

}  // namespace wanwu::options

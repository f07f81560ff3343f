#pragma once

#include <string>
#include <string_view>

namespace wanwu::errors {

// What an error repeats of a caller's text, since errors travel in headers: the
// first 100 bytes or fewer, cut between characters and marked with "…".
std::string Shown(std::string_view text);

}  // namespace wanwu::errors

#pragma once

#include <string>
#include <string_view>

namespace wanwu::gateway {

// The caller's own, if it is 1…128 visible ASCII characters; else a new one, of
// 32 random hexadecimal digits.
std::string RequestIdFor(std::string_view sent);

}  // namespace wanwu::gateway

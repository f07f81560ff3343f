#pragma once

#include <string>
#include <string_view>

namespace wanwu::model {

// 64 lower-case hexadecimal digits.
std::string Sha256Hex(std::string_view bytes);

}  // namespace wanwu::model

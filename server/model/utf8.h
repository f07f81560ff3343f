#pragma once

#include <string_view>

namespace wanwu::model {

// Well-formed UTF-8: no overlong forms, no surrogates, at most U+10FFFF.
bool IsUtf8(std::string_view text);

}  // namespace wanwu::model

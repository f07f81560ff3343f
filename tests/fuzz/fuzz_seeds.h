#pragma once

#include <string_view>
#include <vector>

#include "tests/server/image/sample_pictures.h"

namespace wanwu::fuzz {

// Small sound pictures of a format, by its option's name.
std::vector<image::testing::Bytes> SeedsOf(std::string_view format);

}  // namespace wanwu::fuzz

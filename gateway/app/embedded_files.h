#pragma once

#include <span>

#include "gateway/http/static_files.h"

namespace wanwu::gateway {

// The WebUI, its sample photographs and the API's description, which
// gateway/embed_files.py put into the program.
std::span<const StaticFile> EmbeddedFiles();

}  // namespace wanwu::gateway

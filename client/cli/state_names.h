#pragma once

#include <string>

#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::cli {

// As people read them: "serving", "ready".
std::string StateName(v1::ServerStatus::State state);
std::string StateName(v1::Model::State state);

}  // namespace wanwu::cli

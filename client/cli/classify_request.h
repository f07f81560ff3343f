#pragma once

#include "client/shards/manifest.h"
#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::cli {

// Without a picture.
v1::ClassifyRequest RequestFrom(const shards::Question& question);

}  // namespace wanwu::cli

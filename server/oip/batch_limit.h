#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "server/oip/named_model.h"

namespace wanwu::oip {

// What of the server bounds a request's pictures.
struct BatchLimits {
  size_t message_bytes = size_t{20} << 20;
  // That may be admitted together.
  int64_t jobs = std::numeric_limits<int32_t>::max();
};

// A stream's answer has a few bytes around it, which must fit, too.
inline constexpr size_t kMostAnswerBytes = (size_t{4} << 20) - 64;

// Pictures that a request for a model that is ready may hold: so many that the
// answer is never larger than what gRPC clients take by default, that their raw
// tensors fit into a message, and that they can all be admitted.
int MostPictures(const NamedModel& model, const BatchLimits& limits);

}  // namespace wanwu::oip

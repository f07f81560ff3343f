#pragma once

#include "absl/status/status.h"

namespace wanwu::shards {

// What an error says of the picture that got it.
enum class Verdict {
  // The picture is bad, and will be tomorrow: the error is its result.
  kBadPicture,
  // The server failed on this picture, perhaps by chance: once more, but not
  // for ever.
  kTryAgain,
  // It is not the picture's fault, and will pass.
  kWait,
  // Every picture would get it: the request itself is wrong.
  kRefused,
};

Verdict VerdictOf(const absl::Status& error);

}  // namespace wanwu::shards

#pragma once

#include <functional>

namespace wanwu::image {

// Says whether to give up a decode that nobody waits for. Asked by the thread
// that decodes, as often as once for each row of the picture. Must not throw.
// Empty: never.
using StopCheck = std::function<bool()>;

}  // namespace wanwu::image

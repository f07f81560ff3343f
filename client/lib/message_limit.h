#pragma once

#include <cstddef>

namespace wanwu::client {

// What the transport carries in one message, both ways. More than the 16 MiB
// that the server accepts of a picture, so that callers see the server's error.
inline constexpr std::size_t kMaxMessageBytes = 20 << 20;

}  // namespace wanwu::client

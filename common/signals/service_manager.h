#pragma once

#include <string_view>

namespace wanwu::signals {

// Words of systemd's protocol, see sd_notify(3).
inline constexpr std::string_view kServiceReady = "READY=1";
inline constexpr std::string_view kServiceStopping = "STOPPING=1";

// Tells whoever started this process as a service, if it asked for that by
// NOTIFY_SOCKET. Waits for it for five seconds at most; what cannot be told
// then is lost.
void TellServiceManager(std::string_view state);

}  // namespace wanwu::signals

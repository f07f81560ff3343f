#pragma once

namespace wanwu::cli {

// What the shell sees; the help of each command lists them.
inline constexpr int kExitOk = 0;
// A picture failed, a service is not serving, a call was refused.
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitUnreachable = 3;
// 128 + the signal's number, as shells report a process that a signal ended.
inline constexpr int kExitInterrupted = 130;
inline constexpr int kExitBrokenPipe = 141;

}  // namespace wanwu::cli

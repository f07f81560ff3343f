#pragma once

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "common/secrets/watched_files.h"

namespace wanwu::secrets {

inline constexpr std::chrono::milliseconds kRefreshEvery{1000};

// A thread, wanwu-secrets, that looks at files every second until it is
// destroyed. Without files there is no thread.
class Refresher {
 public:
  explicit Refresher(std::vector<std::shared_ptr<Refreshable>> files,
                     std::chrono::milliseconds interval = kRefreshEvery);
  Refresher(const Refresher&) = delete;
  Refresher& operator=(const Refresher&) = delete;

 private:
  std::jthread thread_;
};

}  // namespace wanwu::secrets

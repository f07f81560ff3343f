#include "common/secrets/refresher.h"

#include <pthread.h>

#include <stop_token>
#include <utility>

#include "common/signals/wait_for_stop.h"

namespace wanwu::secrets {

Refresher::Refresher(std::vector<std::shared_ptr<Refreshable>> files,
                     std::chrono::milliseconds interval) {
  if (files.empty()) return;
  thread_ = std::jthread(
      [files = std::move(files), interval](const std::stop_token& stop) {
        pthread_setname_np(pthread_self(), "wanwu-secrets");
        while (!signals::WaitForStop(stop, interval)) {
          for (const auto& file : files) file->Refresh();
        }
      });
}

}  // namespace wanwu::secrets

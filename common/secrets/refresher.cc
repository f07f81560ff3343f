#include "common/secrets/refresher.h"

#include <pthread.h>

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

namespace wanwu::secrets {

Refresher::Refresher(std::vector<std::shared_ptr<Refreshable>> files,
                     std::chrono::milliseconds interval) {
  if (files.empty()) return;
  thread_ = std::jthread(
      [files = std::move(files), interval](const std::stop_token& stop) {
        pthread_setname_np(pthread_self(), "wanwu-secrets");
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any never;
        const auto stopped = [&stop] { return stop.stop_requested(); };
        while (!never.wait_for(lock, stop, interval, stopped)) {
          for (const auto& file : files) file->Refresh();
        }
      });
}

}  // namespace wanwu::secrets

#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include "absl/status/status.h"
#include "common/logging/logger.h"
#include "common/signals/reload_signal.h"
#include "server/app/model_manager.h"
#include "server/app/wake_event.h"

namespace wanwu::app {

// The thread on which models come and go while the server serves: at SIGHUP,
// as polls of the repository find, and as others ask for. It stands back for
// threads that answer requests.
class ModelThread {
 public:
  struct Options {
    std::chrono::microseconds poll_interval{};  // 0: never
    // Also set when FreeUnused may find something.
    std::shared_ptr<WakeEvent> wake;
    // Called on the thread when models may have come or gone, before whoever
    // asked for it is told.
    std::function<void()> on_change = [] {};
  };
  using Work = std::function<absl::Status(ModelManager&)>;

  // All must outlive the thread, which begins with Start.
  ModelThread(Options options, ModelManager& manager,
              signals::ReloadSignal& reload, logging::Logger& log);
  ~ModelThread() { Join(); }
  ModelThread(const ModelThread&) = delete;
  ModelThread& operator=(const ModelThread&) = delete;

  void Start();

  // Does `work` on the thread, after what was asked for before, and returns
  // what came of it. UNAVAILABLE before Start and if the thread ends first.
  // Thread-safe.
  absl::Status Do(const Work& work);

  // Takes on nothing more; what is under way is finished.
  void RequestStop();
  void Join();

 private:
  struct Asked {
    Work work;
    std::promise<absl::Status> done;
  };

  void Run();
  void DoAsked();
  void PollIfDue();
  void Wait();

  const Options options_;
  ModelManager& manager_;
  signals::ReloadSignal& reload_;
  logging::Logger& log_;
  std::chrono::steady_clock::time_point next_poll_;

  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  // Guarded by mutex_.
  bool takes_work_ = false;
  std::deque<Asked> asked_;

  std::thread thread_;
};

}  // namespace wanwu::app

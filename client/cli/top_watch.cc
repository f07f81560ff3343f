#include "client/cli/top_watch.h"

#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/error_text.h"
#include "client/cli/secure_connection.h"

namespace wanwu::cli {
namespace {

// Between two attempts to watch a server that is not there.
constexpr std::chrono::milliseconds kRetryDelay{500};
// So late that something is wrong: the server hangs, or the network.
constexpr std::chrono::seconds kSilence{5};

}  // namespace

std::string DownReason(const absl::Status& status, bool tls) {
  const client::RpcError error = ErrorForUser(status);
  const std::string text(status.message());
  if (!error.reason.empty() || !absl::IsUnavailable(status) ||
      !absl::StrContains(text, "connect")) {
    return absl::StrCat(error.message, " (",
                        error.reason.empty() ? error.code : error.reason, ")");
  }
  const std::string hint = ConnectionHint(tls, text);
  return hint == ConnectionHint(tls, "") ? "nothing answers there" : hint;
}

TopWatch::TopWatch(const client::ChannelOptions& channel,
                   std::chrono::milliseconds report_interval)
    : channel_(channel),
      report_interval_(report_interval),
      client_(channel),
      thread_([this] { Run(); }) {}

TopWatch::~TopWatch() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    if (watch_ != nullptr) watch_->Cancel();
  }
  stop_changed_.notify_all();
  thread_.join();
}

TopServer TopWatch::Look() const {
  const std::lock_guard lock(mutex_);
  TopServer server{.address = channel_.address, .down = down_};
  const v1::ServerStatus* newest = history_.newest();
  if (!server.down.empty() || newest == nullptr) return server;
  const auto silent = Clock::now() - reported_at_;
  if (silent > report_interval_ + kSilence) {
    server.down = absl::StrCat(
        "silent for ",
        std::chrono::duration_cast<std::chrono::seconds>(silent).count(), " s");
    return server;
  }
  server.status = *newest;
  server.rates = history_.Rates();
  return server;
}

void TopWatch::Run() {
  for (;;) {
    const absl::Status end = WatchOnce();
    std::unique_lock lock(mutex_);
    if (stop_) return;
    history_.Clear();
    down_ = DownReason(end, channel_.tls.has_value());
    if (stop_changed_.wait_for(lock, kRetryDelay, [this] { return stop_; })) {
      return;
    }
  }
}

absl::Status TopWatch::WatchOnce() {
  const auto watch = client_.WatchStatus(report_interval_);
  {
    const std::lock_guard lock(mutex_);
    watch_ = watch.get();
    if (stop_) watch_->Cancel();
  }
  while (const auto report = watch->Next()) {
    const std::lock_guard lock(mutex_);
    down_.clear();
    history_.Add(*report);
    reported_at_ = Clock::now();
  }
  {
    const std::lock_guard lock(mutex_);
    watch_ = nullptr;
  }
  return watch->Finish();
}

}  // namespace wanwu::cli

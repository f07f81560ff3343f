#include "client/cli/shard_run.h"

#include <filesystem>
#include <sstream>
#include <utility>

#include "absl/strings/str_format.h"
#include "client/cli/classify_request.h"
#include "client/cli/json_output.h"
#include "client/fetch/picture_fetcher.h"
#include "client/lib/rpc_error.h"
#include "client/shards/name_source.h"
#include "client/shards/verdict.h"

namespace wanwu::cli {
namespace {

using shards::LineKind;
using shards::Verdict;

// Enough to keep sending while one early picture is late.
constexpr std::size_t kWindowPerInFlight = 4;

std::string JsonLine(const std::string& name, const PictureResult& result) {
  std::ostringstream text;
  JsonOutput(text).Write({name, result.result});
  std::string line = std::move(text).str();
  line.pop_back();
  return line;
}

std::string PathOf(const std::string& name, const std::string& folder) {
  return client::IsUrl(name) ? name
                             : (std::filesystem::path(folder) / name).string();
}

// That a file is not there says nothing of it where its whole volume is away.
absl::Status WithItsFolder(const absl::Status& error,
                           const std::string& folder) {
  if (!client::DescribeError(error).reason.starts_with("FILE_")) return error;
  const auto found = shards::CheckFolder(folder);
  return found.ok() ? error : found;
}

}  // namespace

ShardRun::ShardRun(shards::ShardStore& store, const ShardRunOptions& options,
                   std::ostream& log)
    : store_(store),
      options_(options),
      log_(log),
      start_(Clock::now()),
      done_before_(store.done_count()),
      wait_(options.give_up_after, start_) {}

ShardRun::End ShardRun::Run() {
  while (!store_.Done()) {
    auto names = store_.Missing();
    if (!names.ok()) {
      problem_ = names.status();
      return End::kNotWritten;
    }
    names_ = *std::move(names);
    Attempt();
    // A stop may come after the last picture.
    if (store_.Done()) end_ = End::kDone;
    if (end_ != End::kDone) return end_;
    if (failed_ && !WaitForNextTry()) return end_;
    if (!failed_) Report();
  }
  return End::kDone;
}

void ShardRun::Attempt() {
  files_.clear();
  for (const std::string& name : names_) {
    files_.push_back({PathOf(name, store_.manifest().source.folder)});
  }
  taken_ = 0;
  failed_ = false;
  if (client_ == nullptr) client_ = MakeClient(options_.connection);
  const auto session =
      client_->OpenBatch({.answer_timeout = options_.connection.timeout,
                          .max_in_flight = options_.max_in_flight,
                          .priority = client::Priority::kBulk});
  const BatchInput input{
      files_, RequestFrom(store_.manifest().question),
      kWindowPerInFlight * static_cast<std::size_t>(options_.max_in_flight)};
  BatchRun run(*session, input,
               [this](const PictureResult& result) { return Take(result); });
  {
    const std::lock_guard lock(mu_);
    if (stopped_) end_ = End::kStopped;
    if (stopped_) return;
    run_ = &run;
  }
  run.Run();
  const std::lock_guard lock(mu_);
  run_ = nullptr;
  if (stopped_ && end_ == End::kDone) end_ = End::kStopped;
}

BatchRun::Next ShardRun::Take(const PictureResult& result) {
  // After a stop results come whose predecessors have none.
  if (failed_ || end_ != End::kDone || result.file != files_[taken_].path) {
    return BatchRun::Next::kStop;
  }
  if (result.result.ok()) return Write(result, LineKind::kAnswer);
  const absl::Status error =
      WithItsFolder(result.result.status(), store_.manifest().source.folder);
  switch (shards::VerdictOf(error)) {
    case Verdict::kBadPicture:
      return Write(result, LineKind::kError);
    case Verdict::kTryAgain:
      if (++failures_ >= kMostTries) return Write(result, LineKind::kError);
      break;
    case Verdict::kRefused:
      return Keep(End::kRefused, error);
    case Verdict::kWait:
      break;
  }
  failed_ = true;
  return Keep(End::kDone, error);
}

BatchRun::Next ShardRun::Write(const PictureResult& result, LineKind kind) {
  const auto status = store_.Append(JsonLine(names_[taken_], result), kind);
  if (!status.ok()) return Keep(End::kNotWritten, status);
  ++taken_;
  failures_ = 0;
  wait_.OnProgress(Clock::now());
  return BatchRun::Next::kContinue;
}

BatchRun::Next ShardRun::Keep(End end, const absl::Status& problem) {
  end_ = end;
  problem_ = problem;
  return BatchRun::Next::kStop;
}

bool ShardRun::WaitForNextTry() {
  // Another connection is tried at once, where this one would wait.
  client_ = nullptr;
  const auto at = wait_.OnFailure(client::DescribeError(problem_).retry_delay,
                                  Clock::now());
  if (!at) {
    end_ = End::kServerAway;
    return false;
  }
  std::unique_lock lock(mu_);
  if (!stop_.wait_until(lock, *at, [this] { return stopped_; })) return true;
  end_ = End::kStopped;
  return false;
}

void ShardRun::Stop() {
  const std::lock_guard lock(mu_);
  stopped_ = true;
  stop_.notify_all();
  if (run_ != nullptr) run_->Stop();
}

void ShardRun::Report() const {
  const std::chrono::duration<double> elapsed = Clock::now() - start_;
  const uint64_t done = store_.done_count();
  log_ << absl::StrFormat(
      "wanwu: shard %s: %d of %d pictures, %d of them errors, %.1f "
      "pictures/s\n",
      shards::ShardText(store_.manifest().shard), done,
      store_.manifest().names.count, store_.error_count(),
      static_cast<double>(done - done_before_) / elapsed.count());
}

}  // namespace wanwu::cli

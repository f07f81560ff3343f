#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "client/lib/async_batch.h"
#include "client/lib/call_options.h"
#include "client/lib/priority.h"
#include "wanwu/v1/image_classifier.grpc.pb.h"

namespace wanwu::client {

struct BatchOptions {
  // The stream fails with DEADLINE_EXCEEDED if the server sends nothing for
  // this long while it owes an answer.
  std::chrono::milliseconds answer_timeout;

  // Pictures sent whose answers have not been Read(). At least 1.
  int max_in_flight = 32;

  // When the stream must have ended; nullopt: it may last for ever.
  std::optional<Deadline> deadline = {};

  Priority priority = Priority::kInteractive;
};

// One ClassifyBatch stream. Made by ClassifierClient::OpenBatch(), which it
// must not outlive.
//
// Thread-safe for one thread that sends, one that reads (they may be the same)
// and any that cancel. Destroy it only when none of them is inside a call.
class BatchSession final {
 public:
  // After kEnded, Read() gives what was answered and Finish() the reason.
  using SendResult = AsyncBatch::SendResult;

  BatchSession(v1::ImageClassifier::Stub& stub, const BatchOptions& options);

  // Cancels what is unfinished.
  ~BatchSession();

  BatchSession(const BatchSession&) = delete;
  BatchSession& operator=(const BatchSession&) = delete;

  // Blocks while max_in_flight pictures are unread, and while the server does
  // not take the picture. A thread that both sends and reads must therefore
  // check HasRoom() first, or it may wait for itself.
  [[nodiscard]] SendResult Send(std::string id, v1::ClassifyRequest request);

  [[nodiscard]] bool HasRoom() const;

  // Says that no more pictures come. May block as Send() does.
  void FinishSending();

  // Blocks for the next answer, in the order of arrival. nullopt: no more will
  // come.
  [[nodiscard]] std::optional<BatchAnswer> Read();

  // How the stream ended. Call it after Read() has returned nullopt: blocks
  // until then, and answers still unread are kept.
  [[nodiscard]] absl::Status Finish();

  // Ends the stream at once; calls that block return. Answers that have
  // arrived can still be read.
  void Cancel();

 private:
  using Clock = std::chrono::steady_clock;
  using Lock = std::unique_lock<std::mutex>;

  // On gRPC's threads.
  void OnEvent(BatchEvent event);
  void Keep(Lock& lock, BatchAnswer answer);

  // Ends the stream for a reason of our own. Gives the lock up meanwhile.
  void Fail(Lock& lock, absl::Status reason);

  // Waits for `ready`; fails the stream when the answer timeout passes.
  template <typename Ready>
  void Wait(Lock& lock, Ready ready);

  int UnreadCount() const;

  const BatchOptions options_;

  mutable std::mutex mu_;
  std::condition_variable changed_;

  // Guarded by mu_.
  std::deque<BatchAnswer> answers_;
  // Sent, answer not yet arrived: what the answer timeout watches.
  int unanswered_ = 0;
  Clock::time_point last_progress_;
  bool writing_ = false;
  bool sending_finished_ = false;
  absl::Status failure_;
  std::optional<absl::Status> end_;

  // Constant after construction. Last: its events use everything above.
  const std::shared_ptr<AsyncBatch> batch_;
};

}  // namespace wanwu::client

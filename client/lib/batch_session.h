#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/lib/priority.h"
#include "wanwu/v1/image_classifier.grpc.pb.h"

namespace wanwu::client {

struct BatchOptions {
  // The stream fails with DEADLINE_EXCEEDED if the server sends nothing for
  // this long while it owes an answer.
  std::chrono::milliseconds answer_timeout;

  // Pictures sent whose answers have not been Read(). At least 1.
  int max_in_flight = 32;

  Priority priority = Priority::kInteractive;
};

struct BatchAnswer {
  // The id that the picture was sent with.
  std::string id;

  absl::StatusOr<v1::ClassifyResponse> result;
};

// One ClassifyBatch stream. Made by ClassifierClient::OpenBatch(), which it
// must not outlive.
//
// Thread-safe for one thread that sends, one that reads (they may be the same)
// and any that cancel. Destroy it only when none of them is inside a call.
class BatchSession final
    : private grpc::ClientBidiReactor<v1::ClassifyBatchRequest,
                                      v1::ClassifyBatchResponse> {
 public:
  enum class SendResult {
    kSent,
    // Refused here, nothing was sent; the session goes on.
    kTooLarge,
    // The stream is over: Read() gives what was answered, Finish() the reason.
    kEnded,
  };

  BatchSession(v1::ImageClassifier::Stub& stub, const BatchOptions& options);

  // Cancels what is unfinished.
  ~BatchSession() override;

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

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnWritesDoneDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

  // True if the caller must call RemoveHold(), without the lock.
  [[nodiscard]] bool TakeHold();
  void EndWrite();

  // Ends the stream for a reason of our own. Gives the lock up meanwhile.
  void Fail(Lock& lock, absl::Status reason);

  // Waits for `ready`; fails the stream when the answer timeout passes.
  template <typename Ready>
  void Wait(Lock& lock, Ready ready);

  int UnreadCount() const;

  const BatchOptions options_;
  grpc::ClientContext context_;

  // Owned by gRPC while a read or a write is under way.
  v1::ClassifyBatchResponse incoming_;
  v1::ClassifyBatchRequest outgoing_;

  mutable std::mutex mu_;
  std::condition_variable changed_;

  // Guarded by mu_.
  std::deque<v1::ClassifyBatchResponse> answers_;
  // Sent, answer not yet arrived: what the answer timeout watches.
  int unanswered_ = 0;
  Clock::time_point last_progress_;
  bool writing_ = false;
  bool sending_finished_ = false;
  bool reading_ended_ = false;
  bool hold_released_ = false;
  absl::Status failure_;
  std::optional<grpc::Status> end_;
};

}  // namespace wanwu::client

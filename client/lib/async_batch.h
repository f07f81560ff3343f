#pragma once

#include <grpcpp/support/client_callback.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/lib/kept_call.h"
#include "wanwu/v1/image_classifier.grpc.pb.h"

namespace wanwu::client {

struct BatchAnswer {
  // The id that the picture was sent with.
  std::string id;

  absl::StatusOr<v1::ClassifyResponse> result;
};

// What was sent last is on its way, so that the next may be sent. Also comes
// if the stream is over; the end then follows.
struct BatchSent {};

using BatchEvent = std::variant<BatchAnswer, BatchSent, StreamEnd>;

// One ClassifyBatch stream that blocks nobody. Thread-safe.
class AsyncBatch final
    : public KeptCall,
      private grpc::ClientBidiReactor<v1::ClassifyBatchRequest,
                                      v1::ClassifyBatchResponse> {
 public:
  // On gRPC's threads, perhaps two at a time; the end comes last. Must not
  // block.
  using OnEvent = std::function<void(BatchEvent)>;

  enum class SendResult {
    // BatchSent will follow.
    kSent,
    // Refused here, nothing was sent; the stream goes on.
    kTooLarge,
    // The stream is over, or was half-closed.
    kEnded,
  };

  static std::shared_ptr<AsyncBatch> Make(OnEvent on_event);

  // Once, before anything else.
  void Start(v1::ImageClassifier::Stub& stub, const CallOptions& options);

  // One at a time: the next only after BatchSent.
  [[nodiscard]] SendResult Send(std::string id, v1::ClassifyRequest request);

  // Says that no more pictures come; as Send(), but kTooLarge never happens.
  SendResult FinishSending();

 private:
  explicit AsyncBatch(OnEvent on_event);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnWritesDoneDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

  // False if nothing may be written any more.
  bool BeginWrite();
  void EndWrite();
  // True if the caller must call RemoveHold(), without the lock.
  [[nodiscard]] bool TakeHold();

  OnEvent on_event_;

  // Owned by gRPC while a read or a write is under way.
  v1::ClassifyBatchResponse incoming_;
  v1::ClassifyBatchRequest outgoing_;

  std::mutex mu_;
  // Guarded by mu_.
  // Begun, and not yet told to the end.
  int writes_ = 0;
  bool sending_finished_ = false;
  bool reading_ended_ = false;
  bool hold_released_ = false;
};

}  // namespace wanwu::client

#include "client/loadgen/stream_target.h"

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

#include "client/lib/rpc_error.h"

namespace wanwu::loadgen {

using client::AsyncBatch;

class StreamTarget::Stream final : public std::enable_shared_from_this<Stream> {
 public:
  Stream(std::shared_ptr<client::AsyncClient> connection,
         RequestTemplate request)
      : connection_(std::move(connection)), template_(std::move(request)) {}

  void Send(const std::string& picture, Done done) {
    {
      const std::lock_guard lock(mu_);
      const std::string id = std::to_string(next_id_++);
      waiting_[id] = std::move(done);
      unsent_.push_back({id, &picture});
      if (writing_) return;
      writing_ = true;
    }
    WriteNext();
  }

  void Cancel() {
    std::unique_lock lock(mu_);
    const std::shared_ptr<AsyncBatch> batch = batch_;
    lock.unlock();
    if (batch != nullptr) batch->Cancel();
  }

 private:
  struct Unsent {
    std::string id;
    const std::string* picture;
  };

  // The caller has set writing_. Calls of gRPC are made without the lock: they
  // may call back.
  void WriteNext() {
    while (const std::optional<Unsent> next = TakeUnsent()) {
      const std::shared_ptr<AsyncBatch> batch = OpenBatch();
      // The end of the stream failed all.
      if (batch == nullptr) return;
      v1::ClassifyRequest request = template_.request;
      request.set_image(*next->picture);
      if (batch->Send(next->id, std::move(request)) !=
          AsyncBatch::SendResult::kTooLarge) {
        // BatchSent or the end will follow.
        return;
      }
      Finish(next->id, client::MakeError(absl::StatusCode::kResourceExhausted,
                                         "REQUEST_TOO_LARGE",
                                         "the request is too large to send"));
    }
  }

  std::optional<Unsent> TakeUnsent() {
    const std::lock_guard lock(mu_);
    if (unsent_.empty()) {
      writing_ = false;
      return std::nullopt;
    }
    Unsent next = std::move(unsent_.front());
    unsent_.pop_front();
    return next;
  }

  // nullptr if it has ended already.
  std::shared_ptr<AsyncBatch> OpenBatch() {
    std::unique_lock lock(mu_);
    if (batch_ != nullptr) return batch_;
    const std::uint64_t number = ++opened_;
    lock.unlock();
    auto batch = connection_->OpenBatch(
        {.priority = template_.priority},
        [self = shared_from_this(), number](client::BatchEvent event) {
          self->OnEvent(number, std::move(event));
        });
    lock.lock();
    if (ended_ >= number) return nullptr;
    batch_ = batch;
    return batch;
  }

  void OnEvent(std::uint64_t number, client::BatchEvent event) {
    if (auto* answer = std::get_if<client::BatchAnswer>(&event)) {
      Finish(answer->id, std::move(answer->result));
    } else if (std::holds_alternative<client::BatchSent>(event)) {
      WriteNext();
    } else {
      End(number, std::get<client::StreamEnd>(event).status);
    }
  }

  void Finish(const std::string& id,
              absl::StatusOr<v1::ClassifyResponse> result) {
    std::unique_lock lock(mu_);
    auto place = waiting_.extract(id);
    lock.unlock();
    if (!place.empty()) place.mapped()(std::move(result));
  }

  void End(std::uint64_t number, absl::Status status) {
    if (status.ok()) {
      status = absl::UnavailableError("the server ended the stream early");
    }
    std::map<std::string, Done> failed;
    {
      const std::lock_guard lock(mu_);
      ended_ = number;
      batch_ = nullptr;
      writing_ = false;
      unsent_.clear();
      failed.swap(waiting_);
    }
    for (const auto& [id, done] : failed) done(status);
  }

  const std::shared_ptr<client::AsyncClient> connection_;
  const RequestTemplate template_;

  std::mutex mu_;
  // Guarded by mu_.
  std::shared_ptr<AsyncBatch> batch_;
  std::uint64_t opened_ = 0;
  std::uint64_t ended_ = 0;
  std::uint64_t next_id_ = 0;
  bool writing_ = false;
  std::deque<Unsent> unsent_;
  std::map<std::string, Done> waiting_;
};

StreamTarget::StreamTarget(Connections connections,
                           const RequestTemplate& request) {
  for (auto& connection : connections) {
    streams_.push_back(
        std::make_shared<Stream>(std::move(connection), request));
  }
}

StreamTarget::~StreamTarget() = default;

void StreamTarget::Send(const std::string& picture, TimePoint /*deadline*/,
                        Done done) {
  streams_[next_++ % streams_.size()]->Send(picture, std::move(done));
}

void StreamTarget::CancelAll() {
  for (const auto& stream : streams_) stream->Cancel();
}

}  // namespace wanwu::loadgen

#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "client/lib/async_client.h"
#include "gateway/api/picture_source.h"
#include "gateway/api/result_sink.h"
#include "gateway/http/exchange.h"
#include "gateway/http/mailbox.h"

namespace wanwu::gateway {

struct ManyLimits {
  // Sent to the server and not yet answered.
  int max_in_flight = 32;

  // The stream is given up if the server owes an answer for this long.
  std::chrono::milliseconds answer_timeout{30'000};
};

// Takes the pictures of one request through one ClassifyBatch stream: one
// coroutine sends them as they arrive, another passes the answers on. Every
// picture that has arrived is answered once, whatever becomes of the stream.
// For the connection's thread.
class ManyPictures {
 public:
  // All must outlive it.
  ManyPictures(client::AsyncClient& client, Exchange& exchange,
               const ManyLimits& limits);

  boost::asio::awaitable<void> Run(PictureSource& source, ResultSink& sink,
                                   client::CallOptions options);

 private:
  // Refused on this side of the stream.
  struct Refused {
    std::size_t index;
    absl::Status status;
  };
  // The sender is through; not OK: the request as a whole has failed.
  struct SendingEnded {
    absl::Status status;
  };
  using Event = std::variant<client::BatchAnswer, client::BatchSent,
                             client::StreamEnd, Refused, SendingEnded>;

  // The sender.
  boost::asio::awaitable<void> SendAll(PictureSource& source);
  boost::asio::awaitable<absl::Status> SendEach(PictureSource& source);
  boost::asio::awaitable<void> SendOne(Picture picture);
  boost::asio::awaitable<void> WaitForRoom(int max_in_flight);

  // The receiver.
  boost::asio::awaitable<void> Receive(ResultSink& sink);
  boost::asio::awaitable<bool> Handle(Event event, ResultSink& sink);
  boost::asio::awaitable<bool> AnswerRest(ResultSink& sink);
  TimePoint AnswerDeadline() const;
  Result MakeResult(std::size_t index,
                    absl::StatusOr<v1::ClassifyResponse> answer);

  client::AsyncClient& client_;
  Exchange& exchange_;
  const ManyLimits limits_;
  Mailbox<Event> events_;
  std::shared_ptr<client::AsyncBatch> batch_;

  // By index.
  std::vector<std::string> ids_;
  // Sent and not yet answered.
  std::set<std::size_t> unanswered_;
  // Of the picture that is being written; the server has the others.
  std::optional<BudgetShare> written_;
  // Cancelled when the sender may go on.
  boost::asio::steady_timer room_;
  TimePoint last_progress_;
  bool writing_ = false;
  bool stream_ended_ = false;
  bool sending_ended_ = false;
  absl::Status stream_end_;
  absl::Status request_error_;
};

}  // namespace wanwu::gateway

#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "client/cli/file_list.h"
#include "client/cli/input_order.h"
#include "client/cli/picture_input.h"
#include "client/cli/picture_output.h"
#include "client/cli/send_pace.h"
#include "client/lib/batch_session.h"

namespace wanwu::cli {

struct BatchInput {
  const std::vector<ListedFile>& files;

  // Every picture's request, without the picture.
  v1::ClassifyRequest request;

  // How far work may be ahead of the oldest undelivered result, in pictures.
  std::size_t window;
};

// Classifies files, and what is at URLs, over one session. A file is read when
// it is sent, and sent again, after the time the server asks for, if it was
// refused for want of room. That happens at most kMaxResends times, and not if
// the server asks for more than kLongestWait.
class BatchRun {
 public:
  enum class Next { kContinue, kStop };
  using Deliver = std::function<Next(const PictureResult&)>;

  static constexpr int kMaxResends = 5;
  static constexpr std::chrono::seconds kLongestWait{30};

  // `deliver` gets the results in the order of the files, on Run()'s thread.
  BatchRun(client::BatchSession& session, const BatchInput& input,
           Deliver deliver);

  // Returns when each file's result was delivered. If the stream breaks, the
  // files without an answer get its error. After a stop only what was already
  // answered is delivered.
  void Run();

  // From any thread.
  void Stop();

 private:
  // A file that was refused and may be sent again.
  struct Refusal {
    int times = 0;
    absl::Status error;
  };

  void SendWhileRoom();
  bool SendNext();
  void SendOne(std::size_t index);
  void ReadAnswer();
  void TakeAnswer(client::BatchAnswer answer);
  bool KeepForResend(std::size_t index, const absl::Status& error);
  void WaitToResume();
  void DeliverWhatCame();
  void FailTheRest(const absl::Status& reason);
  void Add(std::size_t index, absl::StatusOr<v1::ClassifyResponse> result);
  void DeliverOne(const PictureResult& result);

  client::BatchSession& session_;
  const BatchInput& input_;
  PictureInput pictures_;
  const Deliver deliver_;

  std::atomic<bool> stopped_ = false;
  // With stopped_, wakes who waits.
  std::mutex mu_;
  std::condition_variable stop_;

  // The session takes no more pictures.
  bool ended_ = false;
  std::size_t next_to_send_ = 0;
  std::size_t delivered_ = 0;
  std::set<std::size_t> in_flight_;
  std::set<std::size_t> to_resend_;
  // Of files in flight or to be sent again.
  std::map<std::size_t, Refusal> refusals_;
  SendPace pace_;
  InputOrder order_;
};

}  // namespace wanwu::cli

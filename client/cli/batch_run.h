#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "client/cli/file_list.h"
#include "client/cli/input_order.h"
#include "client/cli/picture_output.h"
#include "client/lib/batch_session.h"

namespace wanwu::cli {

struct BatchInput {
  const std::vector<ListedFile>& files;

  // Every picture's request, without the picture.
  v1::ClassifyRequest request;

  // How far work may be ahead of the oldest undelivered result, in pictures.
  std::size_t window;
};

// Classifies files over one session. A file is read when it is sent.
class BatchRun {
 public:
  enum class Next { kContinue, kStop };
  using Deliver = std::function<Next(const PictureResult&)>;

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
  void SendWhileRoom();
  void SendOne(std::size_t index);
  void ReadAnswer();
  void TakeAnswer(client::BatchAnswer answer);
  void DeliverWhatCame();
  void FailTheRest(const absl::Status& reason);
  void Add(std::size_t index, absl::StatusOr<v1::ClassifyResponse> result);
  void DeliverOne(const PictureResult& result);

  client::BatchSession& session_;
  const BatchInput& input_;
  const Deliver deliver_;

  std::atomic<bool> stopped_ = false;
  // The session takes no more pictures.
  bool ended_ = false;
  std::size_t next_to_send_ = 0;
  std::size_t delivered_ = 0;
  std::set<std::size_t> in_flight_;
  InputOrder order_;
};

}  // namespace wanwu::cli

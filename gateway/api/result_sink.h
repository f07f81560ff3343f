#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/http/exchange.h"
#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::gateway {

// One answered picture.
struct Result {
  // Its place in the request, from 0.
  std::size_t index = 0;
  std::string id;
  absl::StatusOr<v1::ClassifyResponse> answer;
};

// {"id": …, "response": …} or {"id": …, "error": …}, on one line.
std::string ResultJson(const Result& result);

// Turns the results of one request into its response. Exactly one of End() and
// Fail() comes last.
class ResultSink {
 public:
  virtual ~ResultSink() = default;

  // False: the caller is gone, or does not take the answer.
  virtual boost::asio::awaitable<bool> Add(Result result) = 0;

  virtual boost::asio::awaitable<void> End() = 0;

  // The request as a whole has failed.
  virtual boost::asio::awaitable<void> Fail(absl::Status status) = 0;
};

// By what the request accepts: "application/x-ndjson" and "text/event-stream"
// write each result as it comes, else one JSON document has them all in the
// order of the request.
std::unique_ptr<ResultSink> MakeResultSink(Exchange& exchange);

}  // namespace wanwu::gateway

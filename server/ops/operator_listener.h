#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/ops/page.h"

namespace wanwu::ops {

struct OperatorListenerOptions {
  // HOST:PORT or unix:PATH; port 0: a free one.
  std::string address = {};
  // For one more, the oldest is closed: an operator's question takes
  // milliseconds, so whoever is still there is no operator.
  int max_connections = 64;
  // From a connection's beginning to the last byte of its answer.
  std::chrono::milliseconds patience{5000};
};

// Serves GET and HEAD over HTTP on a thread of its own, one request per
// connection. Nothing that happens to the rest of the server keeps it from
// answering.
class OperatorListener {
 public:
  // Serves at once. UNAVAILABLE if the address cannot be had.
  static absl::StatusOr<std::unique_ptr<OperatorListener>> Start(
      const OperatorListenerOptions& options, MakePage make_page);
  // Breaks off what is under way.
  ~OperatorListener();
  OperatorListener(const OperatorListener&) = delete;
  OperatorListener& operator=(const OperatorListener&) = delete;

  int port() const;  // 0 for a unix socket

 private:
  class Server;

  explicit OperatorListener(std::unique_ptr<Server> server);

  const std::unique_ptr<Server> server_;
};

}  // namespace wanwu::ops

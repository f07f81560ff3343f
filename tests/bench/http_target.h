#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "client/loadgen/target.h"

namespace wanwu::bench {

class HttpConnection;

// POSTs pictures to an HTTP/1.1 service and takes any answer with status 200
// for a good one; what it says is not read. As many connections as requests
// were under way at once, each kept alive and used again, so that each client
// of a closed loop has its own. One thread does all of it.
//
// Errors: UNAVAILABLE where the connection failed, DEADLINE_EXCEEDED,
// CANCELLED, and INTERNAL with the reason HTTP_503, for example, for another
// status.
class HttpTarget final : public loadgen::Target {
 public:
  // `headers` are lines that each request carries besides its own.
  // Throws boost::system::system_error if `host` cannot be resolved.
  HttpTarget(const std::string& host, const std::string& port,
             const std::string& path, const std::vector<std::string>& headers);
  // As CancelAll(), and waits until all is told.
  ~HttpTarget() override;

  void Send(const std::string& picture, loadgen::TimePoint deadline,
            Done done) override;
  void CancelAll() override;

 private:
  using Context = boost::asio::io_context;

  void Start(const std::string& picture, loadgen::TimePoint deadline,
             Done done);

  Context context_{1};
  boost::asio::executor_work_guard<Context::executor_type> work_;
  const boost::asio::ip::tcp::endpoint endpoint_;
  // Of a request, up to the length of its body.
  const std::string head_;
  // Touched by thread_ only. The one used last is last.
  std::vector<std::shared_ptr<HttpConnection>> idle_;
  std::set<std::shared_ptr<HttpConnection>> busy_;
  std::thread thread_;
};

}  // namespace wanwu::bench

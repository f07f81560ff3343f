#include "tests/bench/http_target.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/bench/http_connection.h"

namespace wanwu::bench {

namespace asio = boost::asio;

namespace {

std::string Lines(const std::vector<std::string>& headers) {
  std::string lines;
  for (const std::string& header : headers) {
    absl::StrAppend(&lines, header, "\r\n");
  }
  return lines;
}

}  // namespace

HttpTarget::HttpTarget(const std::string& host, const std::string& port,
                       const std::string& path,
                       const std::vector<std::string>& headers)
    : work_(context_.get_executor()),
      endpoint_(*asio::ip::tcp::resolver(context_).resolve(host, port)),
      head_(absl::StrCat("POST ", path, " HTTP/1.1\r\nHost: ", host, ":", port,
                         "\r\nContent-Type: image/jpeg\r\n", Lines(headers),
                         "Content-Length: ")),
      thread_([this] { context_.run(); }) {}

HttpTarget::~HttpTarget() {
  CancelAll();
  // The thread ends when nothing is left to do.
  work_.reset();
  thread_.join();
}

void HttpTarget::Send(const std::string& picture, loadgen::TimePoint deadline,
                      Done done) {
  // At once where an answer has just come, which it has on this thread.
  asio::dispatch(context_,
                 [this, &picture, deadline, done = std::move(done)]() mutable {
                   Start(picture, deadline, std::move(done));
                 });
}

void HttpTarget::CancelAll() {
  asio::post(context_, [this] {
    for (const auto& connection : busy_) connection->Cancel();
  });
}

void HttpTarget::Start(const std::string& picture, loadgen::TimePoint deadline,
                       Done done) {
  if (idle_.empty()) {
    idle_.push_back(
        std::make_shared<HttpConnection>(context_.get_executor(), endpoint_));
  }
  const std::shared_ptr<HttpConnection> connection = std::move(idle_.back());
  idle_.pop_back();
  busy_.insert(connection);
  connection->Exchange(
      head_, picture, deadline,
      [this, connection, done = std::move(done)](const absl::Status& status) {
        busy_.erase(connection);
        idle_.push_back(connection);
        if (status.ok()) return done(v1::ClassifyResponse());
        done(status);
      });
}

}  // namespace wanwu::bench

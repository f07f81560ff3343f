#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/tracing/retry_after.h"
#include "common/tracing/span_sender.h"

namespace wanwu::tracing {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using std::chrono::steady_clock;
using Addresses = asio::ip::tcp::resolver::results_type;
using Outcome = SendResult::Outcome;
using Response =
    opentelemetry::proto::collector::trace::v1::ExportTraceServiceResponse;

// A receiver's answer is a few bytes.
constexpr size_t kLargestAnswer = size_t{64} << 10;

// Looks up a receiver's name. Nothing interrupts the C library while it does,
// so it has a thread of its own, which is left behind when it takes too long.
class NameLookup {
 public:
  NameLookup(std::string host, std::string port)
      : host_(std::move(host)), port_(std::move(port)) {}

  // Nothing if it takes longer; then the next call waits for the same look-up.
  std::optional<Addresses> Find(steady_clock::time_point deadline) {
    if (!pending_.valid()) Begin();
    if (pending_.wait_until(deadline) != std::future_status::ready) {
      return std::nullopt;
    }
    return pending_.get();
  }

 private:
  void Begin() {
    std::packaged_task<Addresses()> look_up([host = host_, port = port_] {
      asio::io_context context(1);
      return asio::ip::tcp::resolver(context).resolve(host, port);
    });
    pending_ = look_up.get_future();
    std::thread(std::move(look_up)).detach();
  }

  const std::string host_;
  const std::string port_;
  std::future<Addresses> pending_;
};

http::request<http::string_body> MakeRequest(const TraceEndpoint& endpoint,
                                             const ExportRequest& spans) {
  http::request<http::string_body> request{http::verb::post, endpoint.path, 11};
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  request.set(http::field::host, absl::StrCat(v6 ? "[" : "", endpoint.host,
                                              v6 ? "]:" : ":", endpoint.port));
  request.set(http::field::content_type, "application/x-protobuf");
  request.set(http::field::connection, "close");
  request.body() = spans.SerializeAsString();
  request.prepare_payload();
  return request;
}

SendResult ResultOf(const http::response<http::string_body>& answer) {
  const unsigned status = answer.result_int();
  if (status >= 200 && status < 300) {
    Response response;
    // Some receivers answer in JSON, or not at all.
    if (answer[http::field::content_type] != "application/x-protobuf" ||
        !response.ParseFromString(answer.body())) {
      return {};
    }
    return {.rejected = response.partial_success().rejected_spans(),
            .reason = response.partial_success().error_message()};
  }
  const bool retry =
      status == 429 || status == 502 || status == 503 || status == 504;
  const auto asked = answer[http::field::retry_after];
  return {.outcome = retry ? Outcome::kRetry : Outcome::kRefused,
          .wait = RetryAfter({asked.data(), asked.size()},
                             std::chrono::system_clock::now()),
          .reason = absl::StrCat("HTTP status ", status)};
}

asio::awaitable<SendResult> Exchange(Addresses addresses,
                                     http::request<http::string_body> request) {
  const auto executor = co_await asio::this_coro::executor;
  beast::tcp_stream stream(executor);
  auto connecting = stream.async_connect(addresses, asio::use_awaitable);
  co_await std::move(connecting);
  auto writing = http::async_write(stream, request, asio::use_awaitable);
  co_await std::move(writing);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kLargestAnswer);
  auto reading = http::async_read(stream, buffer, parser, asio::use_awaitable);
  co_await std::move(reading);
  co_return ResultOf(parser.get());
}

// One connection for each request, of which there is about one a second.
class HttpSender final : public SpanSender {
 public:
  explicit HttpSender(const TraceEndpoint& endpoint)
      : endpoint_(endpoint), lookup_(endpoint.host, endpoint.port) {}

  SendResult Send(const ExportRequest& spans,
                  std::chrono::milliseconds timeout) override {
    try {
      return SendUntil(steady_clock::now() + timeout, spans);
    } catch (const boost::system::system_error& what) {
      // Its what() also says where in Asio.
      return {.outcome = Outcome::kRetry, .reason = what.code().message()};
    } catch (const std::exception& what) {
      return {.outcome = Outcome::kRetry, .reason = what.what()};
    }
  }

 private:
  SendResult SendUntil(steady_clock::time_point deadline,
                       const ExportRequest& spans) {
    std::optional<Addresses> addresses = lookup_.Find(deadline);
    if (!addresses.has_value()) {
      return {.outcome = Outcome::kRetry,
              .reason = "its name was not looked up in time"};
    }
    std::optional<SendResult> result;
    asio::io_context context(1);
    asio::co_spawn(
        context, Exchange(*std::move(addresses), MakeRequest(endpoint_, spans)),
        [&result](const std::exception_ptr& error, SendResult sent) {
          if (error) std::rethrow_exception(error);
          result = std::move(sent);
        });
    context.run_until(deadline);
    if (result.has_value()) return *std::move(result);
    return {.outcome = Outcome::kRetry, .reason = "no answer in time"};
  }

  const TraceEndpoint endpoint_;
  NameLookup lookup_;
};

}  // namespace

std::unique_ptr<SpanSender> MakeHttpSender(const TraceEndpoint& endpoint) {
  return std::make_unique<HttpSender>(endpoint);
}

}  // namespace wanwu::tracing

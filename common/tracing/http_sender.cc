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
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/tracing/span_sender.h"

namespace wanwu::tracing {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Outcome = SendResult::Outcome;
using Response =
    opentelemetry::proto::collector::trace::v1::ExportTraceServiceResponse;

// A receiver's answer is a few bytes.
constexpr size_t kLargestAnswer = size_t{64} << 10;

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
  return {.outcome = retry ? Outcome::kRetry : Outcome::kRefused,
          .reason = absl::StrCat("HTTP status ", status)};
}

asio::awaitable<SendResult> Exchange(const TraceEndpoint& endpoint,
                                     http::request<http::string_body> request) {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  auto resolving =
      resolver.async_resolve(endpoint.host, endpoint.port, asio::use_awaitable);
  const auto addresses = co_await std::move(resolving);
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
  explicit HttpSender(TraceEndpoint endpoint)
      : endpoint_(std::move(endpoint)) {}

  SendResult Send(const ExportRequest& spans,
                  std::chrono::milliseconds timeout) override {
    std::optional<SendResult> result;
    asio::io_context context(1);
    asio::co_spawn(context, Exchange(endpoint_, MakeRequest(endpoint_, spans)),
                   [&result](const std::exception_ptr& error, SendResult sent) {
                     result = error ? Failed(error) : std::move(sent);
                   });
    context.run_for(timeout);
    if (result.has_value()) return *std::move(result);
    return {.outcome = Outcome::kRetry, .reason = "no answer in time"};
  }

 private:
  static SendResult Failed(const std::exception_ptr& error) {
    try {
      std::rethrow_exception(error);
    } catch (const boost::system::system_error& what) {
      // Its what() also says where in Asio.
      return {.outcome = Outcome::kRetry, .reason = what.code().message()};
    } catch (const std::exception& what) {
      return {.outcome = Outcome::kRetry, .reason = what.what()};
    }
  }

  const TraceEndpoint endpoint_;
};

}  // namespace

std::unique_ptr<SpanSender> MakeHttpSender(const TraceEndpoint& endpoint) {
  return std::make_unique<HttpSender>(endpoint);
}

}  // namespace wanwu::tracing

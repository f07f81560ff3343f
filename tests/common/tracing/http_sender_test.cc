#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <latch>
#include <string>
#include <thread>

#include "common/tracing/span_sender.h"

namespace {
// Of the name "hanging.example": until the test is over.
std::latch test_over(1);
std::latch hanging_ended(1);
constexpr char kHanging[] = "hanging.example";
}  // namespace

// Instead of the C library's, which only an administrator can make hang.
extern "C" int getaddrinfo(const char* name, const char* service,
                           const addrinfo* hints, addrinfo** found) {
  if (std::string(name) == kHanging) {
    test_over.wait();
    hanging_ended.count_down();
    return EAI_AGAIN;
  }
  if (std::string(name) == "unknown.example") return EAI_NONAME;
  static addrinfo result;
  static sockaddr_in address;
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(std::stoi(service)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  result = {};
  result.ai_family = AF_INET;
  result.ai_socktype = hints->ai_socktype;
  result.ai_addr = reinterpret_cast<sockaddr*>(&address);
  result.ai_addrlen = sizeof address;
  *found = &result;
  return 0;
}
extern "C" void freeaddrinfo(addrinfo* /*found*/) {}

namespace wanwu::tracing {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using Outcome = SendResult::Outcome;

// For what takes no time, unless somebody else has the machine.
constexpr seconds kPatience{60};

// Gives one caller the answer it was made with.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer)
      : acceptor_(context_, {asio::ip::address_v4::loopback(), 0}),
        thread_([this, answer = std::move(answer)] {
          asio::ip::tcp::socket socket = acceptor_.accept();
          boost::beast::flat_buffer buffer;
          http::read(socket, buffer, request_);
          asio::write(socket, asio::buffer(answer));
        }) {}

  std::string port() const {
    return std::to_string(acceptor_.local_endpoint().port());
  }

 private:
  asio::io_context context_;
  asio::ip::tcp::acceptor acceptor_;
  http::request<http::string_body> request_;
  std::jthread thread_;
};

std::unique_ptr<SpanSender> SenderTo(const std::string& host,
                                     const std::string& port) {
  return MakeHttpSender({.kind = TraceEndpoint::Kind::kHttp,
                         .host = host,
                         .port = port,
                         .path = "/v1/traces"});
}

SendResult SendTo(const std::string& answer) {
  const OneAnswer receiver(answer);
  return SenderTo("localhost", receiver.port())->Send({}, kPatience);
}

TEST(HttpSenderTest, SendsToWhoeverTakesIt) {
  EXPECT_EQ(SendTo("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").outcome,
            Outcome::kSent);
}

TEST(HttpSenderTest, DoesNotTryAgainWhatIsWrong) {
  const SendResult result =
      SendTo("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(result.outcome, Outcome::kRefused);
  EXPECT_EQ(result.reason, "HTTP status 400");
}

TEST(HttpSenderTest, TriesAgainAfterAsLongAsTheReceiverAsksFor) {
  for (const char* status : {"429 Too Many Requests", "503 Unavailable"}) {
    const SendResult result =
        SendTo(std::string("HTTP/1.1 ") + status +
               "\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(result.outcome, Outcome::kRetry) << status;
    EXPECT_EQ(result.wait, seconds(7)) << status;
  }
}

TEST(HttpSenderTest, ANameThatIsUnknownMayBecomeKnown) {
  const SendResult result =
      SenderTo("unknown.example", "4318")->Send({}, kPatience);
  EXPECT_EQ(result.outcome, Outcome::kRetry);
  EXPECT_THAT(result.reason, HasSubstr("not found"));
}

TEST(HttpSenderTest, NobodyWaitsForNamesThatAreLookedUpForever) {
  {
    const auto sender = SenderTo(kHanging, "4318");
    for (int i = 0; i < 2; ++i) {
      const SendResult result = sender->Send({}, milliseconds(1));
      EXPECT_EQ(result.outcome, Outcome::kRetry);
      EXPECT_THAT(result.reason, HasSubstr("look"));
    }
  }
  // Else this point is never reached.
  test_over.count_down();
  hanging_ended.wait();
}

}  // namespace
}  // namespace wanwu::tracing

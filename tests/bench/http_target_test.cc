#include "tests/bench/http_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "client/lib/rpc_error.h"

namespace wanwu::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::ElementsAre;
using testing::HasSubstr;

// Longer than any answer here takes.
constexpr std::chrono::seconds kPatient{60};
constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

loadgen::TimePoint Later() {
  return std::chrono::steady_clock::now() + kPatient;
}

// A service that a test plays by hand.
class Service {
 public:
  Service() : acceptor_(context_, {asio::ip::make_address("127.0.0.1"), 0}) {}

  std::string port() const {
    return std::to_string(acceptor_.local_endpoint().port());
  }

  tcp::socket Accept() { return acceptor_.accept(); }

 private:
  asio::io_context context_;
  tcp::acceptor acceptor_;
};

// The request's head and a body of `bytes`.
std::string ReadRequest(tcp::socket& socket, std::size_t bytes) {
  asio::streambuf buffer;
  const std::size_t head = asio::read_until(socket, buffer, "\r\n\r\n");
  if (buffer.size() < head + bytes) {
    asio::read(socket, buffer,
               asio::transfer_exactly(head + bytes - buffer.size()));
  }
  return {asio::buffers_begin(buffer.data()), asio::buffers_end(buffer.data())};
}

void Write(tcp::socket& socket, std::string_view text) {
  asio::write(socket, asio::buffer(text));
}

// Each answer's code, or its reason where it has one.
class Answers {
 public:
  loadgen::Target::Done Next() {
    return [this](const absl::StatusOr<v1::ClassifyResponse>& answer) {
      const auto error = client::DescribeError(answer.status());
      const std::lock_guard lock(mu_);
      answers_.push_back(error.reason.empty() ? error.code : error.reason);
      changed_.notify_all();
    };
  }

  std::vector<std::string> Await(std::size_t count) {
    std::unique_lock lock(mu_);
    changed_.wait(lock, [&] { return answers_.size() >= count; });
    return answers_;
  }

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  std::vector<std::string> answers_;
};

// Pictures must stay until they are answered.
const std::string kPicture = "picture";

class HttpTargetTest : public testing::Test {
 protected:
  Service service_;
  Answers answers_;
  HttpTarget target_{
      "127.0.0.1", service_.port(), "/classify", {"One: 1", "Two: 2"}};
};

TEST_F(HttpTargetTest, PostsThePicture) {
  target_.Send(kPicture, Later(), answers_.Next());
  tcp::socket socket = service_.Accept();
  const std::string request = ReadRequest(socket, kPicture.size());
  Write(socket, kOk);

  EXPECT_THAT(answers_.Await(1), ElementsAre("OK"));
  EXPECT_THAT(request, testing::StartsWith("POST /classify HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nOne: 1\r\nTwo: 2\r\n"));
  EXPECT_THAT(request, HasSubstr("Content-Length: 7\r\n\r\npicture"));
}

TEST_F(HttpTargetTest, KeepsTheConnectionForTheNextRequest) {
  target_.Send(kPicture, Later(), answers_.Next());
  tcp::socket socket = service_.Accept();
  for (std::size_t i = 1; i <= 3; ++i) {
    ReadRequest(socket, kPicture.size());
    Write(socket, kOk);
    answers_.Await(i);
    target_.Send(kPicture, Later(), answers_.Next());
  }
  ReadRequest(socket, kPicture.size());
  Write(socket, kOk);

  EXPECT_THAT(answers_.Await(4), ElementsAre("OK", "OK", "OK", "OK"));
}

TEST_F(HttpTargetTest, OpensAConnectionForEachRequestUnderWay) {
  target_.Send(kPicture, Later(), answers_.Next());
  target_.Send(kPicture, Later(), answers_.Next());
  tcp::socket first = service_.Accept();
  tcp::socket second = service_.Accept();
  for (tcp::socket* socket : {&second, &first}) {
    ReadRequest(*socket, kPicture.size());
    Write(*socket, kOk);
  }

  EXPECT_THAT(answers_.Await(2), ElementsAre("OK", "OK"));
}

TEST_F(HttpTargetTest, TellsAnotherStatus) {
  target_.Send(kPicture, Later(), answers_.Next());
  tcp::socket socket = service_.Accept();
  ReadRequest(socket, kPicture.size());
  Write(socket, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");

  EXPECT_THAT(answers_.Await(1), ElementsAre("HTTP_503"));
}

TEST_F(HttpTargetTest, ConnectsAnewAfterAConnectionBroke) {
  target_.Send(kPicture, Later(), answers_.Next());
  tcp::socket broken = service_.Accept();
  ReadRequest(broken, kPicture.size());
  broken.close();
  answers_.Await(1);
  target_.Send(kPicture, Later(), answers_.Next());
  tcp::socket socket = service_.Accept();
  ReadRequest(socket, kPicture.size());
  Write(socket, kOk);

  EXPECT_THAT(answers_.Await(2), ElementsAre("UNAVAILABLE", "OK"));
}

TEST_F(HttpTargetTest, TellsOfADeadlineThatPassed) {
  target_.Send(kPicture, std::chrono::steady_clock::now() - kPatient,
               answers_.Next());

  EXPECT_THAT(answers_.Await(1), ElementsAre("DEADLINE_EXCEEDED"));
}

TEST_F(HttpTargetTest, CancelAllEndsWhatIsUnderWay) {
  target_.Send(kPicture, Later(), answers_.Next());
  tcp::socket socket = service_.Accept();
  ReadRequest(socket, kPicture.size());
  target_.CancelAll();

  EXPECT_THAT(answers_.Await(1), ElementsAre("CANCELLED"));
}

TEST(HttpTargetEndTest, WhatIsUnderWayIsToldBeforeItIsGone) {
  Service service;
  Answers answers;
  {
    HttpTarget target("127.0.0.1", service.port(), "/", {});
    target.Send(kPicture, Later(), answers.Next());
    target.Send(kPicture, Later(), answers.Next());
  }
  EXPECT_THAT(answers.Await(2), ElementsAre("CANCELLED", "CANCELLED"));
}

}  // namespace
}  // namespace wanwu::bench

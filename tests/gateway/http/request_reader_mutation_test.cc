// Spoilt HTTP, for the sanitizers to watch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "gateway/http/request_reader.h"
#include "tests/gateway/support/mutator.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;

constexpr int kRounds = 5'000;

// A caller who has sent `pieces` and hung up.
class SentBytes final : public Transport {
 public:
  SentBytes(asio::io_context& context, std::vector<std::string_view> pieces)
      : context_(context), pieces_(std::move(pieces)) {}

  asio::awaitable<IoResult> Handshake(TimePoint) override {
    co_return IoResult{};
  }

  asio::awaitable<IoResult> ReadSome(asio::mutable_buffer buffer,
                                     TimePoint) override {
    if (next_ == pieces_.size()) co_return IoResult{asio::error::eof, 0};
    std::string_view& piece = pieces_[next_];
    const std::size_t bytes = std::min(piece.size(), buffer.size());
    std::memcpy(buffer.data(), piece.data(), bytes);
    piece.remove_prefix(bytes);
    if (piece.empty()) ++next_;
    co_return IoResult{{}, bytes};
  }

  asio::awaitable<IoResult> Write(const std::vector<asio::const_buffer>&,
                                  TimePoint) override {
    co_return IoResult{};
  }

  asio::awaitable<IoResult> AwaitGone(std::string_view) override {
    co_return IoResult{asio::error::eof, 0};
  }

  asio::awaitable<IoResult> ShutdownSend(TimePoint) override {
    co_return IoResult{};
  }

  void CancelRead() override {}
  asio::any_io_executor executor() override { return context_.get_executor(); }
  std::string peer() const override { return {}; }
  void Close() override {}

 private:
  asio::io_context& context_;
  std::vector<std::string_view> pieces_;
  std::size_t next_ = 0;
};

// Adds each request that is read to its end: "METHOD PATH BODY".
asio::awaitable<void> ReadAll(RequestReader& reader,
                              std::vector<std::string>& requests) {
  constexpr std::uint64_t kLimit = 1000;
  while (true) {
    auto read_head = reader.ReadHead();
    const auto head = co_await std::move(read_head);
    if (!head.ok() || !head->has_value()) co_return;
    std::string body;
    while (true) {
      auto read_body = reader.ReadBody(kLimit);
      const auto piece = co_await std::move(read_body);
      if (!piece.ok()) co_return;
      if (piece->empty()) break;
      body += *piece;
    }
    requests.push_back((*head)->method_text + " " + (*head)->path + " " + body);
    if (!(*head)->keep_alive) co_return;
  }
}

std::vector<std::string> RequestsIn(std::vector<std::string_view> pieces) {
  asio::io_context context;
  SentBytes transport(context, std::move(pieces));
  const HttpLimits limits;
  ByteBudget budget(1 << 20);
  RequestReader reader(transport, limits, budget);
  std::vector<std::string> requests;
  asio::co_spawn(context, ReadAll(reader, requests), asio::detached);
  context.run();
  return requests;
}

void ExpectTheSameHoweverSplit(const std::string& sample, unsigned seed) {
  const std::vector<std::string> words = {
      "\r\n",     "\r\n\r\n",  "0",           "Content-Length: 3\r\n",
      "chunked",  "\n",        "1.0",         "Transfer-Encoding: chunked\r\n",
      "%",        ";",         "Host: h\r\n", "Expect: 100-continue\r\n",
      "ffffffff", "0\r\n\r\n", " ",           "Connection: close\r\n"};
  ASSERT_THAT(RequestsIn({sample}), testing::SizeIs(2));
  test::Mutator mutator(seed);
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = mutator.Mutate(sample, words);

    const auto whole = RequestsIn({text});
    const auto pieces = RequestsIn(mutator.Cut(text));

    ASSERT_EQ(pieces, whole) << testing::PrintToString(text);
    if (whole.size() > 1) ++accepted;
  }
  EXPECT_GT(accepted, kRounds / 50);
  EXPECT_LT(accepted, kRounds);
}

TEST(RequestReaderMutationTest, ReadsTheSameRequestsHoweverChunksAreSplit) {
  ExpectTheSameHoweverSplit(
      "POST /a%20b?c=d HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
      "\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: u\r\n\r\n"
      "GET /next HTTP/1.1\r\nHost: h\r\n\r\n",
      1);
}

TEST(RequestReaderMutationTest, ReadsTheSameRequestsHoweverBodiesAreSplit) {
  ExpectTheSameHoweverSplit(
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\nX-Y:  z \r\n\r\n"
      "some body"
      "PUT /next HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
      2);
}

}  // namespace
}  // namespace wanwu::gateway

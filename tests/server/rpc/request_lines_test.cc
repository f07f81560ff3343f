// The lines that the log holds of single requests.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <regex>
#include <string>

#include "server/rpc/request_facts.h"
#include "tests/support/fake_clock.h"
#include "tests/support/pictures.h"
#include "tests/support/test_server.h"

namespace wanwu::rpc {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using namespace test_support;  // NOLINT

constexpr TestServerOptions kEveryRequest = {.request_lines = {.ratio = 1}};

// The one line of `event`, from there on; empty if there is none.
std::string LineOf(const TestServer& server, const std::string& event) {
  const std::string text = server.log_text();
  const size_t at = text.find(" " + event + " ");
  if (at == std::string::npos) return "";
  EXPECT_EQ(text.find(" " + event + " ", at + 1), std::string::npos) << text;
  return text.substr(at, text.find('\n', at) - at);
}

grpc::Status Classify(TestServer& server,
                      const wanwu::v1::ClassifyRequest& request,
                      grpc::ClientContext& context) {
  wanwu::v1::ClassifyResponse response;
  return server.stub().Classify(&context, request, &response);
}

grpc::Status Classify(TestServer& server,
                      const wanwu::v1::ClassifyRequest& request) {
  grpc::ClientContext context;
  SetTestDeadline(context);
  return Classify(server, request, context);
}

TEST(RequestLinesTest, TellOfAnAnsweredRequest) {
  TestServer server(kEveryRequest);
  server.Install({.version = 3});
  const auto request = RequestFor(4);

  EXPECT_TRUE(Classify(server, request).ok());
  server.Stop();

  const std::string line = LineOf(server, "request");
  EXPECT_THAT(line, HasSubstr("method=Classify code=OK caller=ipv4:127.0.0.1"));
  EXPECT_THAT(line, HasSubstr("priority=interactive model=fake version=3 "
                              "bytes=" +
                              std::to_string(request.image().size())));
  EXPECT_THAT(line, ContainsRegex("format=[a-z]+ size=[0-9]+x[0-9]+ "));
  EXPECT_THAT(line, ContainsRegex("receive_ms=[0-9.]+ decode_ms=[0-9.]+ "
                                  "queue_ms=[0-9.]+ inference_ms=[0-9.]+ "
                                  "batch_size=1 total_ms=[0-9.]+ "
                                  "deadline_left_ms=[0-9.]+$"));
  EXPECT_THAT(line, Not(HasSubstr("reason")));
}

TEST(RequestLinesTest, TellOfEachPictureOfAStream) {
  TestServer server(kEveryRequest);
  server.Install();
  grpc::ClientContext context;
  SetTestDeadline(context);
  const auto stream = server.stub().ClassifyBatch(&context);
  stream->Write(BatchRequestFor("a", 4));
  stream->WritesDone();
  wanwu::v1::ClassifyBatchResponse response;
  EXPECT_TRUE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
  server.Stop();

  EXPECT_THAT(LineOf(server, "request"),
              AllOf(HasSubstr("method=ClassifyBatch code=OK caller=ipv4:"),
                    HasSubstr("batch_size=1")));
}

TEST(RequestLinesTest, TellOfARefusedRequest) {
  TestServer server(kEveryRequest);
  server.Install();
  auto request = RequestFor(4);
  request.set_image("no picture");
  EXPECT_FALSE(Classify(server, request).ok());
  server.Stop();

  const std::string line = LineOf(server, "request");
  EXPECT_THAT(line, HasSubstr("code=INVALID_ARGUMENT reason=IMAGE_"));
  EXPECT_THAT(line, HasSubstr("bytes=10 receive_ms="));
  EXPECT_THAT(line, Not(HasSubstr("no picture")));
}

TEST(RequestLinesTest, TellOfOneRequestOnceItTookLong) {
  TestServer server({.request_lines = {.slow = std::chrono::microseconds(1)}});
  server.Install();
  EXPECT_TRUE(Classify(server, RequestFor(4)).ok());
  server.Stop();

  EXPECT_THAT(LineOf(server, "request"), IsEmpty());
  EXPECT_THAT(LineOf(server, "slow_request"), HasSubstr("queue_ms="));
}

TEST(RequestLinesTest, AreNoneUnlessAskedFor) {
  TestServer server;
  server.Install();
  EXPECT_TRUE(Classify(server, RequestFor(4)).ok());
  server.Stop();

  EXPECT_THAT(server.log_text(), Not(HasSubstr("request ")));
}

// What a job that is too late leaves behind says where its time went.
class RequestFactsTest : public ::testing::Test {
 protected:
  RequestFactsTest() {
    facts_.came = clock_.Now();
    facts_.call = {.priority = batching::Priority::kBulk,
                   .deadline = clock_.Now() + milliseconds(100),
                   .caller = "token cron"};
    clock_.Advance(milliseconds(5));
    TrackedJobOptions options;
    options.times.arrival = clock_.Now();
    tracked_.emplace(model_.served, Encoded(PictureOf(1)), options);
    facts_.job = tracked_->job();
  }

  std::string Text(const absl::Status& status) {
    return logging::RenderText(
        "line", FieldsOf(facts_, "Classify", status, clock_.Now()));
  }

  FakeClock clock_;
  FakeModel model_ = MakeFakeModel();
  std::optional<TrackedJob> tracked_;
  RequestFacts facts_;
};

TEST_F(RequestFactsTest, SayHowLongALateRequestWaited) {
  clock_.Advance(milliseconds(120));

  EXPECT_THAT(Text(absl::DeadlineExceededError("")),
              HasSubstr("receive_ms=5.0 decode_ms=0.0 queue_ms=120.0 "
                        "inference_ms=0.0 batch_size=0 total_ms=125.0 "
                        "deadline_left_ms=-25.0"));
}

TEST_F(RequestFactsTest, SayHowLongADecodedOneWaitedForALane) {
  tracked_->job()->timings().decode = milliseconds(30);
  clock_.Advance(milliseconds(100));

  EXPECT_THAT(Text(absl::DeadlineExceededError("")),
              HasSubstr("decode_ms=30.0 queue_ms=70.0 inference_ms=0.0"));
}

TEST_F(RequestFactsTest, SayHowLongAFailedBatchTook) {
  tracked_->job()->timings() = {
      .decode = milliseconds(30), .queue = milliseconds(20), .batch_size = 4};
  clock_.Advance(milliseconds(100));

  EXPECT_THAT(Text(absl::InternalError("")),
              HasSubstr("decode_ms=30.0 queue_ms=20.0 inference_ms=50.0 "
                        "batch_size=4"));
}

TEST_F(RequestFactsTest, NameWhoCalledAndHow) {
  EXPECT_THAT(Text(absl::OkStatus()),
              HasSubstr("caller=\"token cron\" priority=bulk model=fake"));
}

TEST_F(RequestFactsTest, SayHowLongOneCameThatNeverCameWhole) {
  facts_.job = nullptr;
  facts_.call = {};
  const std::string text = Text(absl::CancelledError());

  EXPECT_EQ(text.substr(0, 5), "line ");
  EXPECT_THAT(text, HasSubstr("receive_ms=5.0 total_ms=5.0"));
  EXPECT_THAT(text, Not(HasSubstr("deadline_left")));
}

// A client's words cannot make a line of their own, nor a long one.
TEST_F(RequestFactsTest, KeepsACallersNameOnItsLine) {
  facts_.call.caller = "certificate a\n\"b\"" + std::string(5000, 'x');
  const std::string text = Text(absl::OkStatus());

  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_LT(text.size(), 2000);
}

}  // namespace
}  // namespace wanwu::rpc

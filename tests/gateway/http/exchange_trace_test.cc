#include "gateway/http/exchange_trace.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/recording_sink.h"

namespace wanwu::gateway {
namespace {

const std::string kTrace = "0af7651916cd43dd8448eb211c80319c";
const std::string kSampled = "00-" + kTrace + "-b7ad6b7169203331-01";
const std::string kNotSampled = "00-" + kTrace + "-b7ad6b7169203331-00";

RequestHead Head(const std::string& traceparent,
                 const std::string& path = "/v1/classify") {
  RequestHead head;
  head.path = path;
  if (!traceparent.empty()) head.headers.insert("traceparent", traceparent);
  head.headers.insert("tracestate", "a=1");
  return head;
}

class ExchangeTraceTest : public ::testing::Test {
 protected:
  test_support::RecordingSink sink_;
  const tracing::Tracer followers_{0, sink_};
  const tracing::Tracer everything_{1, sink_};
};

TEST_F(ExchangeTraceTest, WithoutATracerPassesOnWhatCame) {
  for (const std::string& sent : {kSampled, kNotSampled}) {
    ExchangeTrace trace(Head(sent), nullptr);
    EXPECT_EQ(trace.BeginCall("m"), sent);
    EXPECT_EQ(trace.state(), "a=1");
    EXPECT_EQ(trace.Returned(), sent);
    EXPECT_FALSE(trace.call().self.valid());
    EXPECT_EQ(tracing::TraceIdText(trace.trace().self), kTrace);
  }
}

TEST_F(ExchangeTraceTest, PutsItsOwnSpansBetweenCallerAndCall) {
  ExchangeTrace trace(Head(kSampled), &followers_);
  const auto sent = tracing::ParseTraceparent(trace.BeginCall("m"));
  ASSERT_TRUE(sent.has_value());
  EXPECT_TRUE(sent->sampled);
  EXPECT_EQ(sent->caller, trace.call().self);
  EXPECT_EQ(tracing::TraceIdText(sent->caller), kTrace);
  EXPECT_NE(sent->caller.span, trace.trace().self.span);
  EXPECT_EQ(trace.trace().parent, 0xb7ad6b7169203331u);
  EXPECT_EQ(trace.Returned(), kSampled);
}

TEST_F(ExchangeTraceTest, OfARequestThatIsNotTracedPassesOnThatItIsNot) {
  ExchangeTrace trace(Head(kNotSampled), &everything_);
  EXPECT_FALSE(trace.trace().sampled);
  EXPECT_EQ(trace.BeginCall("m"), kNotSampled);
  EXPECT_FALSE(trace.call().self.valid());
}

TEST_F(ExchangeTraceTest, BeginsATraceAndTellsItToTheCaller) {
  ExchangeTrace trace(Head(""), &everything_);
  EXPECT_TRUE(trace.trace().sampled);
  EXPECT_EQ(trace.state(), "");
  EXPECT_EQ(trace.Returned(),
            tracing::FormatTraceparent(trace.trace().self, true));
}

TEST_F(ExchangeTraceTest, OfOtherPathsThanTheApisAreNotTraced) {
  EXPECT_FALSE(
      ExchangeTrace(Head(kSampled, "/metrics"), &everything_).trace().sampled);
  EXPECT_FALSE(ExchangeTrace(Head("", "/"), &everything_).trace().sampled);
}

TEST_F(ExchangeTraceTest, TakesWhatIsMalformedForNothing) {
  RequestHead twice = Head(kSampled);
  twice.headers.insert("traceparent", kSampled);
  for (const RequestHead& head :
       {Head("00-nonsense"), Head(kSampled + "x"), twice}) {
    ExchangeTrace trace(head, &followers_);
    EXPECT_EQ(trace.BeginCall("m"), "");
    EXPECT_EQ(trace.state(), "");
    EXPECT_EQ(trace.Returned(), "");
  }
}

}  // namespace
}  // namespace wanwu::gateway

#include "common/tracing/trace_context.h"

#include <gtest/gtest.h>

#include <string>

namespace wanwu::tracing {
namespace {

// From the specification.
const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kSpan = "00f067aa0ba902b7";
const std::string kValue = "00-" + kTrace + "-" + kSpan + "-01";

TEST(TraceparentTest, IsReadAndWritten) {
  const auto context = ParseTraceparent(kValue);
  ASSERT_TRUE(context.has_value());
  EXPECT_EQ(context->caller.trace_high, 0x4bf92f3577b34da6u);
  EXPECT_EQ(context->caller.trace_low, 0xa3ce929d0e0e4736u);
  EXPECT_EQ(context->caller.span, 0x00f067aa0ba902b7u);
  EXPECT_TRUE(context->sampled);
  EXPECT_EQ(FormatTraceparent(context->caller, true), kValue);
  EXPECT_EQ(TraceIdText(context->caller), kTrace);
  EXPECT_EQ(SpanIdText(context->caller.span), kSpan);
}

TEST(TraceparentTest, IsSampledByTheLastBitOfTheFlags) {
  const std::string head = kValue.substr(0, 53);
  EXPECT_FALSE(ParseTraceparent(head + "00")->sampled);
  EXPECT_FALSE(ParseTraceparent(head + "fe")->sampled);
  EXPECT_TRUE(ParseTraceparent(head + "03")->sampled);
}

TEST(TraceparentTest, OfALaterVersionMayBeLonger) {
  const std::string later = "01" + kValue.substr(2);
  EXPECT_TRUE(ParseTraceparent(later).has_value());
  EXPECT_TRUE(ParseTraceparent(later + "-what-may-come").has_value());
  EXPECT_FALSE(ParseTraceparent(later + "x").has_value());
}

TEST(TraceparentTest, IsRefusedIfMalformed) {
  const std::string rest = kValue.substr(2);
  for (const std::string& value : {
           std::string(),
           std::string("00"),
           kValue.substr(0, 54),
           kValue + "-more",
           kValue + " ",
           " " + kValue,
           "ff" + rest,
           "0g" + rest,
           "0A" + rest,
           "00-" + std::string(32, '0') + "-" + kSpan + "-01",
           "00-" + kTrace + "-" + std::string(16, '0') + "-01",
           "00-" + std::string("4BF92F3577B34DA6A3CE929D0E0E4736") + "-" +
               kSpan + "-01",
           "00-" + kTrace + "-" + kSpan + "-0g",
           "00_" + kTrace + "-" + kSpan + "-01",
           "00-" + kTrace + "_" + kSpan + "-01",
           "00-" + kTrace + "-" + kSpan + "_01",
           "00-" + kTrace.substr(1) + "--" + kSpan + "-01",
       }) {
    EXPECT_FALSE(ParseTraceparent(value).has_value()) << value;
  }
}

TEST(TracestateTest, IsPassedOnUpTo512Bytes) {
  const std::string longest = "a=" + std::string(510, 'x');
  EXPECT_EQ(KeptTracestate(longest), longest);
  EXPECT_EQ(KeptTracestate(longest + "x"), "");
  EXPECT_EQ(KeptTracestate("a=1\r\nX: y"), "");
  EXPECT_EQ(KeptTracestate("a=\xc3\xa4"), "");
}

}  // namespace
}  // namespace wanwu::tracing

#include "common/tracing/otlp_encoding.h"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

namespace wanwu::tracing {
namespace {

using nlohmann::json;
using std::chrono::nanoseconds;
using std::chrono::system_clock;

Resource MakeResource() { return {"service", "1.2", "me"}; }

Span MakeSpan() {
  return {.self = {0x0102030405060708, 0x090a0b0c0d0e0f10, 0x1112131415161718},
          .parent = 0x2122232425262728,
          .trace_state = "a=1",
          .kind = SpanKind::kServer,
          .name = "Classify",
          .start = system_clock::time_point(nanoseconds(1'000'000'000'001)),
          .end = system_clock::time_point(nanoseconds(1'000'000'000'002)),
          .attributes = {{"text", "ä"},
                         {"number", int64_t{-5}},
                         {"real", 0.5},
                         {"flag", true}},
          .links = {{1, 2, 3}},
          .failed = true,
          .message = "broken"};
}

TEST(OtlpEncodingTest, TellsWhoseSpansTheyAre) {
  const Span span = MakeSpan();
  const ExportRequest request = EncodeSpans(MakeResource(), {&span, 1});
  ASSERT_EQ(request.resource_spans_size(), 1);
  const auto& attributes = request.resource_spans(0).resource().attributes();
  ASSERT_EQ(attributes.size(), 3);
  EXPECT_EQ(attributes[0].key(), "service.name");
  EXPECT_EQ(attributes[0].value().string_value(), "service");
  EXPECT_EQ(attributes[1].key(), "service.version");
  EXPECT_EQ(attributes[2].key(), "service.instance.id");
}

TEST(OtlpEncodingTest, TellsOfASpan) {
  const Span span = MakeSpan();
  const ExportRequest request = EncodeSpans(MakeResource(), {&span, 1});
  const auto& out = request.resource_spans(0).scope_spans(0).spans(0);
  EXPECT_EQ(out.trace_id(),
            "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10");
  EXPECT_EQ(out.span_id(), "\x11\x12\x13\x14\x15\x16\x17\x18");
  EXPECT_EQ(out.parent_span_id(), "\x21\x22\x23\x24\x25\x26\x27\x28");
  EXPECT_EQ(out.trace_state(), "a=1");
  EXPECT_EQ(out.start_time_unix_nano(), 1'000'000'000'001u);
  EXPECT_EQ(out.end_time_unix_nano(), 1'000'000'000'002u);
  EXPECT_EQ(out.attributes(1).value().int_value(), -5);
  EXPECT_EQ(out.links_size(), 1);
  EXPECT_EQ(out.status().message(), "broken");
}

TEST(OtlpEncodingTest, ReplacesWhatIsNotUtf8WhereverATextComesFrom) {
  Span span = MakeSpan();
  span.name = "GET \xff";
  span.attributes = {{"url.path", "/v1/\xff\xc3\xa4"}};
  span.message = "\xc3";
  const ExportRequest request = EncodeSpans(MakeResource(), {&span, 1});
  const auto& out = request.resource_spans(0).scope_spans(0).spans(0);
  EXPECT_EQ(out.name(), "GET \xef\xbf\xbd");
  EXPECT_EQ(out.attributes(0).value().string_value(),
            "/v1/\xef\xbf\xbd\xc3\xa4");
  EXPECT_EQ(out.status().message(), "\xef\xbf\xbd");
}

TEST(OtlpEncodingTest, OfTheFirstSpanOfATraceNamesNoParent) {
  Span span = MakeSpan();
  span.parent = 0;
  const ExportRequest request = EncodeSpans(MakeResource(), {&span, 1});
  EXPECT_EQ(request.resource_spans(0).scope_spans(0).spans(0).parent_span_id(),
            "");
}

TEST(OtlpEncodingTest, WritesIdsInJsonAsHexadecimalAndNumbersAsOtlpDoes) {
  const Span span = MakeSpan();
  const std::string text = ToOtlpJson(EncodeSpans(MakeResource(), {&span, 1}));
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const json out =
      json::parse(text)["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
  EXPECT_EQ(out["traceId"], "0102030405060708090a0b0c0d0e0f10");
  EXPECT_EQ(out["spanId"], "1112131415161718");
  EXPECT_EQ(out["parentSpanId"], "2122232425262728");
  EXPECT_EQ(out["links"][0]["traceId"], "00000000000000010000000000000002");
  EXPECT_EQ(out["links"][0]["spanId"], "0000000000000003");
  EXPECT_EQ(out["kind"], 2);
  EXPECT_EQ(out["status"]["code"], 2);
  EXPECT_EQ(out["startTimeUnixNano"], "1000000000001");
  EXPECT_EQ(out["attributes"][0]["value"]["stringValue"], "ä");
}

}  // namespace
}  // namespace wanwu::tracing

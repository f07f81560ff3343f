// The spans that a traced request leaves.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/recording_sink.h"
#include "tests/support/test_server.h"

namespace wanwu::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using tracing::Span;
using tracing::SpanKind;
using namespace test_support;  // NOLINT

constexpr char kTraceId[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr uint64_t kCallerSpan = 0x00f067aa0ba902b7;
constexpr char kClassify[] = "wanwu.v1.ImageClassifier/Classify";

std::string Traceparent(bool sampled) {
  return std::string("00-") + kTraceId + "-00f067aa0ba902b7-" +
         (sampled ? "01" : "00");
}

std::vector<Span> Named(const std::vector<Span>& spans, std::string_view name) {
  std::vector<Span> found;
  std::copy_if(spans.begin(), spans.end(), std::back_inserter(found),
               [name](const Span& span) { return span.name == name; });
  return found;
}

Span TheOne(const std::vector<Span>& spans, std::string_view name) {
  const std::vector<Span> found = Named(spans, name);
  EXPECT_EQ(found.size(), 1u) << name;
  return found.empty() ? Span() : found.front();
}

std::vector<std::string> Names(const std::vector<Span>& spans) {
  std::vector<std::string> names;
  for (const Span& span : spans) names.push_back(span.name);
  return names;
}

template <typename T>
T AttributeOf(const Span& span, std::string_view key) {
  for (const tracing::Attribute& each : span.attributes) {
    if (each.key == key) return std::get<T>(each.value);
  }
  ADD_FAILURE() << span.name << " has no " << key;
  return T();
}

class RequestSpansTest : public ::testing::Test {
 protected:
  static grpc::Status Classify(TestServer& server,
                               const wanwu::v1::ClassifyRequest& request,
                               const std::string& traceparent) {
    grpc::ClientContext context;
    SetTestDeadline(context);
    if (!traceparent.empty()) context.AddMetadata("traceparent", traceparent);
    context.AddMetadata("tracestate", "a=1");
    wanwu::v1::ClassifyResponse response;
    return server.stub().Classify(&context, request, &response);
  }

  RecordingSink sink_;
  tracing::Tracer followers_{0, sink_};
  tracing::Tracer everything_{1, sink_};
};

TEST_F(RequestSpansTest, TellOfEachStageUnderTheCallersSpan) {
  TestServer server({.tracer = &followers_});
  server.Install({.version = 3});
  EXPECT_TRUE(Classify(server, RequestFor(4), Traceparent(true)).ok());
  server.Stop();

  const std::vector<Span> spans = sink_.spans();
  EXPECT_THAT(Names(spans),
              UnorderedElementsAre(kClassify, "receive", "queue", "decode",
                                   "queue", "inference", "batch"));
  const Span call = TheOne(spans, kClassify);
  EXPECT_EQ(tracing::TraceIdText(call.self), kTraceId);
  EXPECT_EQ(call.parent, kCallerSpan);
  EXPECT_EQ(call.kind, SpanKind::kServer);
  EXPECT_EQ(call.trace_state, "a=1");
  EXPECT_FALSE(call.failed);
  EXPECT_EQ(AttributeOf<int64_t>(call, "rpc.grpc.status_code"), 0);
  EXPECT_EQ(AttributeOf<std::string>(call, "wanwu.model"), "fake");
  EXPECT_EQ(AttributeOf<int64_t>(call, "wanwu.model_version"), 3);
  for (const Span& span : spans) {
    EXPECT_LE(span.start, span.end) << span.name;
    if (span.name == kClassify || span.name == "batch") continue;
    EXPECT_EQ(span.parent, call.self.span) << span.name;
    EXPECT_EQ(tracing::TraceIdText(span.self), kTraceId) << span.name;
    EXPECT_GE(span.start, call.start) << span.name;
    EXPECT_LE(span.end, call.end) << span.name;
  }
}

TEST_F(RequestSpansTest, OfTheStagesFollowOneAnother) {
  TestServer server({.tracer = &followers_});
  server.Install();
  EXPECT_TRUE(Classify(server, RequestFor(4), Traceparent(true)).ok());
  server.Stop();

  const std::vector<Span> spans = sink_.spans();
  const std::vector<Span> queues = Named(spans, "queue");
  ASSERT_THAT(queues, SizeIs(2));
  const Span receive = TheOne(spans, "receive");
  const Span decode = TheOne(spans, "decode");
  const Span inference = TheOne(spans, "inference");
  // Each is turned into time of day to a nanosecond or less.
  EXPECT_EQ(receive.end, queues[0].start);
  EXPECT_EQ(queues[0].end, decode.start);
  EXPECT_EQ(decode.end, queues[1].start);
  EXPECT_EQ(queues[1].end, inference.start);
}

TEST_F(RequestSpansTest, AreLinkedWithTheBatchThatRanThem) {
  TestServer server({.tracer = &followers_});
  const FakeModel& model = server.Install();
  server.OccupyLane(model);
  grpc::ClientContext context;
  SetTestDeadline(context);
  context.AddMetadata("traceparent", Traceparent(true));
  const auto stream = server.stub().ClassifyBatch(&context);
  stream->Write(BatchRequestFor("a", 4));
  stream->Write(BatchRequestFor("b", 5));
  stream->WritesDone();
  server.AwaitJobs(3);
  model.classifier->gate().Open();
  wanwu::v1::ClassifyBatchResponse response;
  while (stream->Read(&response)) {
  }
  EXPECT_TRUE(stream->Finish().ok());
  server.Stop();

  const std::vector<Span> spans = sink_.spans();
  const std::vector<Span> batches = Named(spans, "batch");
  const std::vector<Span> inferences = Named(spans, "inference");
  ASSERT_THAT(inferences, SizeIs(2));
  EXPECT_THAT(Named(spans, "wanwu.v1.ImageClassifier/ClassifyBatch"),
              SizeIs(2));
  size_t links = 0;
  for (const Span& batch : batches) {
    EXPECT_EQ(batch.parent, 0u);
    EXPECT_NE(tracing::TraceIdText(batch.self), kTraceId);
    EXPECT_EQ(AttributeOf<int64_t>(batch, "wanwu.batch_size"),
              static_cast<int64_t>(batch.links.size()));
    for (const tracing::SpanReference& link : batch.links) {
      ++links;
      const auto linked =
          std::find_if(inferences.begin(), inferences.end(),
                       [&](const Span& span) { return span.self == link; });
      ASSERT_NE(linked, inferences.end());
      EXPECT_THAT(linked->links, ElementsAre(batch.self));
    }
  }
  EXPECT_EQ(links, 2u);
}

TEST_F(RequestSpansTest, TellHowARequestFailed) {
  TestServer server({.tracer = &followers_});
  server.Install();
  auto request = RequestFor(4);
  request.set_image("no picture");
  EXPECT_FALSE(Classify(server, request, Traceparent(true)).ok());
  server.Stop();

  const Span call = TheOne(sink_.spans(), kClassify);
  EXPECT_EQ(AttributeOf<int64_t>(call, "rpc.grpc.status_code"),
            static_cast<int64_t>(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_THAT(AttributeOf<std::string>(call, "wanwu.reason"),
              HasSubstr("IMAGE_"));
  // The caller's fault.
  EXPECT_FALSE(call.failed);
  EXPECT_THAT(Named(sink_.spans(), "inference"), IsEmpty());
}

TEST_F(RequestSpansTest, AreNoneOfARequestThatIsNotTraced) {
  TestServer server({.tracer = &followers_});
  server.Install();
  EXPECT_TRUE(Classify(server, RequestFor(4), "").ok());
  EXPECT_TRUE(Classify(server, RequestFor(4), Traceparent(false)).ok());
  EXPECT_TRUE(Classify(server, RequestFor(4), "00-nonsense").ok());
  server.Stop();

  EXPECT_THAT(sink_.spans(), IsEmpty());
}

TEST_F(RequestSpansTest, BeginATraceOfARequestThatBelongsToNone) {
  TestServer server({.tracer = &everything_});
  server.Install();
  EXPECT_TRUE(Classify(server, RequestFor(4), "").ok());
  EXPECT_TRUE(Classify(server, RequestFor(4), Traceparent(false)).ok());
  server.Stop();

  const Span call = TheOne(sink_.spans(), kClassify);
  EXPECT_EQ(call.parent, 0u);
  EXPECT_TRUE(call.self.valid());
}

TEST_F(RequestSpansTest, ShareTheirTraceWithTheLogsLines) {
  TestServer server({.request_lines = {.ratio = 1}, .tracer = &followers_});
  server.Install();
  auto request = RequestFor(4);
  request.set_image("no picture");
  EXPECT_FALSE(Classify(server, request, Traceparent(true)).ok());
  server.Stop();

  const std::string text = server.log_text();
  const std::string id = std::string("trace_id=") + kTraceId;
  for (const char* event : {" request ", " request_refused "}) {
    const size_t at = text.find(event);
    ASSERT_NE(at, std::string::npos) << event << text;
    EXPECT_THAT(text.substr(at, text.find('\n', at) - at), HasSubstr(id));
  }
}

TEST_F(RequestSpansTest, OrNotTheLogTellsTheCallersTrace) {
  TestServer server({.request_lines = {.ratio = 1}});
  server.Install();
  EXPECT_TRUE(Classify(server, RequestFor(4), Traceparent(false)).ok());
  server.Stop();

  EXPECT_THAT(server.log_text(),
              HasSubstr(std::string("trace_id=") + kTraceId));
}

}  // namespace
}  // namespace wanwu::rpc

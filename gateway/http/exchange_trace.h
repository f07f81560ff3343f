#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/tracing/tracer.h"
#include "gateway/http/request_head.h"

namespace wanwu::gateway {

// What is noted of an HTTP request's trace, for its connection's thread.
class ExchangeTrace {
 public:
  using Time = std::chrono::system_clock::time_point;

  // The call that the request made.
  struct Call {
    tracing::SpanReference self = {};
    std::string method = {};  // as "wanwu.v1.ImageClassifier/Classify"
    Time start = {};
    Time end = {};  // epoch: not before the request's
    absl::Status status = {};
  };

  // Of requests to the API only. Null: none is traced.
  ExchangeTrace(const RequestHead& head, const tracing::Tracer* tracer);

  // The headers traceparent and tracestate of a call that the request makes;
  // empty if there is none. Where the request is traced, begins a span.
  std::string BeginCall(std::string_view method);
  const std::string& state() const { return caller_.state; }
  // With what became of it.
  void EndCall(const absl::Status& status);

  // The header traceparent of the answer: the caller's own, or where the trace
  // begins here the request's; empty if there is none.
  std::string Returned() const;

  const tracing::RequestTrace& trace() const { return trace_; }
  Time start() const { return start_; }
  // Its span is 0 unless there was one that is traced.
  const Call& call() const { return call_; }

 private:
  tracing::TraceContext caller_;
  tracing::RequestTrace trace_;
  Time start_;
  Call call_;
};

}  // namespace wanwu::gateway

#include "server/rpc/request_facts.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"
#include "server/pipeline/served_model.h"

namespace wanwu::rpc {
namespace {

using batching::Clock;

// In the order of image::DecodeKind.
constexpr std::array<const char*, image::kDecodeKindCount> kFormats = {
    "jpeg",
    "jpeg_multi_scan",
    "jpeg_arithmetic",
    "png",
    "webp",
    "webp_lossless",
    "gif",
    "bmp",
    "tiff",
    "avif",
    "heic",
    "pixels",
    "normalised"};

// To a microsecond, or the last digits of a line would be noise.
double Ms(Clock::Duration duration) {
  const auto us = std::chrono::round<std::chrono::microseconds>(duration);
  return static_cast<double>(us.count()) / 1000;
}

}  // namespace

const char* FormatName(image::DecodeKind kind) {
  return kFormats[static_cast<size_t>(kind)];
}

namespace {

void AddPicture(const pipeline::ClassifyJob& job, logging::Fields& fields) {
  const model::Manifest& manifest = job.model().package().manifest;
  fields.emplace_back("model", manifest.name);
  fields.emplace_back("version", manifest.version);
  fields.emplace_back("bytes", job.encoded_bytes());
  const image::PictureProbe& picture = job.cost().picture;
  // Where the header was refused, nothing is known.
  if (picture.size.width == 0) return;
  fields.emplace_back("format", FormatName(picture.kind));
  fields.emplace_back(
      "size", absl::StrCat(picture.size.width, "x", picture.size.height));
}

void AddTimes(const pipeline::ClassifyJob& job, bool answered,
              Clock::TimePoint now, logging::Fields& fields) {
  pipeline::JobTimings times = job.timings();
  const Clock::Duration since = now - job.arrival();
  const bool ran = times.batch_size > 0;
  if (!ran) {
    times.queue = since - times.decode;
  } else if (!answered) {
    times.inference = since - times.decode - times.queue;
  }
  fields.emplace_back("decode_ms", Ms(times.decode));
  fields.emplace_back("queue_ms", Ms(times.queue));
  fields.emplace_back("inference_ms", Ms(times.inference));
  fields.emplace_back("batch_size", times.batch_size);
  if (job.cached()) fields.emplace_back("cached", true);
}

}  // namespace

logging::Fields FieldsOf(const RequestFacts& facts, const char* method,
                         const absl::Status& status, Clock::TimePoint now) {
  logging::Fields fields = {{"method", method},
                            {"code", absl::StatusCodeToString(status.code())}};
  if (!status.ok()) fields.emplace_back("reason", errors::Reason(status));
  if (!facts.call.caller.empty()) {
    fields.emplace_back("caller", facts.call.caller);
    fields.emplace_back("priority",
                        facts.call.priority == batching::Priority::kBulk
                            ? "bulk"
                            : "interactive");
  }
  if (facts.job != nullptr) AddPicture(*facts.job, fields);
  const Clock::TimePoint received =
      facts.job != nullptr ? facts.job->arrival() : now;
  fields.emplace_back("receive_ms", Ms(received - facts.came));
  if (facts.job != nullptr) AddTimes(*facts.job, status.ok(), now, fields);
  fields.emplace_back("total_ms", Ms(now - facts.came));
  const Clock::TimePoint deadline = facts.call.deadline;
  if (!facts.call.caller.empty() && deadline != Clock::TimePoint::max()) {
    fields.emplace_back("deadline_left_ms", Ms(deadline - now));
  }
  if (facts.trace.known()) {
    fields.emplace_back("trace_id", tracing::TraceIdText(facts.trace.self));
  }
  return fields;
}

}  // namespace wanwu::rpc

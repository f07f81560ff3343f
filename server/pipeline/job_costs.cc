#include "server/pipeline/job_costs.h"

#include <algorithm>
#include <chrono>

namespace wanwu::pipeline {
namespace {

using batching::Clock;

// A JPEG of 25 megapixels.
constexpr Clock::Duration kLargeDecodeTime = std::chrono::milliseconds(100);
constexpr int64_t kLargeDecoderBytes = int64_t{16} << 20;
constexpr int kBatchesAhead = 2;

}  // namespace

JobCost JobCosts::Estimate(const image::PictureProbe& picture,
                           const ServedModel& model) const {
  return {.picture = picture,
          .decode = decode_estimate_.TimeOf(picture),
          .inference = model.PictureTime()};
}

// The batch grows with what is there for each lane.
Clock::Duration JobCosts::ServiceTime(const JobCost& cost,
                                      const ServedModel& model,
                                      int64_t jobs) const {
  const int64_t batch = jobs / size_.lanes + 1;
  return cost.decode + model.ElapsedTime(static_cast<int>(
                           std::min<int64_t>(batch, model.batch_size())));
}

bool JobCosts::IsLarge(const JobCost& cost) const {
  return cost.decode > kLargeDecodeTime ||
         cost.picture.decoder_bytes > SmallDecoderBytes();
}

int64_t JobCosts::SmallDecoderBytes() const {
  return std::min(kLargeDecoderBytes,
                  size_.decoder_bytes / (2 * size_.decode_threads));
}

int64_t JobCosts::LargeDecoderBytes() const {
  return size_.decoder_bytes - size_.decode_threads * SmallDecoderBytes();
}

int JobCosts::MostDecodedAhead(const ServedModel& model) const {
  return std::max(kBatchesAhead * size_.lanes * model.batch_size(),
                  size_.lanes + size_.decode_threads);
}

}  // namespace wanwu::pipeline

#pragma once

#include <cstdint>

#include "batching/clock.h"
#include "server/image/picture_probe.h"
#include "server/pipeline/classify_job.h"
#include "server/pipeline/decode_estimate.h"
#include "server/pipeline/served_model.h"

namespace wanwu::pipeline {

struct PipelineSize {
  int lanes = 1;
  int decode_threads = 1;
  // What decoders may hold together.
  int64_t decoder_bytes = int64_t{1} << 30;
};

// What jobs cost, and what follows from it for their way through the pipeline.
// Thread-safe.
class JobCosts {
 public:
  explicit JobCosts(const PipelineSize& size) : size_(size) {}

  JobCost Estimate(const image::PictureProbe& picture,
                   const ServedModel& model) const;

  // From a job's turn to its answer, with `jobs` others that may travel in its
  // batch.
  batching::Clock::Duration ServiceTime(const JobCost& cost,
                                        const ServedModel& model,
                                        int64_t jobs) const;

  // Takes so long to decode, or so much memory, that nobody should wait behind
  // it.
  bool IsLarge(const JobCost& cost) const;
  // What large pictures' decoders may hold together: decoder_bytes without what
  // the others need, which is at most half of it.
  int64_t LargeDecoderBytes() const;

  // How many decoded pictures of a model may wait for a lane: enough for every
  // lane to have another batch ready, and for every thread to be decoding.
  int MostDecodedAhead(const ServedModel& model) const;

  DecodeEstimate& decode_estimate() { return decode_estimate_; }

 private:
  int64_t SmallDecoderBytes() const;

  const PipelineSize size_;
  DecodeEstimate decode_estimate_;
};

}  // namespace wanwu::pipeline

#pragma once

#include <array>
#include <atomic>

#include "batching/clock.h"
#include "server/image/picture_probe.h"

namespace wanwu::pipeline {

// How much longer this machine takes to decode than the one on which
// PictureProbe::decode_time was measured, by what is observed. Thread-safe.
class DecodeEstimate {
 public:
  DecodeEstimate();

  // CPU time of decoding what `probe` tells of.
  batching::Clock::Duration TimeOf(const image::PictureProbe& probe) const;

  // It took `observed`.
  void Observe(const image::PictureProbe& probe,
               batching::Clock::Duration observed);

 private:
  // By DecodeKind. Concurrent observations may lose one another.
  std::array<std::atomic<double>, image::kDecodeKindCount> factors_;
};

}  // namespace wanwu::pipeline

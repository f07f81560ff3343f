#include "client/loadgen/latency_histogram.h"

#include <algorithm>
#include <boost/histogram/axis/regular.hpp>
#include <boost/histogram/histogram.hpp>
#include <boost/histogram/make_histogram.hpp>
#include <cmath>
#include <tuple>
#include <vector>

namespace wanwu::loadgen {
namespace {

namespace bh = boost::histogram;

constexpr double kLowest = 1e-6;
constexpr double kHighest = 100;
// Each bucket is 1 % wider than the one below: its middle is off by 0.5 %.
constexpr unsigned kBuckets = 1852;

using Axis = bh::axis::regular<double, bh::axis::transform::log>;
using Histogram =
    bh::histogram<std::tuple<Axis>, bh::dense_storage<std::uint64_t>>;

}  // namespace

struct LatencyHistogram::Counts {
  Histogram histogram = bh::make_histogram_with(
      bh::dense_storage<std::uint64_t>(), Axis(kBuckets, kLowest, kHighest));
  std::uint64_t count = 0;
  double sum = 0;
  Duration min = Duration::max();
  Duration max = Duration::zero();

  int size() const { return histogram.axis().size(); }
  std::uint64_t At(int index) const { return histogram.at(index); }
  Duration Edge(int index) const {
    return FromSeconds(histogram.axis().value(index));
  }
};

LatencyHistogram::LatencyHistogram() : counts_(std::make_unique<Counts>()) {}
LatencyHistogram::~LatencyHistogram() = default;
LatencyHistogram::LatencyHistogram(const LatencyHistogram& other)
    : counts_(std::make_unique<Counts>(*other.counts_)) {}
LatencyHistogram& LatencyHistogram::operator=(const LatencyHistogram& other) {
  *counts_ = *other.counts_;
  return *this;
}
// Leaves an empty histogram behind rather than none.
LatencyHistogram::LatencyHistogram(LatencyHistogram&& other) noexcept
    : LatencyHistogram() {
  counts_.swap(other.counts_);
}
LatencyHistogram& LatencyHistogram::operator=(
    LatencyHistogram&& other) noexcept {
  counts_.swap(other.counts_);
  return *this;
}

void LatencyHistogram::Add(Duration value) {
  value = std::max(value, Duration::zero());
  // Just below the end: the last bucket does not hold its upper edge.
  const double bounded =
      std::clamp(Seconds(value), kLowest, kHighest * (1 - 1e-9));
  counts_->histogram(bounded);
  ++counts_->count;
  counts_->sum += Seconds(value);
  counts_->min = std::min(counts_->min, value);
  counts_->max = std::max(counts_->max, value);
}

void LatencyHistogram::Merge(const LatencyHistogram& other) {
  counts_->histogram += other.counts_->histogram;
  counts_->count += other.counts_->count;
  counts_->sum += other.counts_->sum;
  counts_->min = std::min(counts_->min, other.counts_->min);
  counts_->max = std::max(counts_->max, other.counts_->max);
}

std::uint64_t LatencyHistogram::Count() const { return counts_->count; }

Duration LatencyHistogram::Max() const { return counts_->max; }

Duration LatencyHistogram::Mean() const {
  if (counts_->count == 0) return Duration::zero();
  return FromSeconds(counts_->sum / static_cast<double>(counts_->count));
}

Duration LatencyHistogram::Quantile(double q) const {
  const Counts& counts = *counts_;
  if (counts.count == 0) return Duration::zero();
  const double exact = std::ceil(q * static_cast<double>(counts.count));
  const auto rank = static_cast<std::uint64_t>(std::max(exact, 1.0));
  if (rank >= counts.count) return counts.max;
  std::uint64_t below = 0;
  for (int i = 0; i < counts.size(); ++i) {
    below += counts.At(i);
    if (below < rank) continue;
    const double middle =
        std::sqrt(Seconds(counts.Edge(i)) * Seconds(counts.Edge(i + 1)));
    return std::clamp(FromSeconds(middle), counts.min, counts.max);
  }
  return counts.max;
}

std::uint64_t LatencyHistogram::CountAtMost(Duration value) const {
  const Counts& counts = *counts_;
  if (value >= counts.max) return counts.count;
  std::uint64_t sum = 0;
  for (int i = 0; i < counts.size() && counts.Edge(i) < value; ++i) {
    sum += counts.At(i);
  }
  return sum;
}

std::vector<LatencyHistogram::Bucket> LatencyHistogram::Buckets() const {
  std::vector<Bucket> buckets;
  for (int i = 0; i < counts_->size(); ++i) {
    if (counts_->At(i) == 0) continue;
    buckets.push_back({counts_->Edge(i), counts_->Edge(i + 1), counts_->At(i)});
  }
  return buckets;
}

}  // namespace wanwu::loadgen

#include "server/metrics/request_counters.h"

#include <algorithm>

namespace wanwu::metrics {
namespace {

constexpr std::size_t kAnswered = 0;
constexpr std::size_t kOtherReasonIndex = 1;
constexpr int kUnknownCode = 2;

using Names = std::vector<std::string_view>;

Names Joined(Names first, const Names& more, std::size_t most) {
  first.insert(first.end(), more.begin(), more.end());
  first.resize(std::min(first.size(), most));
  return first;
}

std::size_t IndexOf(const Names& names, std::string_view name,
                    std::size_t other) noexcept {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? other
                              : static_cast<std::size_t>(found - names.begin());
}

}  // namespace

RequestCounters::RequestCounters(Names methods, Names reasons)
    : methods_(Joined({kOtherMethod}, methods, kMostMethods)),
      reasons_(Joined({"", kOtherReason}, reasons, kMostReasons)) {}

void RequestCounters::AddReceived(std::string_view method) noexcept {
  received_[IndexOf(methods_, method, 0)].fetch_add(1,
                                                    std::memory_order_relaxed);
}

void RequestCounters::AddEnded(std::string_view method, int code,
                               std::string_view reason) noexcept {
  const bool known = code >= 0 && static_cast<std::size_t>(code) < kCodes;
  const auto row = static_cast<std::size_t>(known ? code : kUnknownCode);
  std::size_t column = IndexOf(reasons_, reason, kOtherReasonIndex);
  // What failed without a reason was not answered.
  if (column == kAnswered && row != 0) column = kOtherReasonIndex;
  // Release: whoever sees the end also sees that it had come.
  ended_[IndexOf(methods_, method, 0)][row][column].fetch_add(
      1, std::memory_order_release);
}

void RequestCounters::AddTimes(const StageTimes& times) noexcept {
  stages_.decode.Add(times.decode);
  stages_.queue.Add(times.queue);
  stages_.inference.Add(times.inference);
  AddTotal(times.total);
}

void RequestCounters::AddTotal(std::chrono::nanoseconds total) noexcept {
  stages_.total.Add(total);
}

std::vector<RequestCounters::Received> RequestCounters::ReceivedCounts() const {
  std::vector<Received> counts;
  for (std::size_t i = 0; i < methods_.size(); ++i) {
    counts.push_back(
        {methods_[i], received_[i].load(std::memory_order_relaxed)});
  }
  return counts;
}

std::vector<RequestCounters::Ended> RequestCounters::EndedCounts() const {
  std::vector<Ended> counts;
  for (std::size_t i = 0; i < methods_.size(); ++i) {
    for (std::size_t code = 0; code < kCodes; ++code) {
      for (std::size_t j = 0; j < reasons_.size(); ++j) {
        const std::uint64_t count =
            ended_[i][code][j].load(std::memory_order_acquire);
        if (count == 0) continue;
        counts.push_back(
            {methods_[i], static_cast<int>(code), reasons_[j], count});
      }
    }
  }
  return counts;
}

}  // namespace wanwu::metrics

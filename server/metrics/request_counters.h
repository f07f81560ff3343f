#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "server/metrics/duration_histogram.h"

namespace wanwu::metrics {

// Where an answered picture's time went; total is the sum of the others.
struct StageTimes {
  std::chrono::nanoseconds decode{};
  std::chrono::nanoseconds queue{};
  std::chrono::nanoseconds inference{};
  std::chrono::nanoseconds total{};
};

// Counts requests, each when it comes and when it ends, since its making and
// never backwards; a message of a stream is a request. Names are told apart as
// far as they were named at construction, so that callers cannot make more.
// Thread-safe, lock-free.
class RequestCounters {
 public:
  // Stand for every name that is not known.
  static constexpr std::string_view kOtherMethod = "other";
  static constexpr std::string_view kOtherReason = "OTHER";

  struct Received {
    std::string_view method;
    std::uint64_t count = 0;
  };
  struct Ended {
    std::string_view method;
    int code = 0;             // gRPC's, 0 … 16
    std::string_view reason;  // empty: answered
    std::uint64_t count = 0;
  };

  // What the names refer to must outlive the counters. At most kMostMethods
  // and kMostReasons count, the rest is "other".
  RequestCounters(std::vector<std::string_view> methods,
                  std::vector<std::string_view> reasons);

  void AddReceived(std::string_view method) noexcept;
  void AddAnswered(std::string_view method) noexcept {
    AddEnded(method, 0, {});
  }
  void AddEnded(std::string_view method, int code,
                std::string_view reason) noexcept;
  void AddTimes(const StageTimes& times) noexcept;
  // Of a picture that went through no stage.
  void AddTotal(std::chrono::nanoseconds total) noexcept;

  // Every method. Read after Ended counts, never less than their sum.
  [[nodiscard]] std::vector<Received> ReceivedCounts() const;
  // Without those that are zero.
  [[nodiscard]] std::vector<Ended> EndedCounts() const;

  struct Stages {
    DurationHistogram decode;
    DurationHistogram queue;
    DurationHistogram inference;
    DurationHistogram total;
  };
  [[nodiscard]] const Stages& stages() const { return stages_; }
  [[nodiscard]] const std::vector<std::string_view>& methods() const {
    return methods_;
  }

 private:
  static constexpr std::size_t kMostMethods = 8;
  static constexpr std::size_t kMostReasons = 40;
  static constexpr std::size_t kCodes = 17;

  using Counter = std::atomic<std::uint64_t>;

  // The first is "other".
  std::vector<std::string_view> methods_;
  // The first is that of answered ones, the second "other".
  std::vector<std::string_view> reasons_;
  std::array<Counter, kMostMethods> received_{};
  std::array<std::array<std::array<Counter, kMostReasons>, kCodes>,
             kMostMethods>
      ended_{};
  Stages stages_;
};

}  // namespace wanwu::metrics

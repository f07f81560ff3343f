#include "server/metrics/request_counters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

namespace wanwu::metrics {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kResourceExhausted = 8;

class RequestCountersTest : public testing::Test {
 protected:
  using Row = std::tuple<std::string, int, std::string, std::uint64_t>;

  std::vector<Row> Ended() const {
    std::vector<Row> rows;
    for (const auto& each : counters_.EndedCounts()) {
      rows.emplace_back(each.method, each.code, each.reason, each.count);
    }
    return rows;
  }

  RequestCounters counters_{{"Classify"}, {"QUEUE_FULL"}};
};

TEST_F(RequestCountersTest, EveryMethodIsThereFromTheStart) {
  std::vector<std::string> methods;
  for (const auto& each : counters_.ReceivedCounts()) {
    methods.emplace_back(each.method);
    EXPECT_EQ(each.count, 0u);
  }

  EXPECT_THAT(methods, ElementsAre("other", "Classify"));
  EXPECT_THAT(Ended(), IsEmpty());
}

TEST_F(RequestCountersTest, EndsAreToldApartByMethodCodeAndReason) {
  counters_.AddAnswered("Classify");
  counters_.AddEnded("Classify", kResourceExhausted, "QUEUE_FULL");
  counters_.AddEnded("Classify", kResourceExhausted, "QUEUE_FULL");

  EXPECT_THAT(Ended(), ElementsAre(Row{"Classify", 0, "", 1},
                                   Row{"Classify", kResourceExhausted,
                                       "QUEUE_FULL", 2}));
}

TEST_F(RequestCountersTest, UnknownNamesMakeNoNewSeries) {
  counters_.AddEnded("Evil", kResourceExhausted, "MADE_UP");
  counters_.AddEnded("Evil", 999, "");

  EXPECT_THAT(Ended(),
              ElementsAre(Row{"other", 2, "OTHER", 1},
                          Row{"other", kResourceExhausted, "OTHER", 1}));
}

TEST_F(RequestCountersTest, ReaderNeverSeesMoreEndsThanRequests) {
  constexpr int kThreads = 3;
  constexpr std::uint64_t kEach = 20'000;
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([this] {
      for (std::uint64_t n = 0; n < kEach; ++n) {
        counters_.AddReceived("Classify");
        counters_.AddAnswered("Classify");
      }
    });
  }
  std::uint64_t ended = 0;
  while (ended < kThreads * kEach) {
    const auto ends = counters_.EndedCounts();
    ended = ends.empty() ? 0 : ends.front().count;
    ASSERT_LE(ended, counters_.ReceivedCounts().back().count);
  }
}

}  // namespace
}  // namespace wanwu::metrics

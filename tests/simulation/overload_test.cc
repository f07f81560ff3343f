#include <chrono>
#include <iostream>
#include <string>

#include "gtest/gtest.h"
#include "tests/simulation/load.h"
#include "tests/simulation/virtual_server.h"

namespace wanwu::simulation {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Overload {
  std::string name;
  double times_capacity = 1;
  milliseconds deadline{};
  microseconds decode{2500};
  // Goodput over capacity.
  double aim = 0.95;
  // How far off the server's estimates are at first.
  double believed_times = 1;
};

class OverloadTest : public ::testing::TestWithParam<Overload> {};

TEST_P(OverloadTest, GoodputStaysNearCapacityAndNothingIsDoneForNobody) {
  const Overload& overload = GetParam();
  const VirtualModel model{.believed_times = overload.believed_times};
  VirtualServer server(2, TwoCpus());
  server.AddModel(model);
  OpenLoad load(server);
  const double capacity = Capacity(model, overload.decode);
  const VirtualRequest request{.decode = overload.decode,
                               .believed_times = overload.believed_times,
                               .deadline = overload.deadline};

  const Clock::TimePoint begin = server.now();
  load.Run(overload.times_capacity * capacity, seconds(20), request);
  // Without the second in which the queue fills and estimates settle.
  const Period period{begin + seconds(1), server.now() - overload.deadline};
  server.cpus().RunOut();

  const Figures figures = FiguresOf(load.answers(), period);
  std::cout << overload.name << ": goodput "
            << figures.good_per_second / capacity << ", wasted "
            << figures.wasted << ", p50 " << figures.Percentile(0.5)
            << " ms, p99 " << figures.Percentile(0.99) << " ms, drain rate "
            << server.admission().drain_rate() << '\n';
  EXPECT_GE(figures.good_per_second / capacity, overload.aim);
  EXPECT_LT(figures.wasted, 0.01);
  for (const VirtualAnswer* answer : load.answers()) {
    ASSERT_EQ(answer->times_told, 1);
  }
  EXPECT_EQ(server.admission().jobs(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Loads, OverloadTest,
    ::testing::Values(
        Overload{"Once250ms", 1, milliseconds(250), microseconds(2500), 0.93},
        Overload{"Twice250ms", 2, milliseconds(250)},
        Overload{"TenTimes250ms", 10, milliseconds(250)},
        Overload{"Once1s", 1, milliseconds(1000), microseconds(2500), 0.95},
        Overload{"Twice1s", 2, milliseconds(1000)},
        Overload{"TenTimes1s", 10, milliseconds(1000)},
        Overload{"Large2s", 2, milliseconds(2000), microseconds(41000)},
        Overload{"EstimatesTooHigh", 2, milliseconds(250), microseconds(2500),
                 0.9, 2.7},
        Overload{"EstimatesTooLow", 2, milliseconds(250), microseconds(2500),
                 0.9, 0.4}),
    [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace wanwu::simulation

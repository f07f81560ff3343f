#include "client/tuning/goal.h"

#include "absl/strings/str_format.h"

namespace wanwu::tuning {
namespace {

constexpr double kMostFailed = 0.01;

double CpuOf(const Measurement& run) {
  return run.cpu_ms_per_answer.value_or(0);
}

}  // namespace

std::string Describe(const Goal& goal) {
  if (goal.aim == Aim::kThroughput) {
    return absl::StrFormat("most answers per second with %d clients",
                           goal.clients);
  }
  return absl::StrFormat("p99 <= %.4g ms at %.4g requests/s",
                         loadgen::Milliseconds(goal.p99), goal.rate);
}

bool Meets(const Goal& goal, const Measurement& run) {
  if (run.rate <= 0 || run.failed_share > kMostFailed) return false;
  return goal.aim == Aim::kThroughput || run.in_time;
}

bool IsBetter(const Goal& goal, const Measurement& run,
              const Measurement& best) {
  const bool meets = Meets(goal, run);
  if (meets != Meets(goal, best)) return meets;
  if (goal.aim == Aim::kThroughput) return run.rate > best.rate;
  if (run.rate <= 0) return false;
  if (run.p99_ms < best.p99_ms * (1 - kSameP99)) return true;
  if (run.p99_ms > best.p99_ms * (1 + kSameP99)) return false;
  return CpuOf(run) < CpuOf(best);
}

}  // namespace wanwu::tuning

#include "server/app/idle_spin.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace wanwu::app {
namespace {

constexpr char kSpinCount[] = "GOMP_SPINCOUNT";
constexpr char kWaitPolicy[] = "OMP_WAIT_POLICY";

// Some 20 us: enough to get from one layer to the next without sleeping. On two
// quiet cores it answers as fast as 3,000 and 10,000, and 5 to 15 % faster than
// 0. With a busy process on one of them it gives 48 answers/s, 0 gives 43 and
// libgomp's own 300,000 gives 6.
constexpr char kSpins[] = "1000";

}  // namespace

absl::Status LimitIdleSpin(const LanePlan& plan, char** argv) {
  if (plan.intra_op_threads == 1) return absl::OkStatus();
  if (std::getenv(kSpinCount) != nullptr ||
      std::getenv(kWaitPolicy) != nullptr) {
    return absl::OkStatus();
  }
  // By its real name, which process lists then show.
  std::error_code error;
  const std::filesystem::path program =
      std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return absl::ErrnoToStatus(error.value(), "/proc/self/exe");
  setenv(kSpinCount, kSpins, 1);
  execv(program.c_str(), argv);
  return absl::ErrnoToStatus(errno, program.string());
}

}  // namespace wanwu::app

#include "server/app/program_build.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/digest/sha256.h"
#include "server/model/bounded_file.h"

namespace wanwu::app {
namespace {

// A build with sanitizers has some hundred megabytes, a release a few.
constexpr size_t kMaxProgramBytes = size_t{1} << 30;
constexpr size_t kShownDigits = 16;

}  // namespace

std::string ProgramBuild() {
  const absl::StatusOr<std::string> program =
      model::ReadBoundedFile("/proc/self/exe", kMaxProgramBytes);
  if (!program.ok()) return WANWU_VERSION;
  return absl::StrCat(WANWU_VERSION, " ",
                      Sha256Hex(*program).substr(0, kShownDigits));
}

}  // namespace wanwu::app

#include "server/model/cpu.h"

#include <fstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace wanwu::model {
namespace {

// Enough for one processor's block: the kernel makes hundreds of them on big
// machines, slowly.
constexpr size_t kBlockBytes = 16 * 1024;

bool IsExtension(absl::string_view flag) {
  return absl::StartsWith(flag, "avx") || absl::StartsWith(flag, "amx_");
}

}  // namespace

Cpu ParseCpuinfo(std::string_view cpuinfo) {
  Cpu cpu;
  const absl::string_view text(cpuinfo.data(), cpuinfo.size());
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    // A blank line ends the first processor.
    if (line.empty()) break;
    const std::pair<absl::string_view, absl::string_view> field =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    const absl::string_view key = absl::StripAsciiWhitespace(field.first);
    if (key == "model name") {
      cpu.model = std::string(absl::StripAsciiWhitespace(field.second));
    } else if (key == "flags") {
      for (const absl::string_view flag :
           absl::StrSplit(field.second, ' ', absl::SkipEmpty())) {
        if (IsExtension(flag)) cpu.extensions.emplace(flag);
      }
    }
  }
  return cpu;
}

Cpu DetectCpu() {
  std::ifstream file("/proc/cpuinfo");
  std::string block(kBlockBytes, '\0');
  file.read(block.data(), static_cast<std::streamsize>(block.size()));
  block.resize(static_cast<size_t>(file.gcount()));
  return ParseCpuinfo(block);
}

}  // namespace wanwu::model

#include "common/signals/crash_report.h"

#include <execinfo.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>

#include "absl/debugging/failure_signal_handler.h"
#include "absl/debugging/stacktrace.h"
#include "absl/debugging/symbolize.h"

namespace wanwu::signals {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// Set before the handler is; a string that is never freed, as a crash may come
// at any time.
const std::string* head = nullptr;

void WriteAll(const char* text, size_t size) {
  while (size > 0) {
    const ssize_t written = write(STDERR_FILENO, text, size);
    if (written <= 0) return;
    text += written;
    size -= static_cast<size_t>(written);
  }
}

// Debian's libraries keep no frame pointers, by which abseil would go. This
// also lists the handler's own frames, above the one that crashed.
int Unwind(void** frames, int* sizes, int max_depth, int /*skip_count*/,
           const void* /*context*/, int* dropped) {
  const int count = backtrace(frames, max_depth);
  if (sizes != nullptr) std::fill_n(sizes, count, 0);
  if (dropped != nullptr) *dropped = 0;
  return count;
}

// Called by the handler for each piece, with null at the end.
void Write(const char* text) {
  static std::atomic<bool> begun{false};
  if (!begun.exchange(true)) WriteAll(head->data(), head->size());
  if (text != nullptr) WriteAll(text, std::strlen(text));
}

}  // namespace

void ReportCrashes(const std::string& program_and_version, int argc,
                   char** argv) {
  if (kSanitized) return;
  std::string text = program_and_version + " has crashed:";
  for (int i = 0; i < argc; ++i) text += std::string(" ") + argv[i];
  head = new std::string(text + "\n");
  absl::InitializeSymbolizer(argv[0]);
  // The first call loads a library, for which a crash is no time.
  void* frame = nullptr;
  backtrace(&frame, 1);
  absl::SetStackUnwinder(Unwind);
  absl::FailureSignalHandlerOptions options;
  options.call_previous_handler = true;
  options.writerfn = Write;
  absl::InstallFailureSignalHandler(options);
}

}  // namespace wanwu::signals

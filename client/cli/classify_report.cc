#include "client/cli/classify_report.h"

#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "client/cli/exit_code.h"
#include "client/cli/terminal.h"

namespace wanwu::cli {
namespace {

ProgressBar::Visibility BarVisibility(std::size_t total) {
  return total > 1 && IsTerminal(STDERR_FILENO)
             ? ProgressBar::Visibility::kShown
             : ProgressBar::Visibility::kNever;
}

}  // namespace

ClassifyReport::ClassifyReport(std::unique_ptr<PictureOutput> output,
                               std::size_t total)
    : output_(std::move(output)),
      total_(total),
      start_(std::chrono::steady_clock::now()),
      bar_(std::cerr, BarVisibility(total)) {}

bool ClassifyReport::Add(const PictureResult& picture) {
  if (done_++ == 0) output_->Begin();
  if (!picture.result.ok()) ++failed_;
  if (write_error_ != 0) return false;

  if (!picture.result.ok() || IsTerminal(STDOUT_FILENO)) bar_.Hide();
  errno = 0;
  output_->Write(picture);
  if (!std::cout.flush()) write_error_ = errno != 0 ? errno : EIO;
  bar_.Update(CurrentProgress(), TerminalColumns(STDERR_FILENO));
  return write_error_ == 0;
}

void ClassifyReport::Summarize() {
  bar_.Hide();
  if (write_error_ != 0) return;
  const Progress progress = CurrentProgress();
  const double seconds = progress.elapsed.count();
  std::string line =
      absl::StrFormat("wanwu: %d ok, %d failed", done_ - failed_, failed_);
  if (done_ < total_) {
    absl::StrAppendFormat(&line, ", %d not done", total_ - done_);
  }
  absl::StrAppendFormat(&line, ", %.1f pictures/s\n",
                        static_cast<double>(done_ - failed_) / seconds);
  std::cerr << line;
}

int ClassifyReport::ExitCode() const {
  if (write_error_ == EPIPE) return kExitBrokenPipe;
  if (write_error_ != 0) {
    std::cerr << "wanwu: cannot write the output: "
              << std::generic_category().message(write_error_) << '\n';
    return kExitFailed;
  }
  return failed_ == 0 ? kExitOk : kExitFailed;
}

Progress ClassifyReport::CurrentProgress() const {
  return {done_, failed_, total_, std::chrono::steady_clock::now() - start_};
}

}  // namespace wanwu::cli

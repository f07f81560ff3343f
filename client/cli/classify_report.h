#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "client/cli/picture_output.h"
#include "client/cli/progress_bar.h"

namespace wanwu::cli {

// What the user sees of a run over `total` pictures: the results in their
// format, with more than one picture a progress bar and a closing line, and the
// exit code. Writes to standard output and error. For one thread.
class ClassifyReport {
 public:
  ClassifyReport(std::unique_ptr<PictureOutput> output, std::size_t total);

  // False if the output cannot be written any more: there is no point in going
  // on.
  bool Add(const PictureResult& picture);

  // Writes "498 ok, 2 failed, 112.3 pictures/s" to standard error; the rate is
  // that of the good ones.
  void Summarize();

  int ExitCode() const;

 private:
  Progress CurrentProgress() const;

  const std::unique_ptr<PictureOutput> output_;
  const std::size_t total_;
  const std::chrono::steady_clock::time_point start_;
  std::size_t done_ = 0;
  std::size_t failed_ = 0;
  // errno of the write that failed, 0 as long as none did.
  int write_error_ = 0;
  ProgressBar bar_;
};

}  // namespace wanwu::cli

#include "client/cli/progress_bar.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "client/cli/display_width.h"

namespace wanwu::cli {
namespace {

constexpr std::chrono::milliseconds kRedrawInterval{50};
constexpr int kWidestBar = 40;
constexpr int kNarrowestBar = 5;

std::string Figures(const Progress& progress) {
  std::string text = absl::StrFormat("%d/%d", progress.done, progress.total);
  const double seconds = progress.elapsed.count();
  if (progress.done > 0 && seconds > 0) {
    const double rate = static_cast<double>(progress.done) / seconds;
    const auto left = static_cast<double>(progress.total - progress.done);
    absl::StrAppendFormat(&text, "  %.0f/s  %.0f s left", rate, left / rate);
  }
  if (progress.failed > 0) {
    absl::StrAppendFormat(&text, "  %d failed", progress.failed);
  }
  return text;
}

std::string Bar(const Progress& progress, int width) {
  const auto cells = static_cast<std::size_t>(width);
  const std::size_t full =
      progress.total == 0 ? 0 : cells * progress.done / progress.total;
  return '[' + std::string(full, '#') + std::string(cells - full, '.') + "] ";
}

}  // namespace

std::string RenderProgress(const Progress& progress, int columns) {
  constexpr int kBarFrame = 3;
  const std::string figures = Figures(progress);
  const int room = columns - static_cast<int>(figures.size()) - kBarFrame;
  if (room < kNarrowestBar) {
    return Truncate(figures, static_cast<std::size_t>(std::max(columns, 0)));
  }
  return Bar(progress, std::min(room, kWidestBar)) + figures;
}

void ProgressBar::Update(const Progress& progress, int columns) {
  if (visibility_ == Visibility::kNever) return;
  const auto now = Clock::now();
  if (drawn_ && now - last_drawn_ < kRedrawInterval) return;
  // The last column stays free: some terminals wrap after filling it.
  terminal_ << "\r\x1b[K" << RenderProgress(progress, columns - 1)
            << std::flush;
  drawn_ = true;
  last_drawn_ = now;
}

void ProgressBar::Hide() {
  if (!drawn_) return;
  terminal_ << "\r\x1b[K" << std::flush;
  drawn_ = false;
}

}  // namespace wanwu::cli

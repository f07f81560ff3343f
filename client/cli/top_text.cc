#include "client/cli/top_text.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/cli/display_width.h"
#include "client/cli/state_names.h"

namespace wanwu::cli {
namespace {

double MiB(int64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

}  // namespace

std::string TimeText(double seconds) {
  if (seconds >= 1) return absl::StrFormat("%.1f s", seconds);
  const double ms = seconds * 1e3;
  return absl::StrFormat(ms >= 100 || ms == 0 ? "%.0f ms" : "%.1f ms", ms);
}

std::string ShareText(double share) {
  return absl::StrFormat("%.0f %%", share * 100);
}

std::string UptimeText(const v1::ServerStatus& status) {
  const int64_t seconds = status.uptime().seconds();
  std::string text = absl::StrFormat("%d:%02d:%02d", seconds / 3600 % 24,
                                     seconds / 60 % 60, seconds % 60);
  const int64_t days = seconds / 86400;
  return days == 0 ? text : absl::StrCat(days, " d ", text);
}

std::string PicturesText(const TopServer& server) {
  const v1::ServerStatus& status = server.status;
  std::string text =
      absl::StrFormat("%.1f/s  errors %.1f/s", status.pictures_per_second(),
                      status.errors_per_second());
  if (!server.rates.has_value() || server.rates->errors.empty()) return text;
  const auto& errors = server.rates->errors;
  const auto most = std::max_element(
      errors.begin(), errors.end(),
      [](const auto& a, const auto& b) { return a.second < b.second; });
  return absl::StrCat(text, ", most ", Printable(most->first));
}

std::string LatencyText(const TopServer& server) {
  const v1::ServerStatus& status = server.status;
  std::string text = "p50 -  p99 -";
  if (status.has_latency()) {
    text = absl::StrCat("p50 ", TimeText(Seconds(status.latency().p50())),
                        "  p99 ", TimeText(Seconds(status.latency().p99())));
  }
  if (!server.rates.has_value() || !server.rates->stages.has_value()) {
    return text;
  }
  const TopRates::Stages& stages = *server.rates->stages;
  absl::StrAppendFormat(&text,
                        "  mean decode %.1f + queue %.1f + inference %.1f ms",
                        stages.decode, stages.queue, stages.inference);
  return text;
}

std::string QueueText(const TopServer& server) {
  const v1::ServerStatus& status = server.status;
  std::string text =
      absl::StrCat(status.queue_depth(), " of ", status.queue_capacity(),
                   "  wait ", TimeText(Seconds(status.estimated_wait())));
  if (const auto batch = MeanBatch(status)) {
    absl::StrAppendFormat(&text, "  mean batch %.1f", *batch);
  }
  return text;
}

std::string BusyText(const TopServer& server) {
  const v1::ServerStatus& status = server.status;
  std::string text = absl::StrCat("lanes ", ShareText(LaneShare(status)));
  if (server.rates.has_value()) {
    absl::StrAppend(&text, "  decoders ", ShareText(server.rates->decoders));
  }
  if (status.memory_budget() > 0) {
    absl::StrAppendFormat(
        &text, "  queue memory %.0f of %.0f MiB  budget %.0f MiB",
        MiB(status.queue_bytes()), MiB(status.queue_bytes_capacity()),
        MiB(status.memory_budget()));
  }
  return text;
}

std::string ModelsText(const TopServer& server) {
  std::vector<std::string> models;
  for (const v1::ModelStatus& model : server.status.models()) {
    const bool is_default = model.name() == server.status.default_model();
    models.push_back(absl::StrCat(
        Printable(model.name()), " ", Printable(model.version()), " ",
        StateName(model.state()), is_default ? " (default)" : ""));
  }
  return models.empty() ? "none" : absl::StrJoin(models, ", ");
}

}  // namespace wanwu::cli

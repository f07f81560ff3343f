#include "client/tuning/settings.h"

#include "absl/strings/str_cat.h"

namespace wanwu::tuning {

std::vector<std::pair<std::string, std::string>> OptionsOf(
    const Settings& settings) {
  return {{"lanes", absl::StrCat(settings.lanes)},
          {"intra_op_threads", absl::StrCat(settings.intra_op_threads)},
          {"precision", settings.precision},
          {"max_batch_size", absl::StrCat(settings.max_batch_size)},
          {"max_queue_delay", DelayText(settings.max_queue_delay)}};
}

std::string Describe(const Settings& settings) {
  const std::string lanes =
      settings.lanes == 0
          ? "a lane per CPU"
          : absl::StrCat(settings.lanes,
                         settings.lanes == 1 ? " lane" : " lanes");
  return absl::StrCat(
      lanes, " x ", settings.intra_op_threads,
      settings.intra_op_threads == 1 ? " thread, " : " threads, ",
      settings.precision, ", batch ", settings.max_batch_size, ", delay ",
      DelayText(settings.max_queue_delay));
}

std::string DelayText(std::chrono::microseconds delay) {
  const auto count = delay.count();
  if (count == 0) return "0";
  return count % 1000 == 0 ? absl::StrCat(count / 1000, "ms")
                           : absl::StrCat(count, "us");
}

}  // namespace wanwu::tuning

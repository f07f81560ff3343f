#include "client/cli/top_figures.h"

#include <algorithm>

namespace wanwu::cli {
namespace {

// As the window of the server's own figures.
constexpr double kWindowSeconds = 5;

double MeanMs(const google::protobuf::Duration& from,
              const google::protobuf::Duration& to, double pictures) {
  return (Seconds(to) - Seconds(from)) / pictures * 1e3;
}

std::optional<TopRates::Stages> StagesBetween(const v1::StageTotals& from,
                                              const v1::StageTotals& to) {
  const auto pictures = static_cast<double>(to.pictures() - from.pictures());
  if (pictures <= 0) return std::nullopt;
  return TopRates::Stages{
      .decode = MeanMs(from.decode(), to.decode(), pictures),
      .queue = MeanMs(from.queue(), to.queue(), pictures),
      .inference = MeanMs(from.inference(), to.inference(), pictures)};
}

std::map<std::string, double> ErrorsBetween(const v1::ServerStatus& from,
                                            const v1::ServerStatus& to,
                                            double seconds) {
  std::map<std::string, double> counts;
  for (const auto& each : to.errors_by_reason()) {
    counts[each.reason()] = static_cast<double>(each.count());
  }
  for (const auto& each : from.errors_by_reason()) {
    counts[each.reason()] -= static_cast<double>(each.count());
  }
  std::erase_if(counts, [](const auto& each) { return each.second <= 0; });
  for (auto& [reason, count] : counts) count /= seconds;
  return counts;
}

// Of the threads of all pools.
double BusySeconds(const v1::ServerStatus& status) {
  double seconds = 0;
  for (const auto& pool : status.decoders()) seconds += Seconds(pool.busy());
  return seconds;
}

// Pictures that take long have as many threads again, on the same CPUs.
double DecoderThreads(const v1::ServerStatus& status) {
  int threads = 0;
  for (const auto& pool : status.decoders()) {
    threads = std::max(threads, pool.threads());
  }
  return threads;
}

}  // namespace

double Seconds(const google::protobuf::Duration& duration) {
  return static_cast<double>(duration.seconds()) +
         static_cast<double>(duration.nanos()) / 1e9;
}

void TopHistory::Add(const v1::ServerStatus& report) {
  const double now = Seconds(report.uptime());
  if (newest() != nullptr && now < Seconds(newest()->uptime())) Clear();
  reports_.push_back(report);
  while (reports_.size() > 2 &&
         now - Seconds(reports_[1].uptime()) >= kWindowSeconds) {
    reports_.pop_front();
  }
}

std::optional<TopRates> TopHistory::Rates() const {
  if (reports_.size() < 2) return std::nullopt;
  const v1::ServerStatus& from = reports_.front();
  const v1::ServerStatus& to = reports_.back();
  const double seconds = Seconds(to.uptime()) - Seconds(from.uptime());
  if (seconds <= 0) return std::nullopt;
  TopRates rates;
  rates.errors = ErrorsBetween(from, to, seconds);
  rates.stages = StagesBetween(from.stages(), to.stages());
  const double threads = DecoderThreads(to);
  if (threads > 0) {
    const double busy = BusySeconds(to) - BusySeconds(from);
    rates.decoders = std::clamp(busy / seconds / threads, 0.0, 1.0);
  }
  return rates;
}

std::optional<double> MeanBatch(const v1::ServerStatus& status) {
  double batches = 0;
  double pictures = 0;
  for (const auto& each : status.batch_sizes()) {
    batches += static_cast<double>(each.count());
    pictures +=
        static_cast<double>(each.size()) * static_cast<double>(each.count());
  }
  if (batches == 0) return std::nullopt;
  return pictures / batches;
}

double LaneShare(const v1::ServerStatus& status) {
  double sum = 0;
  for (const auto& lane : status.lanes()) sum += lane.utilisation();
  return status.lanes_size() == 0 ? 0 : sum / status.lanes_size();
}

}  // namespace wanwu::cli

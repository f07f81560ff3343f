#include "client/tuning/tune_report.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wanwu::tuning {
namespace {

// In the order that they are written in.
using Json = nlohmann::ordered_json;

constexpr int kSchemaVersion = 1;

// Four digits behind the point: more would be noise.
double Rounded(double value) { return std::round(value * 1e4) / 1e4; }

Json OrNull(const std::optional<double>& value) {
  return value ? Json(Rounded(*value)) : Json(nullptr);
}

Json GoalJson(const Goal& goal) {
  if (goal.aim == Aim::kThroughput) {
    return {{"aim", "throughput"}, {"clients", goal.clients}};
  }
  return {{"aim", "latency"},
          {"rate", goal.rate},
          {"p99_ms", Rounded(loadgen::Milliseconds(goal.p99))}};
}

Json SettingsJson(const Settings& settings) {
  return {{"lanes", settings.lanes},
          {"intra_op_threads", settings.intra_op_threads},
          {"precision", settings.precision},
          {"max_batch_size", settings.max_batch_size},
          {"max_queue_delay_us", settings.max_queue_delay.count()}};
}

Json RunJson(const Goal& goal, const Measurement& run) {
  return {{"achieved_rate", Rounded(run.rate)},
          {"p50_ms", Rounded(run.p50_ms)},
          {"p99_ms", Rounded(run.p99_ms)},
          {"failed_share", Rounded(run.failed_share)},
          {"meets_goal", Meets(goal, run)},
          {"mean_batch_size", Rounded(run.mean_batch)},
          {"server_cpu_ms_per_answer", OrNull(run.cpu_ms_per_answer)},
          {"precision", run.precision}};
}

Json TrialJson(const Goal& goal, const Trial& trial) {
  Json json = {
      {"settings", SettingsJson(trial.settings)},
      {"runs", Json::array()},
      {"failure", trial.failure.empty() ? Json(nullptr) : Json(trial.failure)}};
  for (const Measurement& run : trial.runs) {
    json["runs"].push_back(RunJson(goal, run));
  }
  return json;
}

std::string ChoiceName(Verdict::Choice choice) {
  switch (choice) {
    case Verdict::Choice::kBest:
      return "best";
    case Verdict::Choice::kNone:
      return "none";
    case Verdict::Choice::kDefault:
      break;
  }
  return "default";
}

Json VerdictJson(const TuneReport& report) {
  if (!report.verdict) return nullptr;
  const Trial* chosen = report.Chosen();
  return {{"choice", ChoiceName(report.verdict->choice)},
          {"settings",
           chosen == nullptr ? Json(nullptr) : SettingsJson(chosen->settings)},
          {"gain", Rounded(report.verdict->gain)},
          {"spread", Rounded(report.verdict->spread)},
          {"drift", Rounded(report.verdict->drift)}};
}

}  // namespace

const Trial* TuneReport::Chosen() const {
  if (!verdict || verdict->choice == Verdict::Choice::kNone) return nullptr;
  return verdict->choice == Verdict::Choice::kBest ? &state.trials[state.best]
                                                   : &state.by_default();
}

std::string Headline(const Goal& goal, const Measurement& run) {
  return goal.aim == Aim::kThroughput
             ? absl::StrFormat("%.1f/s", run.rate)
             : absl::StrFormat("p99 %.1f ms", run.p99_ms);
}

std::string Conclusion(const TuneReport& report) {
  if (!report.verdict) return "nothing was decided";
  const Verdict& verdict = *report.verdict;
  if (verdict.choice == Verdict::Choice::kNone) {
    return absl::StrCat("no configuration meets the goal: ",
                        Describe(report.goal));
  }
  const Trial& by_default = report.state.by_default();
  const Trial& best = report.state.trials[report.state.best];
  const std::string default_figure =
      Headline(report.goal, MedianRun(report.goal, by_default));
  if (&by_default == &best) {
    return absl::StrCat("nothing is better than the default: ", default_figure);
  }
  const std::string figures = absl::StrFormat(
      "%s against %s of the default, %+.0f %%; runs of one configuration "
      "differ by up to %.0f %%",
      Headline(report.goal, MedianRun(report.goal, best)), default_figure,
      verdict.gain * 100, verdict.spread * 100);
  if (verdict.choice == Verdict::Choice::kBest) return figures;
  return absl::StrCat("the default stays, because no difference is certain: ",
                      Describe(best.settings), " gives ", figures);
}

std::vector<std::string> Comments(const TuneReport& report) {
  return {absl::StrCat("Written by wanwu tune, ", report.started, "."),
          absl::StrCat("Goal: ", Describe(report.goal), "."),
          absl::StrCat("Machine: ", report.cpu_model, ", CPUs: ", report.cpus,
                       "; pictures: ", report.pictures, "."),
          absl::StrCat("Found: ", Conclusion(report), ".")};
}

std::string ToJson(const TuneReport& report) {
  Json json = {{"schema_version", kSchemaVersion},
               {"started", report.started},
               {"interrupted", report.interrupted},
               {"goal", GoalJson(report.goal)},
               {"budget_s", Rounded(loadgen::Seconds(report.budget))},
               {"elapsed_s", Rounded(loadgen::Seconds(report.state.elapsed))},
               {"cpus", report.cpus},
               {"cpu_model", report.cpu_model},
               {"pictures", report.pictures},
               {"configurations", Json::array()},
               {"verdict", VerdictJson(report)},
               {"conclusion", Conclusion(report)},
               {"written",
                report.written.empty() ? Json(nullptr) : Json(report.written)}};
  for (const Trial& trial : report.state.trials) {
    json["configurations"].push_back(TrialJson(report.goal, trial));
  }
  constexpr int kIndent = 1;
  return json.dump(kIndent, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace wanwu::tuning

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/tuning/search.h"

namespace wanwu::tuning {

// All that one call of `wanwu tune` found.
struct TuneReport {
  // When it began, as in RFC 3339.
  std::string started;
  Goal goal = {};
  int cpus = 1;
  std::string cpu_model = {};
  std::size_t pictures = 0;
  loadgen::Duration budget{};
  SearchState state = {};
  bool interrupted = false;
  // Absent if it was interrupted or failed.
  std::optional<Verdict> verdict = {};
  // The file that was written; empty if none.
  std::string written = {};

  // What the verdict chooses; nullptr if nothing.
  const Trial* Chosen() const;
};

// "214/s" or "p99 31.2 ms": what the goal is about.
std::string Headline(const Goal& goal, const Measurement& run);

// What was decided and why, a sentence.
std::string Conclusion(const TuneReport& report);

// What heads the config file that is written.
std::vector<std::string> Comments(const TuneReport& report);

// One object, in lines; schema_version says which.
std::string ToJson(const TuneReport& report);

}  // namespace wanwu::tuning

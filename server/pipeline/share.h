#pragma once

#include <cstdint>

#include "batching/job.h"
#include "batching/lower_turn.h"

namespace wanwu::pipeline {

class ServedModel;

// Whom a job counts against when time and room are shared out.
struct Share {
  batching::Priority priority = batching::Priority::kInteractive;
  // Only compared.
  const ServedModel* model = nullptr;
  // Equal numbers are one caller.
  uint64_t client = 0;
};

// Of what waits, interactive work gets this many times the time of bulk work:
// with the lanes' rule, bulk has one turn in kTurnsPerLowerTurn.
inline constexpr int64_t kInteractiveWeight = batching::kTurnsPerLowerTurn - 1;

}  // namespace wanwu::pipeline

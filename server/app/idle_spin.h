#pragma once

#include "absl/status/status.h"
#include "server/app/lane_plan.h"

namespace wanwu::app {

// A thread of a lane's team that waits for work would spin for milliseconds,
// which decoding, pollers and other processes then lack. libgomp reads how long
// only while it is loaded, so where lanes have several threads this starts the
// program anew, as the same process, with GOMP_SPINCOUNT set. Does nothing
// where the user set that variable or OMP_WAIT_POLICY. Call before any thread
// starts. Returns unless it succeeds; an error only costs CPU time.
absl::Status LimitIdleSpin(const LanePlan& plan, char** argv);

}  // namespace wanwu::app

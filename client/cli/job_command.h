#pragma once

#include <string>

#include "client/cli/connection.h"
#include "client/cli/job_options.h"
#include "client/shards/manifest.h"

namespace wanwu::cli {

// `wanwu classify --output_dir`; returns the exit code. `folder` may be empty
// if there is a list.
int RunJob(const JobOptions& job, const std::string& folder,
           const shards::Question& question,
           const ConnectionOptions& connection, int max_in_flight);

}  // namespace wanwu::cli

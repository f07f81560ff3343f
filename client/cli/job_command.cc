#include "client/cli/job_command.h"

#include <filesystem>
#include <iostream>
#include <memory>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/error_text.h"
#include "client/cli/exit_code.h"
#include "client/cli/interrupt_signal.h"
#include "client/cli/shard_run.h"
#include "client/shards/shard_store.h"

namespace wanwu::cli {
namespace {

namespace fs = std::filesystem;

// Results there would be taken for pictures.
bool IsBelow(const std::string& folder, const std::string& root) {
  std::error_code ignored;
  const fs::path path = fs::weakly_canonical(folder, ignored);
  const fs::path below =
      path.lexically_relative(fs::weakly_canonical(root, ignored));
  return !below.empty() && *below.begin() != "..";
}

int UsageError(const std::string& message) {
  std::cerr << "wanwu: " << message << '\n';
  return kExitUsage;
}

// Of the folder that pictures are in; otherwise says what is wrong.
int CheckFolder(const std::string& root) {
  std::error_code error;
  const fs::file_status found = fs::status(root, error);
  if (fs::is_directory(found)) return kExitOk;
  if (fs::status_known(found)) {
    return UsageError(absl::StrCat(
        root, " is no folder; with --output_dir give one, or a --list"));
  }
  // Nobody can say, as of a volume that does not answer.
  std::cerr << ErrorLine("", absl::ErrnoToStatus(error.value(), root));
  return kExitFailed;
}

std::string Counts(const shards::ShardStore& store) {
  return absl::StrFormat("%d of %d pictures, %d of them errors",
                         store.done_count(), store.manifest().names.count,
                         store.error_count());
}

int ExitCode(const ShardRun& run, ShardRun::End end) {
  switch (end) {
    case ShardRun::End::kDone:
      return kExitOk;
    case ShardRun::End::kStopped:
      return kExitInterrupted;
    case ShardRun::End::kServerAway:
      std::cerr << ErrorLine("", run.problem());
      return kExitUnreachable;
    case ShardRun::End::kRefused:
      std::cerr << ErrorLine("", run.problem());
      return kExitUsage;
    case ShardRun::End::kNotWritten:
      break;
  }
  std::cerr << ErrorLine("", run.problem());
  return kExitFailed;
}

int Classify(shards::ShardStore& store, const ShardRunOptions& options,
             InterruptSignal& interrupt) {
  ShardRun run(store, options, std::cerr);
  interrupt.Handle([&run] { run.Stop(); });
  const ShardRun::End end = run.Run();
  interrupt.Handle(nullptr);
  const int code = ExitCode(run, end);
  std::cerr << "wanwu: shard " << shards::ShardText(store.manifest().shard)
            << (store.Done() ? " complete: "
                             : " not complete, the same call "
                               "goes on: ")
            << Counts(store) << '\n';
  return code;
}

}  // namespace

int RunJob(const JobOptions& job, const std::string& folder,
           const shards::Question& question,
           const ConnectionOptions& connection, int max_in_flight) {
  const std::string root = folder.empty() ? "." : folder;
  if (folder.empty() && job.list.empty()) {
    return UsageError("a DIR or --list is missing; see wanwu classify --help");
  }
  if (const int code = CheckFolder(root); code != kExitOk) return code;
  if (job.list.empty() && IsBelow(job.output_folder, root)) {
    return UsageError("--output_dir is among the pictures");
  }
  // Before the client, whose threads must not die of the signal.
  InterruptSignal interrupt;
  auto store =
      shards::ShardStore::Open({.output_folder = job.output_folder,
                                .shard = job.shard,
                                .source = {root, job.list},
                                .question = question,
                                .pictures_per_part = job.pictures_per_part});
  if (!store.ok()) {
    std::cerr << ErrorLine("", store.status());
    return shards::IsBegunOtherwise(store.status()) ? kExitUsage : kExitFailed;
  }
  return Classify(**store,
                  {.connection = connection,
                   .max_in_flight = max_in_flight,
                   .give_up_after = job.give_up_after},
                  interrupt);
}

}  // namespace wanwu::cli

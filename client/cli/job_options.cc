#include "client/cli/job_options.h"

#include <CLI/Error.hpp>
#include <CLI/Option.hpp>

#include "absl/strings/str_cat.h"
#include "client/cli/connection.h"
#include "client/cli/display_width.h"

namespace wanwu::cli {
namespace {

constexpr char kGroup[] = "Jobs that go on where they ended";

}  // namespace

void AddJobOptions(CLI::App& command, JobOptions& options) {
  CLI::Option* output =
      command
          .add_option("--output_dir", options.output_folder,
                      "Write results into parts there, as JSON lines, and go "
                      "on with what is there already")
          ->type_name("DIR")
          ->group(kGroup);
  const auto parse = [&options](const std::string& text) {
    const auto shard = shards::ParseShard(text);
    if (shard) {
      options.shard = *shard;
      return;
    }
    throw CLI::ValidationError(
        "--shard", "'" + Printable(text) +
                       "' is not I/N, the first being 0/N; N is at most " +
                       absl::StrCat(shards::kMostShards));
  };
  command
      .add_option_function<std::string>(
          "--shard", parse, "Take the I-th of N parts of the pictures only")
      ->type_name("I/N")
      ->default_str(shards::ShardText(options.shard))
      ->needs(output)
      ->group(kGroup);
  command
      .add_option("--list", options.list,
                  "Take the files named there, one per line, relative to DIR "
                  "if that is given, or URLs; '-' is standard input")
      ->type_name("FILE")
      ->needs(output)
      ->group(kGroup);
  command
      .add_option("--pictures_per_part", options.pictures_per_part,
                  "Lines of a part")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000'000))
      ->needs(output)
      ->group(kGroup);
  AddDuration(command, "--give_up_after", options.give_up_after,
              "Longest time in which the server lets no picture be done")
      ->needs(output)
      ->group(kGroup);
  command.get_option("--output")->excludes(output);
}

}  // namespace wanwu::cli

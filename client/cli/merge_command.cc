#include "client/cli/merge_command.h"

#include <cerrno>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "client/cli/error_text.h"
#include "client/cli/exit_code.h"
#include "client/shards/durable_file.h"
#include "client/shards/job_check.h"

namespace wanwu::cli {
namespace {

using shards::InputChange;

constexpr char kFooter[] =
    "Reads what wanwu classify --output_dir wrote, and writes the results of\n"
    "all shards one after the other. Before that it looks whether every shard\n"
    "is there and complete, every file as its manifest says, and each picture\n"
    "has one line; if not, nothing is written.\n"
    "\n"
    "Exit code: 0 all is there, 1 something is missing or not as it should "
    "be,\n"
    "2 wrong usage, 141 the reader of the output went away.";

// A whole job in disorder would fill the screen.
constexpr std::size_t kMostProblems = 20;

struct MergeOptions {
  std::string folder;
  std::string output;
  bool check_only = false;
  bool accept_changed_input = false;
};

void Explain(const shards::JobCheck& job) {
  for (std::size_t i = 0; i < job.problems.size(); ++i) {
    if (i == kMostProblems) {
      std::cerr << "wanwu: and " << job.problems.size() - i << " more\n";
      break;
    }
    std::cerr << ErrorLine("", absl::DataLossError(job.problems[i]));
  }
}

// Where the results go: a file that is there once it is whole, or standard
// output.
class Results {
 public:
  explicit Results(const std::string& path) : path_(path) {}

  absl::Status Begin() {
    if (path_.empty()) return absl::OkStatus();
    auto file = shards::AppendFile::Open(path_ + ".new", 0);
    if (file.ok()) file_ = *std::move(file);
    return file.status();
  }

  absl::Status Write(std::string_view bytes) {
    if (file_ != nullptr) return file_->Append(bytes);
    errno = 0;
    std::cout.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (std::cout) return absl::OkStatus();
    return absl::ErrnoToStatus(errno != 0 ? errno : EIO, "standard output");
  }

  absl::Status End() {
    if (file_ == nullptr)
      return Write("").ok() && std::cout.flush()
                 ? absl::OkStatus()
                 : absl::UnknownError("standard output");
    const auto status = file_->Sync();
    return status.ok() ? shards::RenameDurably(path_ + ".new", path_) : status;
  }

 private:
  const std::string path_;
  std::unique_ptr<shards::AppendFile> file_;
};

absl::Status Copy(const std::string& part, Results& results) {
  std::string piece(1 << 20, '\0');
  std::ifstream file(part, std::ios::binary);
  while (file) {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto count = static_cast<std::size_t>(file.gcount());
    const auto status = results.Write(std::string_view(piece).substr(0, count));
    if (!status.ok()) return status;
  }
  return file.eof() ? absl::OkStatus()
                    : absl::DataLossError(part + ": cannot be read");
}

absl::Status Join(const shards::JobCheck& job, const std::string& output) {
  Results results(output);
  auto status = results.Begin();
  for (const std::string& part : job.parts) {
    if (status.ok()) status = Copy(part, results);
  }
  return status.ok() ? results.End() : status;
}

int RunMerge(const MergeOptions& options) {
  const shards::JobCheck job = shards::CheckJob(
      options.folder, options.accept_changed_input ? InputChange::kAccepted
                                                   : InputChange::kRefused);
  if (!job.problems.empty()) {
    Explain(job);
    return kExitFailed;
  }
  if (!options.check_only) {
    errno = 0;
    const auto status = Join(job, options.output);
    if (!status.ok() && errno == EPIPE) return kExitBrokenPipe;
    if (!status.ok()) {
      std::cerr << ErrorLine("", status);
      return kExitFailed;
    }
  }
  std::cerr << absl::StrFormat(
      "wanwu: complete: %d pictures, %d of them errors, in %d shards and %d "
      "parts, %d bytes; %d repeated names left out\n",
      job.pictures, job.errors, job.shards, job.parts.size(), job.bytes,
      job.repeated);
  return kExitOk;
}

}  // namespace

void AddMergeCommand(CLI::App& app, std::function<int()>& selected) {
  const auto options = std::make_shared<MergeOptions>();
  CLI::App& command = *app.add_subcommand(
      "merge", "Check and join the results of classify --output_dir");
  command
      .add_option("folder", options->folder,
                  "What classify was given as --output_dir")
      ->type_name("DIR")
      ->required();
  CLI::Option* output = command.add_option(
      "--output", options->output, "File to write; default: standard output");
  output->type_name("FILE");
  command.add_flag("--check", options->check_only, "Write nothing")
      ->excludes(output);
  command.add_flag("--accept_changed_input", options->accept_changed_input,
                   "Join shards that listed different pictures, since some "
                   "came or went while they started");
  command.footer(kFooter);
  command.callback([options, &selected] {
    selected = [options] { return RunMerge(*options); };
  });
}

}  // namespace wanwu::cli

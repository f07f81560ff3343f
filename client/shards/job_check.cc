#include "client/shards/job_check.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/shards/durable_file.h"
#include "client/shards/manifest.h"
#include "client/shards/result_line.h"
#include "client/shards/sha256.h"

namespace wanwu::shards {
namespace {

namespace fs = std::filesystem;

// One shard against its names. Ends at the first problem.
class ShardCheck {
 public:
  ShardCheck(std::string folder, const Shard& shard)
      : folder_(std::move(folder)), shard_(shard) {}

  absl::Status Run() {
    if (auto status = ReadManifest(); !status.ok()) return status;
    if (!manifest_.Done()) {
      return absl::UnavailableError(
          absl::StrCat(manifest_.Lines(), " of ", manifest_.names.count,
                       " pictures are in complete parts"));
    }
    auto names = NameReader::Open(PathOf(kNamesFile), 0);
    if (!names.ok()) return names.status();
    names_ = *std::move(names);
    for (const PartFacts& part : manifest_.parts) {
      if (auto status = CheckPart(part); !status.ok()) return status;
    }
    return CheckNames();
  }

  const Manifest& manifest() const { return manifest_; }
  std::string PathOf(const std::string& file) const {
    return (fs::path(folder_) / file).string();
  }

 private:
  absl::Status ReadManifest() {
    const auto text = ReadWhole(PathOf(kManifestFile));
    if (!text.ok()) return text.status();
    auto manifest = ParseManifest(*text);
    if (!manifest.ok()) return manifest.status();
    manifest_ = *std::move(manifest);
    if (manifest_.shard != shard_) {
      return absl::DataLossError("the manifest is another shard's");
    }
    return absl::OkStatus();
  }

  absl::Status CheckPart(const PartFacts& part) {
    std::ifstream lines(PathOf(part.file), std::ios::binary);
    Sha256 digest;
    PartFacts found;
    found.file = part.file;
    for (std::string line; std::getline(lines, line); ++found.lines) {
      const auto kind = NextName() ? KindOfLine(line, name_) : std::nullopt;
      if (!kind) {
        return absl::DataLossError(absl::StrCat(
            part.file, ": line ", found.lines + 1, " is not that of ", name_));
      }
      found.errors += *kind == LineKind::kError ? 1 : 0;
      line.push_back('\n');
      digest.Update(line);
      found.bytes += line.size();
    }
    found.sha256 = digest.Finish();
    return found == part ? absl::OkStatus()
                         : absl::DataLossError(absl::StrCat(
                               part.file, ": is not as the manifest says"));
  }

  // Each name is this shard's and comes once, as they rise.
  bool NextName() {
    std::string next;
    if (!names_->Next(next)) return false;
    ordered_ = ordered_ && (count_ == 0 || name_ < next) &&
               ShardOf(next, shard_.count) == shard_.index;
    ++count_;
    digest_.Update(next);
    digest_.Update({"\0", 1});
    name_ = std::move(next);
    return true;
  }

  absl::Status CheckNames() {
    if (NextName() || !ordered_ || count_ != manifest_.names.count ||
        digest_.Finish() != manifest_.names.sha256) {
      return absl::DataLossError("the names are not as the manifest says");
    }
    return absl::OkStatus();
  }

  const std::string folder_;
  const Shard shard_;
  Manifest manifest_;
  std::unique_ptr<NameReader> names_;
  std::string name_;
  Sha256 digest_;
  uint64_t count_ = 0;
  bool ordered_ = true;
};

// The shards that have a folder.
std::set<std::pair<uint32_t, uint32_t>> FindShards(const std::string& folder,
                                                   JobCheck& job) {
  std::set<std::pair<uint32_t, uint32_t>> found;
  std::error_code error;
  for (fs::directory_iterator each(folder, error);
       !error && each != fs::directory_iterator(); each.increment(error)) {
    const auto shard = ShardOfFolder(each->path().filename().string());
    if (shard) found.emplace(shard->count, shard->index);
  }
  if (error) {
    job.problems.push_back(absl::StrCat(folder, ": ", error.message()));
  } else if (found.empty()) {
    job.problems.push_back(absl::StrCat(folder, ": holds no shards"));
  } else if (found.begin()->first != found.rbegin()->first) {
    job.problems.push_back(absl::StrCat(folder, ": holds several jobs, of ",
                                        found.begin()->first, " and of ",
                                        found.rbegin()->first, " shards"));
  }
  return found;
}

bool SameInput(const Manifest& one, const Manifest& other) {
  return one.names.listed == other.names.listed &&
         one.names.listed_sum == other.names.listed_sum;
}

void Compare(const Manifest& first, const Manifest& manifest,
             InputChange change, JobCheck& job) {
  const std::string name = FolderOf(manifest.shard);
  if (manifest.question != first.question) {
    job.problems.push_back(
        absl::StrCat(name, ": another model, --top_k or --language than in ",
                     FolderOf(first.shard)));
  }
  if (change == InputChange::kRefused && !SameInput(first, manifest)) {
    job.problems.push_back(
        absl::StrCat(name, ": saw other pictures (", manifest.names.listed,
                     ") than ", FolderOf(first.shard), " (", first.names.listed,
                     "): the input changed meanwhile"));
  }
}

void Add(const ShardCheck& shard, JobCheck& job) {
  const Manifest& manifest = shard.manifest();
  job.pictures += manifest.Lines();
  job.errors += manifest.Errors();
  job.repeated += manifest.names.repeated;
  for (const PartFacts& part : manifest.parts) {
    job.bytes += part.bytes;
    job.parts.push_back(shard.PathOf(part.file));
  }
}

}  // namespace

JobCheck CheckJob(const std::string& folder, InputChange change) {
  JobCheck job;
  const auto found = FindShards(folder, job);
  if (!job.problems.empty()) return job;
  job.shards = found.begin()->first;
  std::optional<Manifest> first;
  for (uint32_t index = 0; index < job.shards; ++index) {
    const Shard shard{index, job.shards};
    ShardCheck check((fs::path(folder) / FolderOf(shard)).string(), shard);
    const auto status = found.contains({job.shards, index})
                            ? check.Run()
                            : absl::NotFoundError("is missing");
    if (!status.ok()) {
      job.problems.push_back(
          absl::StrCat(FolderOf(shard), ": ", status.message()));
      continue;
    }
    if (!first) first = check.manifest();
    Compare(*first, check.manifest(), change, job);
    Add(check, job);
  }
  if (job.problems.empty() && change == InputChange::kRefused &&
      job.pictures + job.repeated != first->names.listed) {
    job.problems.push_back("the shards together are not the whole input");
  }
  return job;
}

}  // namespace wanwu::shards

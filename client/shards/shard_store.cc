#include "client/shards/shard_store.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace wanwu::shards {
namespace {

namespace fs = std::filesystem;

// A payload, since no code is left that errno has not.
constexpr char kBegunOtherwise[] = "wanwu/begun_otherwise";

absl::Status BegunOtherwise(const std::string& folder, const char* what) {
  absl::Status status = absl::FailedPreconditionError(
      absl::StrCat(folder, ": was begun with another ", what,
                   "; go on as it was begun, or choose another output folder"));
  status.SetPayload(kBegunOtherwise, absl::Cord());
  return status;
}

}  // namespace

bool IsBegunOtherwise(const absl::Status& status) {
  return status.GetPayload(kBegunOtherwise).has_value();
}

absl::StatusOr<std::unique_ptr<ShardStore>> ShardStore::Open(
    const ShardPlan& plan) {
  std::unique_ptr<ShardStore> store(new ShardStore(plan));
  std::error_code error;
  fs::create_directories(store->folder_, error);
  if (error) return absl::ErrnoToStatus(error.value(), store->folder_);
  auto lock = FileLock::Take(store->PathOf("lock"));
  if (!lock.ok()) return lock.status();
  store->lock_ = *std::move(lock);

  const bool begun = fs::exists(store->PathOf(kManifestFile), error);
  // Not known is not "no": what has been done would be done anew.
  if (error) return absl::ErrnoToStatus(error.value(), store->folder_);
  auto status = begun ? store->TakeUp(plan) : store->Begin(plan);
  if (status.ok()) status = store->OpenNext();
  if (!status.ok()) return status;
  return store;
}

ShardStore::ShardStore(const ShardPlan& plan)
    : folder_((fs::path(plan.output_folder) / FolderOf(plan.shard)).string()),
      pictures_per_part_(plan.pictures_per_part) {}

std::string ShardStore::PathOf(const std::string& file) const {
  return (fs::path(folder_) / file).string();
}

// The manifest comes last: without one nothing has been done.
absl::Status ShardStore::Begin(const ShardPlan& plan) {
  auto names = WriteNames(plan.source, plan.shard, PathOf(kNamesFile));
  if (!names.ok()) return names.status();
  manifest_ = {plan.shard, plan.source, plan.question, *std::move(names), {}};
  return WriteManifest();
}

absl::Status ShardStore::TakeUp(const ShardPlan& plan) {
  const auto text = ReadWhole(PathOf(kManifestFile));
  if (!text.ok()) return text.status();
  auto manifest = ParseManifest(*text);
  if (!manifest.ok()) {
    return absl::DataLossError(
        absl::StrCat(PathOf(kManifestFile), ": ", manifest.status().message()));
  }
  manifest_ = *std::move(manifest);
  if (manifest_.question != plan.question) {
    return BegunOtherwise(folder_, "model, --top_k or --language");
  }
  if (manifest_.source != plan.source) {
    return BegunOtherwise(folder_, "input");
  }
  return CheckParts();
}

absl::Status ShardStore::CheckParts() const {
  for (const PartFacts& part : manifest_.parts) {
    std::error_code error;
    if (fs::file_size(PathOf(part.file), error) != part.bytes || error) {
      return absl::DataLossError(
          absl::StrCat(PathOf(part.file), ": is not as the manifest says"));
    }
  }
  return absl::OkStatus();
}

absl::Status ShardStore::OpenNext() {
  part_ = nullptr;
  if (Done()) return absl::OkStatus();
  auto part = OpenPart::Begin(folder_, manifest_.parts.size(),
                              PathOf(kNamesFile), manifest_.Lines());
  if (!part.ok()) return part.status();
  part_ = *std::move(part);
  return part_->lines() < PicturesOfPart() ? absl::OkStatus() : CompletePart();
}

uint64_t ShardStore::PicturesOfPart() const {
  return std::min(pictures_per_part_,
                  manifest_.names.count - manifest_.Lines());
}

uint64_t ShardStore::done_count() const {
  return manifest_.Lines() + (part_ == nullptr ? 0 : part_->lines());
}

uint64_t ShardStore::error_count() const {
  return manifest_.Errors() + (part_ == nullptr ? 0 : part_->errors());
}

absl::StatusOr<std::vector<std::string>> ShardStore::Missing() const {
  if (Done()) return std::vector<std::string>{};
  auto reader = NameReader::Open(PathOf(kNamesFile), done_count());
  if (!reader.ok()) return reader.status();
  const uint64_t count = PicturesOfPart() - part_->lines();
  auto names = (*reader)->Read(count);
  if (names.ok() && names->size() != count) {
    return absl::DataLossError(
        absl::StrCat(PathOf(kNamesFile), ": names are missing"));
  }
  return names;
}

absl::Status ShardStore::Append(std::string_view line, LineKind kind) {
  const auto status = part_->Append(line, kind);
  if (!status.ok() || part_->lines() < PicturesOfPart()) return status;
  return CompletePart();
}

absl::Status ShardStore::CompletePart() {
  auto facts = part_->Complete();
  if (!facts.ok()) return facts.status();
  manifest_.parts.push_back(*std::move(facts));
  const auto status = WriteManifest();
  return status.ok() ? OpenNext() : status;
}

absl::Status ShardStore::WriteManifest() const {
  return WriteDurably(PathOf(kManifestFile), ManifestText(manifest_));
}

}  // namespace wanwu::shards

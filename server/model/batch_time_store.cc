#include "server/model/batch_time_store.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nlohmann/json.hpp"
#include "server/model/bounded_file.h"
#include "server/model/json_fields.h"

namespace wanwu::model {
namespace {

using nlohmann::json;

constexpr size_t kMaxFileBytes = 1 << 20;
constexpr size_t kMaxEntries = 64;
constexpr int64_t kFormatVersion = 1;
constexpr int64_t kMaxDuration = int64_t{3600} * 1'000'000'000;

// One line that people can read; equal exactly for equal keys.
std::string KeyText(const BatchTimeKey& key) {
  const std::string_view precision = PrecisionName(key.precision);
  return absl::StrJoin(
      {key.cpu.model, absl::StrJoin(key.cpu.extensions, " "), key.model_sha256,
       std::string(precision), absl::StrCat(key.lanes, " lanes"),
       absl::StrCat(key.intra_op_threads, " threads each"), key.build},
      "; ");
}

// t(1), t(2) and so on, in nanoseconds.
absl::StatusOr<std::vector<BatchTime>> ReadTimes(const json& list) {
  std::vector<BatchTime> times;
  if (!list.is_array() || list.empty()) {
    return absl::InvalidArgumentError("batch_times_ns must be a list");
  }
  for (const json& item : list) {
    if (!item.is_number_integer() || item.get<int64_t>() <= 0 ||
        item.get<int64_t>() > kMaxDuration) {
      return absl::InvalidArgumentError("batch_times_ns holds no duration");
    }
    times.push_back({static_cast<int>(times.size()) + 1,
                     std::chrono::nanoseconds(item.get<int64_t>())});
  }
  return times;
}

// Where the store of an earlier build left them out there are none.
absl::StatusOr<std::vector<std::string>> ReadAlgorithms(const json& entry) {
  std::vector<std::string> algorithms;
  const auto list = entry.find("algorithms");
  if (list == entry.end()) return algorithms;
  for (const json& item : *list) {
    if (!item.is_string()) {
      return absl::InvalidArgumentError("algorithms holds no text");
    }
    algorithms.push_back(item.get<std::string>());
  }
  return algorithms;
}

absl::Status WriteFile(const std::filesystem::path& path,
                       const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file) return absl::OkStatus();
  return absl::ErrnoToStatus(errno != 0 ? errno : EIO, path.string());
}

}  // namespace

BatchTimeStore::BatchTimeStore(std::filesystem::path path)
    : path_(std::move(path)) {
  if (path_.empty()) return;
  const absl::Status status = Load();
  if (status.ok()) return;
  entries_.clear();
  if (absl::IsNotFound(status)) return;
  warning_ = absl::StrCat("batch times are measured anew: ",
                          std::string(status.message()));
}

absl::Status BatchTimeStore::Load() {
  const absl::StatusOr<std::string> text =
      ReadBoundedFile(path_, kMaxFileBytes);
  if (!text.ok()) return text.status();
  const json document = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path_.string(), ": is not JSON"));
  }
  absl::Status status;
  const JsonFields fields(document, absl::StrCat(path_.string(), ":"), status);
  fields.Integer("format_version", {kFormatVersion, kFormatVersion});
  if (!fields.Has("entries")) fields.Fail("entries", "is missing");
  if (!status.ok()) return status;
  for (const json& item : document["entries"]) {
    const JsonFields entry(item, absl::StrCat(path_.string(), ": entries"),
                           status);
    std::string key = entry.NonEmptyText("key");
    if (!entry.Has("batch_times_ns"))
      entry.Fail("batch_times_ns", "is missing");
    if (!status.ok()) return status;
    absl::StatusOr<std::vector<BatchTime>> times =
        ReadTimes(item["batch_times_ns"]);
    if (!times.ok()) {
      entry.Fail("batch_times_ns", std::string(times.status().message()));
      return status;
    }
    absl::StatusOr<std::vector<std::string>> algorithms = ReadAlgorithms(item);
    if (!algorithms.ok()) {
      entry.Fail("algorithms", std::string(algorithms.status().message()));
      return status;
    }
    entries_.push_back(
        {std::move(key), {*std::move(times), *std::move(algorithms)}});
  }
  return absl::OkStatus();
}

std::optional<ModelTiming> BatchTimeStore::Find(const BatchTimeKey& key) const {
  const std::string text = KeyText(key);
  const std::lock_guard lock(mutex_);
  const auto found =
      std::find_if(entries_.begin(), entries_.end(),
                   [&](const Entry& entry) { return entry.key == text; });
  return found == entries_.end() ? std::nullopt
                                 : std::optional(found->measured);
}

void BatchTimeStore::Put(const BatchTimeKey& key, ModelTiming measured) {
  std::string text = KeyText(key);
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_,
                [&](const Entry& entry) { return entry.key == text; });
  entries_.push_back({std::move(text), std::move(measured)});
  if (entries_.size() > kMaxEntries) entries_.erase(entries_.begin());
}

nlohmann::json BatchTimeStore::Entries() const {
  const std::lock_guard lock(mutex_);
  json entries = json::array();
  for (const Entry& entry : entries_) {
    json times = json::array();
    for (const BatchTime& time : entry.measured.times) {
      times.push_back(time.duration.count());
    }
    json written = {{"key", entry.key}, {"batch_times_ns", times}};
    if (!entry.measured.algorithms.empty()) {
      written["algorithms"] = entry.measured.algorithms;
    }
    entries.push_back(std::move(written));
  }
  return entries;
}

absl::Status BatchTimeStore::Save() const {
  if (path_.empty()) return absl::OkStatus();
  const json document = {{"format_version", kFormatVersion},
                         {"entries", Entries()}};
  std::error_code error;
  if (path_.has_parent_path()) {
    std::filesystem::create_directories(path_.parent_path(), error);
  }
  const std::filesystem::path draft =
      absl::StrCat(path_.string(), ".", getpid(), ".tmp");
  const std::string text =
      document.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
  const absl::Status written = WriteFile(draft, text);
  if (!written.ok()) {
    std::filesystem::remove(draft, error);
    return written;
  }
  std::filesystem::rename(draft, path_, error);
  if (!error) return absl::OkStatus();
  const absl::Status status =
      absl::ErrnoToStatus(error.value(), path_.string());
  std::filesystem::remove(draft, error);
  return status;
}

}  // namespace wanwu::model

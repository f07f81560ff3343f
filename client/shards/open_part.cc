#include "client/shards/open_part.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wanwu::shards {
namespace {

namespace fs = std::filesystem;

constexpr char kOpen[] = ".open";

}  // namespace

absl::StatusOr<std::unique_ptr<OpenPart>> OpenPart::Begin(
    const std::string& folder, std::size_t number, const std::string& names,
    uint64_t skip) {
  std::unique_ptr<OpenPart> part(new OpenPart);
  part->facts_.file = absl::StrFormat("part-%06d.ndjson", number);
  part->path_ = (fs::path(folder) / part->facts_.file).string();
  const std::string open_path = part->path_ + kOpen;
  std::error_code error;
  // Complete, but not yet in the manifest.
  if (fs::exists(part->path_, error)) {
    const auto status = RenameDurably(part->path_, open_path);
    if (!status.ok()) return status;
  }
  const bool begun = !error && fs::exists(open_path, error);
  if (error) return absl::ErrnoToStatus(error.value(), part->path_);
  if (begun) {
    auto reader = NameReader::Open(names, skip);
    if (!reader.ok()) return reader.status();
    const auto status = part->TakeUp(**reader);
    if (!status.ok()) return status;
  }
  auto file = AppendFile::Open(open_path, part->facts_.bytes);
  if (!file.ok()) return file.status();
  part->file_ = *std::move(file);
  return part;
}

absl::Status OpenPart::TakeUp(NameReader& names) {
  std::ifstream lines(path_ + kOpen, std::ios::binary);
  std::string name;
  for (std::string line; std::getline(lines, line);) {
    // At the end of the file its own end is missing.
    if (lines.eof() || !names.Next(name)) break;
    const auto kind = KindOfLine(line, name);
    if (!kind || !IsWhole(line)) break;
    Count(line, *kind);
  }
  return lines.bad() ? absl::DataLossError(
                           absl::StrCat(path_, kOpen, ": cannot be read"))
                     : absl::OkStatus();
}

void OpenPart::Count(std::string_view line, LineKind kind) {
  digest_.Update(line);
  digest_.Update("\n");
  ++facts_.lines;
  facts_.errors += kind == LineKind::kError ? 1 : 0;
  facts_.bytes += line.size() + 1;
}

absl::Status OpenPart::Append(std::string_view line, LineKind kind) {
  const auto status = file_->Append(std::string(line) + "\n");
  if (status.ok()) Count(line, kind);
  return status;
}

absl::StatusOr<PartFacts> OpenPart::Complete() {
  if (auto status = file_->Sync(); !status.ok()) return status;
  const auto status = RenameDurably(path_ + kOpen, path_);
  if (!status.ok()) return status;
  facts_.sha256 = digest_.Finish();
  return facts_;
}

}  // namespace wanwu::shards

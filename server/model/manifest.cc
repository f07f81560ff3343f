#include "server/model/manifest.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "server/model/bounded_file.h"
#include "server/model/json_fields.h"

namespace wanwu::model {
namespace {

using nlohmann::json;

constexpr size_t kMaxManifestBytes = 1 << 20;
constexpr int64_t kFormatVersion = 1;
constexpr int64_t kMaxSide = 4096;
constexpr int64_t kMaxLabels = 1'000'000;
constexpr size_t kMaxNameLength = 64;
constexpr size_t kMaxToldBytes = 1024;

bool IsSha256(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
                  (c >= 'a' && c <= 'f');
         });
}

std::string ReadSha256(const JsonFields& fields) {
  std::string sha256 = fields.Text("sha256");
  if (!IsSha256(sha256)) {
    fields.Fail("sha256", "must be 64 lower-case hexadecimal digits");
  }
  return sha256;
}

PackageFile ReadPackageFile(const JsonFields& fields) {
  PackageFile file{fields.NonEmptyText("file"), ReadSha256(fields)};
  // A plain name cannot leave the package's folder.
  if (file.file.find_first_of(std::string_view("/\0", 2)) !=
          std::string::npos ||
      file.file.starts_with('.')) {
    fields.Fail("file", "must be the plain name of a file in the package");
  }
  return file;
}

// What callers are told has to fit into what they take.
std::string ReadTold(const JsonFields& fields, std::string_view key) {
  std::string text = fields.Text(key);
  if (text.size() > kMaxToldBytes) {
    fields.Fail(key, absl::StrCat("is longer than ", kMaxToldBytes, " bytes"));
  }
  return text;
}

int ReadInt(const JsonFields& fields, std::string_view key,
            IntegerRange range) {
  return static_cast<int>(fields.Integer(key, range));
}

void RequireText(const JsonFields& fields, std::string_view key,
                 std::string_view expected) {
  if (fields.Text(key) != expected) {
    fields.Fail(key, "must be \"" + std::string(expected) + "\"");
  }
}

std::array<float, 3> ReadChannels(const JsonFields& fields,
                                  std::string_view key) {
  const std::vector<double> values = fields.Numbers(key, 3);
  std::array<float, 3> channels = {};
  for (size_t c = 0; c < channels.size(); ++c) {
    channels[c] = static_cast<float>(values[c]);
    if (!std::isfinite(channels[c])) fields.Fail(key, "is out of range");
  }
  return channels;
}

float ReadPositiveFloat(const JsonFields& fields, std::string_view key) {
  const auto value = static_cast<float>(fields.PositiveNumber(key));
  if (!std::isnormal(value)) fields.Fail(key, "is out of range");
  return value;
}

InputSpec ReadInput(const JsonFields& fields) {
  InputSpec input;
  input.tensor.width = ReadInt(fields, "width", {1, kMaxSide});
  input.tensor.height = ReadInt(fields, "height", {1, kMaxSide});
  const int longest = std::max(input.tensor.width, input.tensor.height);
  input.tensor.resize_shorter_side =
      ReadInt(fields, "resize_shorter_side", {longest, kMaxSide});
  RequireText(fields, "color", "RGB");
  RequireText(fields, "interpolation", "bilinear_antialias");
  input.divisor = ReadPositiveFloat(fields, "divisor");
  input.mean = ReadChannels(fields, "mean");
  input.std = ReadChannels(fields, "std");
  for (const float deviation : input.std) {
    if (!(deviation > 0)) fields.Fail("std", "must be greater than 0");
  }
  return input;
}

Scores ReadScores(const JsonFields& fields) {
  if (!fields.Has("scores")) return Scores::kSoftmax;
  const std::string text = fields.Text("scores");
  if (text != "softmax" && text != "sigmoid") {
    fields.Fail("scores", "must be \"softmax\" or \"sigmoid\"");
  }
  return text == "sigmoid" ? Scores::kSigmoid : Scores::kSoftmax;
}

InputQuantisation ReadQuantisation(const JsonFields& input) {
  RequireText(input, "dtype", "quint8");
  InputQuantisation quantisation;
  // Kept as double, as libtorch does, though it must do as a float.
  ReadPositiveFloat(input, "scale");
  quantisation.scale = input.Number("scale");
  quantisation.zero_point = ReadInt(input, "zero_point", {0, 255});
  return quantisation;
}

std::map<Precision, PrecisionEntry> ReadPrecisions(const JsonFields& fields) {
  std::map<Precision, PrecisionEntry> precisions;
  for (const Precision precision : {Precision::kFp32, Precision::kInt8}) {
    const std::string_view name = PrecisionName(precision);
    if (!fields.Has(name)) continue;
    const JsonFields entry = fields.Object(name);
    PrecisionEntry& read = precisions[precision];
    read.model = ReadPackageFile(entry);
    if (precision == Precision::kInt8) {
      RequireText(entry, "engine", "onednn");
      read.input_quantisation = ReadQuantisation(entry.Object("input"));
    } else {
      RequireText(entry.Object("input"), "dtype", "float32");
    }
  }
  const auto fp32 = precisions.find(Precision::kFp32);
  if (fp32 != precisions.end()) precisions[Precision::kBf16] = fp32->second;
  return precisions;
}

double ReadFraction(const JsonFields& fields, std::string_view key) {
  const double value = fields.Number(key);
  if (value < 0 || value > 1) fields.Fail(key, "must be from 0 to 1");
  return value;
}

Measured ReadMeasured(const JsonFields& fields) {
  Measured measured;
  measured.set = ReadTold(fields, "set");
  measured.images = ReadInt(fields, "images", {1, 1'000'000'000});
  for (const Precision precision : kPrecisions) {
    const std::string_view name = PrecisionName(precision);
    if (!fields.Has(name)) continue;
    const JsonFields entry = fields.Object(name);
    Accuracy& accuracy = measured.accuracy[precision];
    if (entry.Has("top1") || entry.Has("top5")) {
      accuracy.top1 = ReadFraction(entry, "top1");
      accuracy.top5 = ReadFraction(entry, "top5");
    }
    if (entry.Has("agreement")) {
      accuracy.agreement = ReadFraction(entry, "agreement");
    }
    if (entry.Has("method")) accuracy.method = ReadTold(entry, "method");
  }
  return measured;
}

std::vector<std::string> ReadNotes(const json& document,
                                   const JsonFields& fields) {
  std::vector<std::string> notes;
  if (!fields.Has("notes")) return notes;
  const json& list = document["notes"];
  for (const json& note : list.is_array() ? list : json::array({nullptr})) {
    if (!note.is_string()) {
      fields.Fail("notes", "must be a list of strings");
      break;
    }
    notes.push_back(note.get<std::string>());
  }
  return notes;
}

void ReadIdentity(const JsonFields& fields, Manifest& manifest) {
  fields.Integer("format_version", {kFormatVersion, kFormatVersion});
  manifest.name = fields.Text("name");
  if (!IsModelName(manifest.name)) {
    fields.Fail("name", "must be 1 to 64 letters, digits, '_', '-' or '.'");
  }
  manifest.version = ParseModelVersion(fields.Text("version")).value_or(0);
  if (manifest.version == 0) {
    fields.Fail("version", "must be a positive decimal number in quotes");
  }
  manifest.architecture = ReadTold(fields, "architecture");
  if (manifest.architecture.empty()) {
    fields.Fail("architecture", "must not be empty");
  }
  manifest.trained = fields.Flag("trained");
  manifest.created = fields.Text("created");
}

Manifest ReadFields(const json& document, const JsonFields& fields) {
  Manifest manifest;
  ReadIdentity(fields, manifest);
  const JsonFields source = fields.Object("source");
  manifest.source = {ReadTold(source, "weights"), source.Text("sha256"),
                     ReadTold(source, "licence")};
  manifest.input = ReadInput(fields.Object("input"));
  manifest.scores = ReadScores(fields);
  const JsonFields labels = fields.Object("labels");
  manifest.labels = ReadPackageFile(labels);
  manifest.labels_count = ReadInt(labels, "count", {1, kMaxLabels});
  manifest.precisions = ReadPrecisions(fields.Object("precisions"));
  if (manifest.precisions.empty()) {
    fields.Fail("precisions", "must have \"fp32\" or \"int8\"");
  }
  if (fields.Has("measured")) {
    manifest.measured = ReadMeasured(fields.Object("measured"));
  }
  manifest.notes = ReadNotes(document, fields);
  return manifest;
}

}  // namespace

absl::StatusOr<std::string> ReadManifestText(
    const std::filesystem::path& directory) {
  return ReadBoundedFile(directory / "manifest.json", kMaxManifestBytes);
}

absl::StatusOr<Manifest> ReadManifest(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / "manifest.json";
  const absl::StatusOr<std::string> text = ReadManifestText(directory);
  if (!text.ok()) return text.status();
  json document;
  try {
    document = json::parse(*text);
  } catch (const json::exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(path.string(), ": is not JSON: ", error.what()));
  }
  absl::Status status;
  const JsonFields fields(document, absl::StrCat(path.string(), ":"), status);
  Manifest manifest = ReadFields(document, fields);
  if (!status.ok()) return status;
  return manifest;
}

bool IsModelName(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameLength || name.front() == '.') {
    return false;
  }
  return std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' ||
           c == '-' || c == '.';
  });
}

std::optional<int64_t> ParseModelVersion(std::string_view text) {
  if (text.empty() || text.size() > 18 || text.front() == '0') return {};
  int64_t version = 0;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return {};
    version = version * 10 + (c - '0');
  }
  return version;
}

}  // namespace wanwu::model

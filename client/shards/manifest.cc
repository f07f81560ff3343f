#include "client/shards/manifest.h"

#include <exception>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace wanwu::shards {
namespace {

// In the order that people read it in.
using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;

Json PartJson(const PartFacts& part) {
  return {{"file", part.file},
          {"lines", part.lines},
          {"errors", part.errors},
          {"bytes", part.bytes},
          {"sha256", part.sha256}};
}

// As a number it would be too long for many readers of JSON.
std::string SumText(uint64_t sum) {
  return absl::StrCat(absl::Hex(sum, absl::kZeroPad16));
}

PartFacts PartFrom(const Json& json) {
  return {json.at("file"), json.at("lines"), json.at("errors"),
          json.at("bytes"), json.at("sha256")};
}

NameFacts NamesFrom(const Json& json) {
  NameFacts names;
  names.count = json.at("count");
  names.repeated = json.at("repeated");
  names.sha256 = json.at("sha256");
  names.listed = json.at("listed");
  const std::string sum = json.at("listed_sum");
  if (!absl::SimpleHexAtoi(sum, &names.listed_sum)) {
    throw std::invalid_argument("listed_sum");
  }
  return names;
}

Manifest From(const Json& json) {
  Manifest manifest;
  manifest.shard = {json.at("shard"), json.at("shards")};
  const Json& input = json.at("input");
  manifest.source = {input.at("folder"), input.at("list")};
  const Json& question = json.at("request");
  manifest.question = {question.at("top_k"), question.at("model"),
                       question.at("model_version"), question.at("language")};
  manifest.names = NamesFrom(json.at("names"));
  for (const Json& part : json.at("parts")) {
    manifest.parts.push_back(PartFrom(part));
  }
  return manifest;
}

}  // namespace

uint64_t Manifest::Lines() const {
  uint64_t lines = 0;
  for (const PartFacts& part : parts) lines += part.lines;
  return lines;
}

uint64_t Manifest::Errors() const {
  uint64_t errors = 0;
  for (const PartFacts& part : parts) errors += part.errors;
  return errors;
}

std::string ManifestText(const Manifest& manifest) {
  const Question& question = manifest.question;
  const NameFacts& names = manifest.names;
  Json json = {
      {"format", kFormat},
      {"shard", manifest.shard.index},
      {"shards", manifest.shard.count},
      {"done", manifest.Done()},
      {"lines", manifest.Lines()},
      {"errors", manifest.Errors()},
      {"input",
       {{"folder", manifest.source.folder}, {"list", manifest.source.list}}},
      {"request",
       {{"top_k", question.top_k},
        {"model", question.model},
        {"model_version", question.model_version},
        {"language", question.language}}},
      {"names",
       {{"count", names.count},
        {"repeated", names.repeated},
        {"sha256", names.sha256},
        {"listed", names.listed},
        {"listed_sum", SumText(names.listed_sum)}}},
      {"parts", Json::array()}};
  for (const PartFacts& part : manifest.parts) {
    json["parts"].push_back(PartJson(part));
  }
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

absl::StatusOr<Manifest> ParseManifest(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    if (json.at("format") == kFormat) return From(json);
    return absl::DataLossError("of another format");
  } catch (const std::exception& error) {
    return absl::DataLossError(absl::StrCat("not a manifest: ", error.what()));
  }
}

}  // namespace wanwu::shards

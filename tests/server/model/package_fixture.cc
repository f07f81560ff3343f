#include "tests/server/model/package_fixture.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "common/digest/sha256.h"

namespace wanwu::model {

namespace fs = std::filesystem;
using nlohmann::json;

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (fs::temp_directory_path() / "wanwu-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void WriteFile(const fs::path& path, std::string_view contents) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << contents;
}

std::string LabelsTsv(int count) {
  std::string tsv = "index\twordnet_id\tlabel_en\tlabel_zh\n";
  for (int i = 0; i < count; ++i) {
    const std::string index = std::to_string(i);
    tsv += index + "\tn0000000" + index + "\tclass " + index + "\t类" + index +
           "\n";
  }
  return tsv;
}

json TinyManifest() {
  return json::parse(R"({
    "format_version": 1, "name": "tiny", "version": "7",
    "architecture": "tinynet", "trained": true,
    "created": "2026-01-02T03:04:05Z",
    "source": {"weights": "a test", "sha256": "", "licence": "none"},
    "input": {"width": 224, "height": 200, "color": "RGB",
              "resize_shorter_side": 256,
              "interpolation": "bilinear_antialias", "divisor": 255.0,
              "mean": [0.1, 0.2, 0.3], "std": [0.4, 0.5, 0.6]},
    "labels": {"file": "labels.tsv", "count": 3},
    "precisions": {
      "fp32": {"file": "model.fp32.pt", "input": {"dtype": "float32"}},
      "int8": {"file": "model.int8.pt", "engine": "onednn",
               "input": {"dtype": "quint8", "scale": 0.02,
                         "zero_point": 114}}},
    "measured": {"set": "some pictures", "images": 500,
                 "fp32": {"top1": 0.7, "top5": 0.9},
                 "int8": {"top1": 0.69, "top5": 0.89, "agreement": 0.97,
                          "method": "two folds"}},
    "notes": ["one", "two"]})",
                     nullptr, true);
}

fs::path WriteTinyPackage(const fs::path& repository, const json& manifest) {
  const fs::path directory = repository / "tiny" / "7";
  const std::string labels = LabelsTsv(3);
  WriteFile(directory / "labels.tsv", labels);
  WriteFile(directory / "model.fp32.pt", "fp32");
  WriteFile(directory / "model.int8.pt", "int8");
  json complete = manifest;
  const auto set_sha256 = [](json& entry, std::string_view contents) {
    if (entry.is_object() && !entry.contains("sha256")) {
      entry["sha256"] = Sha256Hex(contents);
    }
  };
  set_sha256(complete["labels"], labels);
  if (complete["precisions"].is_object()) {
    for (auto& [precision, entry] : complete["precisions"].items()) {
      set_sha256(entry, precision);
    }
  }
  WriteFile(directory / "manifest.json", complete.dump());
  return directory;
}

}  // namespace wanwu::model

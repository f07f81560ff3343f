#pragma once

#include <string>
#include <string_view>

#include "client/cli/picture_output.h"

namespace wanwu::cli {

// One row per classification under a header, fields quoted as in RFC 4180,
// lines ending in '\n'. Errors go to the error stream.
class CsvOutput final : public PictureOutput {
 public:
  explicit CsvOutput(OutputStreams streams) : streams_(streams) {}

  void Begin() override;
  void Write(const PictureResult& picture) override;

 private:
  const OutputStreams streams_;
};

// `field` in quotes where RFC 4180 asks for them.
std::string CsvField(std::string_view field);

}  // namespace wanwu::cli

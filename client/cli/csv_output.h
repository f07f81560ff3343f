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

// `text` in quotes where RFC 4180 asks for them, with an apostrophe before it
// where a spreadsheet would run it as a formula. Not for numbers.
std::string CsvField(std::string_view text);

}  // namespace wanwu::cli

#pragma once

#include <string>
#include <string_view>

#include "client/cli/picture_output.h"

namespace wanwu::cli {

// One row per classification under a header, fields quoted as in RFC 4180,
// lines ending in '\n'. Errors go to the error stream.
class CsvOutput final : public PictureOutput {
 public:
  // What Excel needs to take a file for UTF-8, and other readers may stumble
  // over.
  enum class ByteOrderMark { kNone, kWritten };

  explicit CsvOutput(OutputStreams streams,
                     ByteOrderMark mark = ByteOrderMark::kNone)
      : streams_(streams), mark_(mark) {}

  void Begin() override;
  void Write(const PictureResult& picture) override;

 private:
  const OutputStreams streams_;
  const ByteOrderMark mark_;
};

// `text` in quotes where RFC 4180 asks for them, with an apostrophe before it
// where a spreadsheet would run it as a formula. Not for numbers.
std::string CsvField(std::string_view text);

}  // namespace wanwu::cli

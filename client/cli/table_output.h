#pragma once

#include "client/cli/picture_output.h"
#include "client/cli/terminal.h"

namespace wanwu::cli {

// For people: a line for the picture and one for each warning, then an aligned
// line per class. Errors go to the error stream.
class TableOutput final : public PictureOutput {
 public:
  TableOutput(OutputStreams streams, Palette palette)
      : streams_(streams), palette_(palette) {}

  void Write(const PictureResult& picture) override;

 private:
  void WriteHeading(const PictureResult& picture);
  void WriteWarnings(const v1::ClassifyResponse& response);
  void WriteClasses(const v1::ClassifyResponse& response);

  const OutputStreams streams_;
  const Palette palette_;
};

}  // namespace wanwu::cli

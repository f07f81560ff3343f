// One format's outline and decoder on whatever bytes. What a sanitizer does not
// catch: a probe that refuses what the decoder accepts, a tensor of another
// size, an error without a reason.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "absl/status/status.h"
#include "server/image/decode.h"
#include "server/image/image_format.h"
#include "server/image/picture_probe.h"

namespace {

using namespace wanwu::image;

void Check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: not so: %s\n", what);
  std::abort();
}

DecodeOptions Options() {
  DecodeOptions options;
  options.limits.formats.reset();
  options.limits.formats.set(
      static_cast<size_t>(*FormatFromName(WANWU_FUZZ_FORMAT)));
  options.limits.max_pixels = 1'000'000;
  options.limits.max_decoder_bytes = int64_t{64} << 20;
  return options;
}

bool IsExpected(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsResourceExhausted(status);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const DecodeOptions options = Options();
  const TensorSpec spec{.resize_shorter_side = 16, .width = 12, .height = 12};
  // In two pieces, so that nothing relies on one.
  const std::span<const uint8_t> all(data, size);
  ByteChain chain(all.first(size / 2));
  chain.Append(all.subspan(size / 2));
  const auto probe = ProbePicture(chain, spec, options);
  const auto tensor = DecodePicture(chain, spec, options);
  Check(probe.ok() || !tensor.ok(), "what is refused early is refused late");
  Check(tensor.ok() || IsExpected(tensor.status()), "errors are the picture's");
  Check(!tensor.ok() || tensor->values.size() == 12 * 12 * 3, "the size fits");
  return 0;
}

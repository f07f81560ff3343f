#include "server/image/damage.h"

#include "absl/strings/str_cat.h"

namespace wanwu::image {
namespace {

std::string Counted(int64_t amount, absl::string_view one,
                    absl::string_view many) {
  return absl::StrCat(amount, " ", amount == 1 ? one : many);
}

std::string Warning(Damage kind, int64_t amount) {
  switch (kind) {
    case Damage::kMissingData:
      return "a part of the picture's data is missing and was filled in";
    case Damage::kCorruptData:
      return "a part of the picture's data is corrupt";
    case Damage::kRestartMarkers:
      return "restart markers are missing or out of order";
    case Damage::kScanParameters:
      return "a scan's parameters are wrong";
    case Damage::kChecksums:
      return Counted(amount, "wrong checksum ignored",
                     "wrong checksums ignored");
    case Damage::kStrayBytes:
      return Counted(amount, "stray byte skipped", "stray bytes skipped");
    case Damage::kSegmentLength:
      return "a segment's length is wrong";
    case Damage::kEmptyPicture:
      return "an empty picture before this one was skipped";
    case Damage::kUnknownVersion:
      return "the version of the format is unknown";
    case Damage::kNoEnd:
      return "the end of the file is missing";
    case Damage::kAfterPicture:
      return "what follows the picture is broken and was ignored";
  }
  return {};
}

}  // namespace

std::vector<std::string> DamageTally::Warnings() const {
  std::vector<std::string> warnings;
  for (size_t i = 0; i < amounts_.size(); ++i) {
    if (amounts_[i] <= 0 || warnings.size() == kMostWarnings) continue;
    warnings.push_back(Warning(static_cast<Damage>(i), amounts_[i]));
  }
  return warnings;
}

}  // namespace wanwu::image

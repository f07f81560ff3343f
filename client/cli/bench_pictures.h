#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace wanwu::cli {

// What is held of pictures in memory; more are left out, and that is said.
inline constexpr std::size_t kMostPictureBytes = std::size_t{1} << 30;

// Reads the pictures that load is made of. A file that is named is taken
// whatever it holds, of a directory and its sub-directories only what begins as
// A picture by its first bytes. What cannot be read below a directory is left
// out and named on `err`; a named file that cannot be read is an error, whose
// message names it.
absl::StatusOr<std::vector<std::string>> ReadPictures(
    const std::vector<std::string>& paths, std::ostream& err);

}  // namespace wanwu::cli

#pragma once

#include <string>

#include "client/cli/terminal.h"
#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::cli {

// One line per model version under a header, then why models failed to load.
std::string ModelsTable(const v1::ListModelsResponse& models,
                        const Palette& palette);

// All that is known about one version, with its batch times t(b).
std::string ModelDetails(const v1::Model& model, const Palette& palette);

}  // namespace wanwu::cli

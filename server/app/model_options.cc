#include "server/app/model_options.h"

#include "common/options/value_types.h"

namespace wanwu::app {
namespace {

using options::Duration;
using options::Emptiness;
using options::OneOf;
using options::OptionTable;
using options::Path;
using options::Text;
using std::chrono::hours;
using std::chrono::microseconds;

options::ValueType<model::VersionPolicy> Versions() {
  return {.placeholder = "POLICY",
          .expected =
              "[MODEL=]latest[:COUNT]|all|pinned:VERSION+…, separated "
              "by commas",
          .parse = &model::VersionPolicy::Parse,
          .format = &model::VersionPolicy::ToString};
}

}  // namespace

void AddModelOptions(OptionTable& table, ServerConfig& config) {
  table.Group("Models");
  table.Add({.name = "model_repository",
             .unit = "",
             .help = "Directory of model packages; every model in it is "
                     "served."},
            &config.model_repository, Path(Emptiness::kRefused));
  table.Add({.name = "version_policy",
             .unit = "",
             .help = "Which versions of each model are served: the newest, so "
                     "many of the newest, all, or those named; with MODEL= "
                     "before it, for that model only."},
            &config.version_policy, Versions());
  table.Add({.name = "repository_poll",
             .unit = "",
             .help = "How often the repository is looked at for what has "
                     "changed; what looks the same twice is loaded; 0: only "
                     "at SIGHUP or when an operator asks."},
            &config.repository_poll, Duration({microseconds(0), hours(24)}));
  table.Add({.name = "default_model",
             .unit = "",
             .help = "Model for requests that name none; empty: resnet18 if it "
                     "is there, else the first by name."},
            &config.default_model, Text(Emptiness::kAllowed));
  table.Add({.name = "precision",
             .unit = "",
             .help = "Arithmetic of the models; auto: of int8, bf16 and fp32, "
                     "whichever the CPU has instructions for and was measured "
                     "to agree with fp32, the one that is fastest in a trial."},
            &config.precision,
            OneOf<model::PrecisionRequest>(
                {{"auto", model::PrecisionRequest::kAuto},
                 {"fp32", model::PrecisionRequest::kFp32},
                 {"bf16", model::PrecisionRequest::kBf16},
                 {"int8", model::PrecisionRequest::kInt8}}));
  table.Add(
      {.name = "state_dir",
       .unit = "",
       .help = "Directory that keeps measured batch times for the next "
               "start; empty: keep nothing.",
       .default_shown = "$XDG_STATE_HOME/wanwu or $HOME/.local/state/wanwu"},
      &config.state_dir, Path(Emptiness::kAllowed));
}

}  // namespace wanwu::app

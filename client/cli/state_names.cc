#include "client/cli/state_names.h"

namespace wanwu::cli {

std::string StateName(v1::ServerStatus::State state) {
  switch (state) {
    case v1::ServerStatus::STATE_STARTING:
      return "starting";
    case v1::ServerStatus::STATE_SERVING:
      return "serving";
    case v1::ServerStatus::STATE_DRAINING:
      return "draining";
    default:
      return "unknown";
  }
}

std::string StateName(v1::Model::State state) {
  switch (state) {
    case v1::Model::STATE_LOADING:
      return "loading";
    case v1::Model::STATE_READY:
      return "ready";
    case v1::Model::STATE_FAILED:
      return "failed";
    default:
      return "unknown";
  }
}

}  // namespace wanwu::cli

#include "client/loadgen/load_plan.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wanwu::loadgen {

std::string ArrivalsName(Arrivals arrivals) {
  switch (arrivals) {
    case Arrivals::kConstant:
      return "constant";
    case Arrivals::kBurst:
      return "burst";
    case Arrivals::kStep:
      return "step";
    case Arrivals::kRamp:
      return "ramp";
    case Arrivals::kPoisson:
      break;
  }
  return "poisson";
}

std::string LoadName(const Load& load) {
  if (load.loop == Loop::kClosed) {
    return absl::StrCat(load.clients,
                        load.clients == 1 ? " client" : " clients");
  }
  return absl::StrFormat("%.4g/s %s", load.rate, ArrivalsName(load.arrivals));
}

}  // namespace wanwu::loadgen

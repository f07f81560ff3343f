#pragma once

#include "server/model/trunk/layers.h"

namespace wanwu::model::trunk {

// Fills in what each layer makes, and brings each gate's sources into their
// order: the activation, then the numbers. False if shapes do not fit, or if
// bytes come to what is for floats only.
bool FillActivations(Trunk& trunk);

}  // namespace wanwu::model::trunk

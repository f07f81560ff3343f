#pragma once

#include <dnnl.hpp>
#include <unordered_map>
#include <vector>

#include "server/model/precision.h"
#include "tests/bench/engine/bare_primitive.h"

namespace wanwu::bench {

// ResNet-18's convolutions and pools as bare oneDNN primitives, with relu and
// residual additions fused and activations [N,H,W,C]: what an engine over
// oneDNN can reach at most. All values are zero. Left out: input look-up,
// zero points, the classifier at the end.
class BareResNet18 {
 public:
  // For the calling thread, on which it is also run.
  BareResNet18(model::Precision precision, int batch);

  void Run();

 private:
  struct Step {
    dnnl::primitive primitive;
    std::unordered_map<int, dnnl::memory> arguments;
  };

  dnnl::memory Activation(int channels, int side) const;
  // Padded by half the kernel. Sums into `residual` if it is there.
  dnnl::memory Convolve(const dnnl::memory& source, const ConvolutionPlan& plan,
                        const dnnl::memory* residual = nullptr);
  dnnl::memory Block(const dnnl::memory& source, int channels, int stride);
  dnnl::memory Pool(const dnnl::memory& source, dnnl::algorithm kind,
                    int kernel, int stride, int pad);

  const int batch_;
  dnnl::memory::data_type activations_;
  dnnl::memory::data_type weights_;
  dnnl::engine engine_;
  dnnl::stream stream_;
  std::vector<Step> steps_;
};

}  // namespace wanwu::bench

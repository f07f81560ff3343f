#include "tests/bench/engine/bare_resnet18.h"

#include <cstring>

namespace wanwu::bench {
namespace {

using dnnl::memory;
using DataType = memory::data_type;
using Layout = memory::format_tag;

constexpr int kInputSide = 224;

void Clear(const memory& values) {
  std::memset(values.get_data_handle(), 0, values.get_desc().get_size());
}

int Side(const memory& activation) {
  return static_cast<int>(DimsOf(activation)[2]);
}

int Channels(const memory& activation) {
  return static_cast<int>(DimsOf(activation)[1]);
}

DataType ActivationType(model::Precision precision) {
  switch (precision) {
    case model::Precision::kFp32:
      return DataType::f32;
    case model::Precision::kBf16:
      return DataType::bf16;
    case model::Precision::kInt8:
      return DataType::u8;
  }
  return DataType::undef;
}

}  // namespace

BareResNet18::BareResNet18(model::Precision precision, int batch)
    : batch_(batch),
      activations_(ActivationType(precision)),
      weights_(precision == model::Precision::kInt8 ? DataType::s8
                                                    : activations_),
      engine_(dnnl::engine::kind::cpu, 0),
      stream_(engine_) {
  memory x =
      Convolve(Activation(3, kInputSide),
               {.out_channels = 64, .kernel = 7, .stride = 2, .relu = true});
  x = Pool(x, dnnl::algorithm::pooling_max, 3, 2, 1);
  for (const int channels : {64, 128, 256, 512}) {
    x = Block(x, channels, channels == 64 ? 1 : 2);
    x = Block(x, channels, 1);
  }
  Pool(x, dnnl::algorithm::pooling_avg_exclude_padding, Side(x), 1, 0);
}

void BareResNet18::Run() {
  for (const Step& step : steps_) {
    step.primitive.execute(stream_, step.arguments);
  }
  stream_.wait();
}

memory BareResNet18::Activation(int channels, int side) const {
  memory values({{batch_, channels, side, side}, activations_, Layout::nhwc},
                engine_);
  Clear(values);
  return values;
}

memory BareResNet18::Block(const memory& source, int channels, int stride) {
  const memory inner = Convolve(
      source,
      {.out_channels = channels, .kernel = 3, .stride = stride, .relu = true});
  const memory shortcut =
      stride == 1
          ? source
          : Convolve(source, {.out_channels = channels, .stride = stride});
  return Convolve(inner, {.out_channels = channels, .kernel = 3, .relu = true},
                  &shortcut);
}

memory BareResNet18::Convolve(const memory& source, const ConvolutionPlan& plan,
                              const memory* residual) {
  const int pad = plan.kernel / 2;
  const int side = (Side(source) + 2 * pad - plan.kernel) / plan.stride + 1;
  const memory target =
      residual != nullptr ? *residual : Activation(plan.out_channels, side);

  const auto primitive = BareConvolution(
      engine_, source.get_desc(),
      {{plan.out_channels, Channels(source), plan.kernel, plan.kernel},
       weights_,
       Layout::any},
      target.get_desc(), plan, residual != nullptr);
  const memory weights(primitive.weights_desc(), engine_);
  const memory bias(primitive.bias_desc(), engine_);
  Clear(weights);
  Clear(bias);
  std::unordered_map<int, memory> arguments =
      BareScales(engine_, plan, weights_);
  arguments.insert({{DNNL_ARG_SRC, source},
                    {DNNL_ARG_WEIGHTS, weights},
                    {DNNL_ARG_BIAS, bias},
                    {DNNL_ARG_DST, target}});
  steps_.push_back({dnnl::convolution_forward(primitive), arguments});
  return target;
}

memory BareResNet18::Pool(const memory& source, dnnl::algorithm kind,
                          int kernel, int stride, int pad) {
  const int side = (Side(source) + 2 * pad - kernel) / stride + 1;
  const memory target = Activation(Channels(source), side);
  steps_.push_back({dnnl::pooling_forward(
                        BarePool(engine_, kind, source.get_desc(),
                                 target.get_desc(), {kernel, stride, pad})),
                    {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, target}}});
  return target;
}

}  // namespace wanwu::bench

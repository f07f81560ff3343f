#include "server/model/trunk/lane_trunk.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace wanwu::model::trunk {
namespace {

using dnnl::memory;

// A cache line, and AVX-512's width.
constexpr size_t kAlignment = 64;

}  // namespace

void LaneTrunk::FreeDeleter::operator()(void* memory) const {
  std::free(memory);
}

LaneTrunk::Buffer LaneTrunk::Allocate(size_t bytes) {
  const size_t whole = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  auto* buffer =
      static_cast<std::byte*>(std::aligned_alloc(kAlignment, whole));
  if (buffer == nullptr) throw std::bad_alloc();
  return Buffer(buffer);
}

LaneTrunk::LaneTrunk(const PackedTrunk& packed)
    : packed_(packed), stream_(CpuEngine()) {}

std::byte* LaneTrunk::Input(int batch) {
  Reserve(batch);
  return Place(kInputValue);
}

std::span<float> LaneTrunk::Run(int batch) {
  const Program& program = ProgramFor(batch);
  for (const Step& step : program.steps) Execute(step);
  for (const Step& step : program.to_float) Execute(step);
  stream_.wait();
  return Output(batch);
}

std::span<float> LaneTrunk::RunObserved(int batch, const Observer& observer) {
  const Program& program = ProgramFor(batch);
  const Trunk& trunk = packed_.trunk();
  for (size_t i = 0; i < program.steps.size(); ++i) {
    Execute(program.steps[i]);
    const Layer& layer = trunk.layers[i];
    const Activation& result = trunk.activations[layer.target];
    std::vector<float> values(static_cast<size_t>(result.size() * batch));
    Execute(MakeToFloat(result, Place(layer.target), values.data(), batch));
    stream_.wait();
    observer(layer, values);
  }
  for (const Step& step : program.to_float) Execute(step);
  stream_.wait();
  return Output(batch);
}

// Programs point into the buffers, so that larger buffers want new ones. The
// largest batch is run first when a model warms up.
void LaneTrunk::Reserve(int batch) {
  if (batch <= capacity_) return;
  programs_.clear();
  slots_.clear();
  const size_t element = ElementBytes(packed_.arithmetic());
  const auto pictures = static_cast<size_t>(batch);
  for (const int64_t size : packed_.slots().slot_sizes) {
    slots_.push_back(Allocate(static_cast<size_t>(size) * element * pictures));
  }
  if (packed_.arithmetic() != Arithmetic::kFloat32) {
    output_ = Allocate(static_cast<size_t>(packed_.output().size()) *
                       sizeof(float) * pictures);
  }
  capacity_ = batch;
}

const LaneTrunk::Program& LaneTrunk::ProgramFor(int batch) {
  Reserve(batch);
  const auto known = programs_.find(batch);
  if (known != programs_.end()) return known->second;
  Program program;
  for (size_t i = 0; i < packed_.trunk().layers.size(); ++i) {
    program.steps.push_back(MakeStep(i, batch));
  }
  if (packed_.arithmetic() != Arithmetic::kFloat32) {
    program.to_float.push_back(MakeToFloat(
        packed_.output(), Place(packed_.trunk().output),
        reinterpret_cast<float*>(output_.get()), batch));
  }
  return programs_.emplace(batch, std::move(program)).first->second;
}

LaneTrunk::Step LaneTrunk::MakeStep(size_t index, int batch) {
  const Trunk& trunk = packed_.trunk();
  const Layer& layer = trunk.layers[index];
  const Arithmetic arithmetic = packed_.arithmetic();
  const auto activation = [&](ValueId value) {
    return memory(ActivationDesc(trunk.activations[value], arithmetic, batch),
                  CpuEngine(), Place(value));
  };
  Step step;
  step.arguments = {{DNNL_ARG_SRC, activation(layer.source)},
                    {DNNL_ARG_DST, activation(layer.target)}};
  if (std::holds_alternative<MaxPool>(layer.kind)) {
    step.primitive =
        dnnl::pooling_forward(PoolPrimitive(trunk, layer, arithmetic, batch));
    return step;
  }
  const PackedTrunk::Parameters& parameters = packed_.parameters(index);
  step.primitive = dnnl::convolution_forward(ConvolutionPrimitive(
      trunk, layer, arithmetic, batch, parameters.weights.get_desc()));
  step.arguments.emplace(DNNL_ARG_WEIGHTS, parameters.weights);
  step.arguments.emplace(DNNL_ARG_BIAS, parameters.bias);
  if (packed_.slots().copies_addend[index]) {
    step.addend = {Place(*layer.addend), Place(layer.target),
                   Bytes(layer.target, batch)};
  }
  return step;
}

LaneTrunk::Step LaneTrunk::MakeToFloat(const Activation& activation,
                                       std::byte* from, float* to, int batch) {
  const Arithmetic arithmetic = packed_.arithmetic();
  Step step;
  step.primitive =
      dnnl::reorder(ToFloatPrimitive(activation, arithmetic, batch));
  step.arguments = {
      {DNNL_ARG_FROM,
       memory(ActivationDesc(activation, arithmetic, batch), CpuEngine(),
              from)},
      {DNNL_ARG_TO,
       memory(ActivationDesc(activation, Arithmetic::kFloat32, batch),
              CpuEngine(), to)}};
  return step;
}

std::byte* LaneTrunk::Place(ValueId value) {
  return slots_[packed_.slots().slot_of[value]].get();
}

size_t LaneTrunk::Bytes(ValueId value, int batch) const {
  return static_cast<size_t>(packed_.trunk().activations[value].size()) *
         ElementBytes(packed_.arithmetic()) * static_cast<size_t>(batch);
}

void LaneTrunk::Execute(const Step& step) {
  if (step.addend.bytes > 0) {
    std::memcpy(step.addend.to, step.addend.from, step.addend.bytes);
  }
  step.primitive.execute(stream_, step.arguments);
}

std::span<float> LaneTrunk::Output(int batch) {
  std::byte* const values = packed_.arithmetic() == Arithmetic::kFloat32
                                ? Place(packed_.trunk().output)
                                : output_.get();
  return {reinterpret_cast<float*>(values),
          static_cast<size_t>(packed_.output().size() * batch)};
}

}  // namespace wanwu::model::trunk

#include "server/model/trunk/lane_trunk.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "server/model/trunk/layer_descs.h"
#include "server/model/trunk/weights_in_layout.h"

namespace wanwu::model::trunk {
using dnnl::memory;

LaneTrunk::LaneTrunk(const PackedTrunk& packed)
    : packed_(packed), stream_(CpuEngine()) {}

std::byte* LaneTrunk::Input(int batch) {
  Reserve(batch);
  return Place(kInputValue);
}

std::span<float> LaneTrunk::Run(int batch) {
  const Program& program = ProgramFor(batch);
  for (const Step& step : program.steps) step(stream_);
  return Finish(program, batch);
}

std::span<float> LaneTrunk::RunObserved(int batch, const Observer& observer) {
  const Program& program = ProgramFor(batch);
  const Trunk& trunk = packed_.trunk();
  for (size_t i = 0; i < program.steps.size(); ++i) {
    program.steps[i](stream_);
    const Layer& layer = trunk.layers[i];
    const Activation& result = trunk.activations[layer.target];
    std::vector<float> values(static_cast<size_t>(result.size() * batch));
    MakeToFloat(result, Place(layer.target), values.data(), batch)(stream_);
    stream_.wait();
    observer(layer, values);
  }
  return Finish(program, batch);
}

// Programs point into the buffers, so that larger buffers want new ones. The
// largest batch is run first when a model warms up.
void LaneTrunk::Reserve(int batch) {
  if (batch <= capacity_) return;
  programs_.clear();
  slots_.clear();
  const auto allocate = [&](int64_t bytes) {
    return AllocateAligned(static_cast<size_t>(bytes * batch));
  };
  const auto allocate_floats = [&](int64_t count) {
    return allocate(count * int64_t{sizeof(float)});
  };
  for (const int64_t bytes : packed_.slots().slot_bytes) {
    slots_.push_back(allocate(bytes));
  }
  scratch_ = AllocateAligned(packed_.ScratchBytes(batch));
  features_ = allocate_floats(packed_.features().size());
  means_ = allocate_floats(packed_.features().channels);
  head_results_.clear();
  for (const HeadLayer& layer : packed_.trunk().head.layers) {
    head_results_.push_back(allocate_floats(layer.linear.out_features));
  }
  capacity_ = batch;
}

const LaneTrunk::Program& LaneTrunk::ProgramFor(int batch) {
  Reserve(batch);
  const auto known = programs_.find(batch);
  if (known != programs_.end()) return known->second;
  Program program;
  for (size_t i = 0; i < packed_.trunk().layers.size(); ++i) {
    program.steps.push_back(MakeLayer(i, batch));
  }
  AddHead(program, batch);
  return programs_.emplace(batch, std::move(program)).first->second;
}

memory LaneTrunk::InPlace(ValueId value, int batch) {
  return {ActivationDesc(packed_.trunk().activations[value],
                         packed_.arithmetic(), batch),
          CpuEngine(), Place(value)};
}

Step LaneTrunk::MakeLayer(size_t index, int batch) {
  const Trunk& trunk = packed_.trunk();
  const Layer& layer = trunk.layers[index];
  const Arithmetic arithmetic = packed_.arithmetic();
  if (std::holds_alternative<Convolution>(layer.kind)) {
    return MakeConvolution(index, batch);
  }
  if (std::holds_alternative<Dequantise>(layer.kind)) {
    return MakeToFloat(trunk.activations[layer.source], Place(layer.source),
                       reinterpret_cast<float*>(Place(layer.target)), batch);
  }
  Arguments arguments = {{DNNL_ARG_SRC, InPlace(layer.source, batch)},
                         {DNNL_ARG_DST, InPlace(layer.target, batch)}};
  if (std::holds_alternative<Gate>(layer.kind)) {
    arguments.emplace(DNNL_ARG_SRC_1, InPlace(layer.more_sources[0], batch));
    return PrimitiveStep(
        dnnl::binary(GatePrimitive(trunk, layer, arithmetic, batch)),
        std::move(arguments));
  }
  if (std::holds_alternative<Quantise>(layer.kind)) {
    const Activation& target = trunk.activations[layer.target];
    arguments.merge(ToBytesConstants(target));
    return PrimitiveStep(
        dnnl::reorder(ToBytesPrimitive(target, arithmetic, batch)),
        std::move(arguments));
  }
  if (std::holds_alternative<Concatenate>(layer.kind)) {
    int argument = DNNL_ARG_MULTIPLE_SRC;
    arguments.emplace(argument++, InPlace(layer.source, batch));
    for (const ValueId more : layer.more_sources) {
      arguments.emplace(argument++, InPlace(more, batch));
    }
    return PrimitiveStep(
        dnnl::concat(ConcatenationPrimitive(trunk, layer, arithmetic, batch)),
        std::move(arguments));
  }
  return PrimitiveStep(
      dnnl::pooling_forward(PoolPrimitive(trunk, layer, arithmetic, batch)),
      std::move(arguments));
}

Step LaneTrunk::MakeConvolution(size_t index, int batch) {
  const Layer& layer = packed_.trunk().layers[index];
  const Step step = ConvolutionStep(
      packed_.trunk(), layer, packed_.arithmetic(),
      packed_.algorithms()[index].For(batch), batch, packed_.parameters(index),
      {Place(layer.source), Place(layer.target), scratch_.get()});
  if (!packed_.slots().copies_addend[index]) return step;
  return [step, from = Place(*layer.addend), to = Place(layer.target),
          bytes = InPlace(layer.target, batch).get_desc().get_size()](
             dnnl::stream& stream) {
    std::memcpy(to, from, bytes);
    step(stream);
  };
}

void LaneTrunk::AddHead(Program& program, int batch) {
  const Trunk& trunk = packed_.trunk();
  const Activation& features = packed_.features();
  std::byte* const place = Place(trunk.output);
  program.result = reinterpret_cast<float*>(place);
  if (packed_.arithmetic() != Arithmetic::kFloat32) {
    program.result = reinterpret_cast<float*>(features_.get());
    program.head.push_back(MakeToFloat(features, place, program.result, batch));
  }
  if (trunk.head.averages) {
    const auto primitive = AveragePrimitive(features, batch);
    program.head.push_back(PrimitiveStep(
        dnnl::pooling_forward(primitive),
        {{DNNL_ARG_SRC,
          memory(primitive.src_desc(), CpuEngine(), program.result)},
         {DNNL_ARG_DST,
          memory(primitive.dst_desc(), CpuEngine(), means_.get())}}));
    program.result = reinterpret_cast<float*>(means_.get());
  }
  for (size_t i = 0; i < trunk.head.layers.size(); ++i) {
    std::byte* const from = i == 0 ? means_.get() : head_results_[i - 1].get();
    program.head.push_back(MakeHeadLayer(i, from, batch));
    program.result = reinterpret_cast<float*>(head_results_[i].get());
  }
}

Step LaneTrunk::MakeHeadLayer(size_t index, std::byte* from, int batch) {
  const HeadLayer& layer = packed_.trunk().head.layers[index];
  const Parameters& parameters = packed_.head_parameters(index);
  const auto primitive = [&](const std::optional<memory::desc>& weights) {
    return LinearPrimitive(layer, batch, weights);
  };
  const auto [description, weights] = WithWeights(primitive, parameters);
  Arguments arguments = parameters.constants;
  arguments.emplace(DNNL_ARG_WEIGHTS, weights);
  arguments.emplace(DNNL_ARG_SRC,
                    memory(description.src_desc(), CpuEngine(), from));
  arguments.emplace(DNNL_ARG_DST, memory(description.dst_desc(), CpuEngine(),
                                         head_results_[index].get()));
  return PrimitiveStep(dnnl::inner_product_forward(description),
                       std::move(arguments));
}

Step LaneTrunk::MakeToFloat(const Activation& activation, std::byte* place,
                            float* to, int batch) const {
  const auto primitive =
      ToFloatPrimitive(activation, packed_.arithmetic(), batch);
  Arguments arguments = ToFloatConstants(activation);
  arguments.emplace(DNNL_ARG_FROM,
                    memory(primitive.src_desc(), CpuEngine(), place));
  arguments.emplace(DNNL_ARG_TO, memory(primitive.dst_desc(), CpuEngine(), to));
  return PrimitiveStep(dnnl::reorder(primitive), std::move(arguments));
}

std::byte* LaneTrunk::Place(ValueId value) {
  return slots_[packed_.slots().slot_of[value]].get();
}

std::span<float> LaneTrunk::Finish(const Program& program, int batch) {
  for (const Step& step : program.head) step(stream_);
  stream_.wait();
  return {program.result,
          static_cast<size_t>(ResultOf(packed_.trunk()).size() * batch)};
}

}  // namespace wanwu::model::trunk

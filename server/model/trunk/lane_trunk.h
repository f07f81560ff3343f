#pragma once

#include <cstddef>
#include <dnnl.hpp>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "server/model/trunk/aligned_buffer.h"
#include "server/model/trunk/convolution_step.h"
#include "server/model/trunk/packed_trunk.h"

namespace wanwu::model::trunk {

// One lane's way through a trunk: its primitives, built once per batch size,
// and its activations. For one thread, on which it is also made. Everything
// here throws dnnl::error or std::bad_alloc.
class LaneTrunk {
 public:
  // `packed` must outlive the lane's.
  explicit LaneTrunk(const PackedTrunk& packed);

  // Where the input of `batch` pictures goes, [N,H,W,C] of the arithmetic's
  // elements (bytes with the input's affine; bfloat16 as uint16_t). Valid until
  // a larger batch is asked for; overwritten by Run.
  std::byte* Input(int batch);

  // Runs on what Input(batch) holds. Returns ResultOf(trunk) as float32
  // [N,H,W,C], valid until the next call.
  std::span<float> Run(int batch);

  // As Run, and shows each layer's result as float32 [N,H,W,C]. For looking
  // into a model, not for speed.
  using Observer =
      std::function<void(const Layer& layer, std::span<const float> result)>;
  std::span<float> RunObserved(int batch, const Observer& observer);

 private:
  struct Program {
    std::vector<Step> steps;
    std::vector<Step> head;
    float* result = nullptr;
  };

  void Reserve(int batch);
  const Program& ProgramFor(int batch);
  Step MakeLayer(size_t layer, int batch);
  Step MakeConvolution(size_t layer, int batch);
  void AddHead(Program& program, int batch);
  // The activation as the trunk computes with it, in its place.
  dnnl::memory InPlace(ValueId value, int batch);
  Step MakeHeadLayer(size_t layer, std::byte* from, int batch);
  // `place` holds an activation in the trunk's arithmetic.
  Step MakeToFloat(const Activation& activation, std::byte* place, float* to,
                   int batch) const;
  std::byte* Place(ValueId value);
  std::span<float> Finish(const Program& program, int batch);

  const PackedTrunk& packed_;
  dnnl::stream stream_;
  // Pictures that the buffers hold.
  int capacity_ = 0;
  // By slot.
  std::vector<AlignedBuffer> slots_;
  // One layer's after the other.
  AlignedBuffer scratch_;
  // The head's float32 values.
  AlignedBuffer features_;
  AlignedBuffer means_;
  // By layer of the head.
  std::vector<AlignedBuffer> head_results_;
  std::map<int, Program> programs_;
};

}  // namespace wanwu::model::trunk

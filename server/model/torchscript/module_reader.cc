#include "server/model/torchscript/module_reader.h"

#include <ATen/Context.h>
#include <c10/core/InferenceMode.h>
#include <caffe2/serialize/read_adapter_interface.h>
#include <dlfcn.h>
#include <dnnl.h>
#include <torch/csrc/jit/runtime/profiling_graph_executor_impl.h>
#include <torch/csrc/jit/serialization/import.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <utility>

namespace wanwu::model::torchscript {
namespace {

// oneDNN's default of 1024 primitives is about three models at eight batch
// sizes; past it every run would build its primitives anew.
constexpr int kPrimitiveCacheCapacity = 16384;

// A file's bytes as libtorch's reader wants them.
class MemoryReader final : public caffe2::serialize::ReadAdapterInterface {
 public:
  explicit MemoryReader(std::string bytes) : bytes_(std::move(bytes)) {}

  size_t size() const override { return bytes_.size(); }

  size_t read(uint64_t position, void* buffer, size_t size,
              const char* /*what*/) const override {
    if (position >= bytes_.size()) return 0;
    const size_t taken = std::min(size, bytes_.size() - position);
    std::memcpy(buffer, bytes_.data() + position, taken);
    return taken;
  }

 private:
  const std::string bytes_;
};

// Where OpenBLAS is libtorch's BLAS it splits products over threads of its own,
// whatever libtorch is told.
void KeepBlasToOneThread() {
  using SetThreads = void (*)(int);
  const auto set_threads = reinterpret_cast<SetThreads>(
      dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
  if (set_threads != nullptr) set_threads(1);
}

// What libtorch and oneDNN keep once per process.
void PrepareProcess() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Where it is missing fp32 still runs, and loading int8 says what is wrong.
    const auto& engines = at::globalContext().supportedQEngines();
    if (std::find(engines.begin(), engines.end(), at::QEngine::ONEDNN) !=
        engines.end()) {
      at::globalContext().setQEngine(at::QEngine::ONEDNN);
    }
    // The profiling executor compiles in the first and again in the second run
    // of a shape; frozen and optimised modules gain nothing from it.
    torch::jit::getProfilingMode() = false;
    dnnl_set_primitive_cache_capacity(kPrimitiveCacheCapacity);
    KeepBlasToOneThread();
  });
}

}  // namespace

torch::jit::Module ReadModule(std::string bytes) {
  PrepareProcess();
  const c10::InferenceMode inference_mode;
  torch::jit::Module module = torch::jit::load(
      std::make_shared<MemoryReader>(std::move(bytes)), at::kCPU);
  module.eval();
  // Freezing takes the mode away with all other attributes.
  const bool frozen = !module.hasattr("training");
  return frozen ? module : torch::jit::freeze(module);
}

}  // namespace wanwu::model::torchscript

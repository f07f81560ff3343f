// Decode and resize, of generated JPEGs and of those in the folder that
// WANWU_BENCH_PICTURES names.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "server/image/crop_resizer.h"
#include "server/image/decode.h"
#include "server/image/jpeg_reader.h"
#include "server/image/jpeg_scale.h"
#include "server/image/resample.h"
#include "server/image/resample_scalar.h"
#include "tests/server/image/sample_pictures.h"

namespace wanwu::image {
namespace {

using testing::Bytes;

// Drops the rows that a CropResizer would take.
class RowDropper final : public RowSink {
 public:
  explicit RowDropper(const PictureHeader& header)
      : needed_(CropResizer(header, TensorSpec{}).needed()) {}

  PixelRegion needed() const override { return needed_; }
  void PushRow(const uint8_t* row) override { benchmark::DoNotOptimize(row); }

 private:
  const PixelRegion needed_;
};

Bytes Photo(const benchmark::State& state) {
  return testing::MakeJpeg({.width = static_cast<int>(state.range(0)),
                            .height = static_cast<int>(state.range(1)),
                            .horizontal_sampling = 2,
                            .vertical_sampling = 2});
}

void DecodeAndResize(benchmark::State& state, JpegDecode decode) {
  const Bytes encoded = Photo(state);
  DecodeOptions options;
  options.jpeg_decode = decode;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        DecodePicture(ByteChain(encoded), TensorSpec{}, options));
  }
}

bool DropRows(const Bytes& encoded) {
  const ByteChain chain(encoded);
  const ImageLimits limits;
  JpegReader reader(chain, limits);
  const auto header = reader.ReadHeader();
  if (!header.ok()) return false;
  RowDropper sink(*header);
  return reader.ReadRows(sink, {}).ok();
}

void DecodeOnly(benchmark::State& state) {
  const Bytes encoded = Photo(state);
  for (auto _ : state) {
    if (!DropRows(encoded)) return state.SkipWithError("refused");
  }
}

void ResizeOnly(benchmark::State& state) {
  const PictureSize size{static_cast<int>(state.range(0)),
                         static_cast<int>(state.range(1))};
  const PictureHeader header{size, size};
  const Bytes row(static_cast<size_t>(size.width) * 3, 99);
  for (auto _ : state) {
    CropResizer resizer(header, TensorSpec{});
    const int rows = resizer.needed().height();
    for (int y = 0; y < rows; ++y) resizer.PushRow(row.data());
    benchmark::DoNotOptimize(resizer.TakeTensor());
  }
}

AxisKernel KernelOf(const benchmark::State& state) {
  return AxisKernel({.source_length = static_cast<int>(state.range(0)),
                     .resized_length = 341,
                     .crop_begin = 58,
                     .crop_length = 224});
}

template <auto Resample>
void AlongRow(benchmark::State& state) {
  const AxisKernel kernel = KernelOf(state);
  const Bytes row(static_cast<size_t>(state.range(0)) * 3, 99);
  Bytes out(static_cast<size_t>(kernel.size()) * 3);
  for (auto _ : state) {
    Resample(kernel, row.data(), out.data());
    benchmark::ClobberMemory();
  }
}

template <auto Resample>
void DownColumns(benchmark::State& state) {
  const AxisKernel kernel = KernelOf(state);
  const AxisKernel::Taps taps = kernel.taps(kernel.size() / 2);
  Bytes out(size_t{224} * 3);
  const std::vector<Bytes> rows(taps.weights.size(), Bytes(out.size(), 99));
  std::vector<const uint8_t*> pointers;
  for (const Bytes& row : rows) pointers.push_back(row.data());
  for (auto _ : state) {
    Resample({pointers, taps.weights}, out);
    benchmark::ClobberMemory();
  }
}

std::vector<Bytes> PicturesOfTheFolder() {
  std::vector<Bytes> pictures;
  const char* const folder = std::getenv("WANWU_BENCH_PICTURES");
  if (folder == nullptr) return pictures;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto extension = entry.path().extension();
    if (extension != ".JPEG" && extension != ".jpg") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    pictures.emplace_back(std::istreambuf_iterator<char>(file),
                          std::istreambuf_iterator<char>());
  }
  return pictures;
}

// Time for one picture, on average over the folder.
template <typename Work>
void ForTheFolder(benchmark::State& state, Work work) {
  const std::vector<Bytes> pictures = PicturesOfTheFolder();
  if (pictures.empty()) {
    return state.SkipWithError("no pictures in WANWU_BENCH_PICTURES");
  }
  size_t next = 0;
  for (auto _ : state) {
    work(pictures[next]);
    next = (next + 1) % pictures.size();
  }
}

void FolderDecodeOnly(benchmark::State& state) {
  ForTheFolder(state, [](const Bytes& encoded) {
    benchmark::DoNotOptimize(DropRows(encoded));
  });
}

void FolderDecodeAndResize(benchmark::State& state) {
  ForTheFolder(state, [](const Bytes& encoded) {
    benchmark::DoNotOptimize(
        DecodePicture(ByteChain(encoded), TensorSpec{}, DecodeOptions{}));
  });
}

void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Args({500, 375})->Args({4000, 3000});
}

BENCHMARK_CAPTURE(DecodeAndResize, exact, JpegDecode::kExact)->Apply(Sizes);
BENCHMARK_CAPTURE(DecodeAndResize, fast, JpegDecode::kFast)->Apply(Sizes);
BENCHMARK(DecodeOnly)->Apply(Sizes);
BENCHMARK(ResizeOnly)->Apply(Sizes);
BENCHMARK(AlongRow<ResampleAlongRow>)->Arg(500)->Arg(4000);
BENCHMARK(AlongRow<scalar::ResampleAlongRow>)->Arg(500)->Arg(4000);
BENCHMARK(DownColumns<ResampleDownColumns>)->Arg(500)->Arg(4000);
BENCHMARK(DownColumns<scalar::ResampleDownColumns>)->Arg(500)->Arg(4000);
BENCHMARK(FolderDecodeOnly)->Iterations(2000);
BENCHMARK(FolderDecodeAndResize)->Iterations(2000);

}  // namespace
}  // namespace wanwu::image

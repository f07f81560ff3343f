#pragma once

#include <set>
#include <string>
#include <string_view>

namespace wanwu::model {

// The processor, as far as the choice of a model's arithmetic goes.
struct Cpu {
  // As the kernel prints it. Empty if unknown.
  std::string model;
  // The vector and matrix extensions that inference may use, by the kernel's
  // names: "avx2", "avx512_vnni", "amx_int8" and so on.
  std::set<std::string, std::less<>> extensions;

  // Multiplies and adds int8 in one instruction, without saturation between.
  bool HasVnni() const {
    return extensions.contains("avx512_vnni") ||
           extensions.contains("avx_vnni");
  }

  // Multiplies bfloat16 and adds in float32 in one instruction.
  bool HasBf16() const {
    return extensions.contains("avx512_bf16") ||
           extensions.contains("amx_bf16");
  }
};

// `cpuinfo`: /proc/cpuinfo or its beginning; the first processor counts.
Cpu ParseCpuinfo(std::string_view cpuinfo);

// Of this machine. Nothing is known where /proc/cpuinfo cannot be read.
Cpu DetectCpu();

}  // namespace wanwu::model

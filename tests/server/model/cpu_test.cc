#include "server/model/cpu.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wanwu::model {
namespace {

using ::testing::UnorderedElementsAre;

TEST(CpuTest, ReadsTheFirstProcessorsModelAndExtensions) {
  const Cpu cpu = ParseCpuinfo(
      "processor\t: 0\nmodel name\t: Some: CPU @ 2 GHz\n"
      "flags\t\t: fpu sse2 avx2 avx512_vnni amx_int8 xavx\n\n"
      "processor\t: 1\nmodel name\t: Another\nflags\t\t: avx_vnni\n");

  EXPECT_EQ(cpu.model, "Some: CPU @ 2 GHz");
  EXPECT_THAT(cpu.extensions,
              UnorderedElementsAre("avx2", "avx512_vnni", "amx_int8"));
}

TEST(CpuTest, EitherKindOfVnniCounts) {
  EXPECT_TRUE(ParseCpuinfo("flags : avx512_vnni\n").HasVnni());
  EXPECT_TRUE(ParseCpuinfo("flags : avx_vnni\n").HasVnni());
  EXPECT_FALSE(ParseCpuinfo("flags : avx2 avx512f avx512_vbmi\n").HasVnni());
}

TEST(CpuTest, EitherKindOfBf16Counts) {
  EXPECT_TRUE(ParseCpuinfo("flags : avx512_bf16\n").HasBf16());
  EXPECT_TRUE(ParseCpuinfo("flags : amx_bf16\n").HasBf16());
  EXPECT_FALSE(ParseCpuinfo("flags : avx512f amx_int8\n").HasBf16());
}

TEST(CpuTest, UnknownFormatGivesAnUnknownCpu) {
  const Cpu cpu = ParseCpuinfo("Features : fp asimd\nno colon here");

  EXPECT_EQ(cpu.model, "");
  EXPECT_FALSE(cpu.HasVnni());
}

}  // namespace
}  // namespace wanwu::model

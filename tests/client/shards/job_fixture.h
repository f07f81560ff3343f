#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/shards/shard_store.h"
#include "tests/client/support/temporary_directory.h"

namespace wanwu::shards {

// A job over five names, n0 to n4, two to a part; n3 is broken.
class JobFixture : public testing::Test {
 protected:
  static constexpr int kNames = 5;

  JobFixture() {
    plan_.output_folder = folder_.path() + "/out";
    plan_.source.list = folder_.Write("list", "n0\nn1\nn2\nn3\nn4\n");
    plan_.pictures_per_part = 2;
  }

  std::string Path(const std::string& file) const {
    return plan_.output_folder + "/" + FolderOf(plan_.shard) + "/" + file;
  }

  std::unique_ptr<ShardStore> Open() const {
    auto store = ShardStore::Open(plan_);
    EXPECT_TRUE(store.ok()) << store.status();
    return *std::move(store);
  }

  static std::string LineOf(const std::string& name) {
    const bool broken = name == "n3";
    return absl::StrCat("{\"file\":\"", name, "\",",
                        broken ? "\"error\":{}}" : "\"model\":\"m\"}");
  }

  // At most `count` pictures.
  static void Do(ShardStore& store, int count) {
    while (count > 0 && !store.Done()) {
      const auto missing = store.Missing();
      ASSERT_TRUE(missing.ok()) << missing.status();
      for (const std::string& name : *missing) {
        if (count-- == 0) return;
        const auto kind = name == "n3" ? LineKind::kError : LineKind::kAnswer;
        ASSERT_TRUE(store.Append(LineOf(name), kind).ok());
      }
    }
  }

  // All lines of all complete parts.
  std::string Results(const ShardStore& store) const {
    std::string all;
    for (const PartFacts& part : store.manifest().parts) {
      all += *ReadWhole(Path(part.file));
    }
    return all;
  }

  static std::string Wanted() {
    std::string all;
    for (int i = 0; i < kNames; ++i) {
      absl::StrAppend(&all, LineOf(absl::StrCat("n", i)), "\n");
    }
    return all;
  }

  test::TemporaryDirectory folder_;
  ShardPlan plan_;
};

}  // namespace wanwu::shards

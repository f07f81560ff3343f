#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace wanwu::app {

// A folder that stands for "/" with the files that tell of cgroups.
class CgroupFiles : public ::testing::Test {
 protected:
  CgroupFiles() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ = std::filesystem::path(::testing::TempDir()) /
            (std::string(test->test_suite_name()) + "_" + test->name());
    std::filesystem::remove_all(root_);
  }
  ~CgroupFiles() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = root_ / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }

  std::filesystem::path root_;
};

}  // namespace wanwu::app

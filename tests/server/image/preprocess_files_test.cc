#include "server/image/preprocess_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "server/image/npy_file.h"
#include "tests/server/image/sample_pictures.h"

namespace wanwu::image {
namespace {

namespace fs = std::filesystem;
using testing::Bytes;

std::string Content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

class PreprocessFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = fs::temp_directory_path() / "wanwu-test-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    request_.output_dir = folder_ / "out";
    fs::create_directories(request_.output_dir);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Write(const std::string& name, const Bytes& content) {
    const fs::path path = folder_ / name;
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
    return path;
  }

  int Run() { return PreprocessFiles(request_, errors_); }

  std::vector<std::string> OutputNames() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(request_.output_dir)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  fs::path folder_;
  PreprocessRequest request_;
  std::ostringstream errors_;
};

TEST_F(PreprocessFilesTest, WritesTheTensorUnderTheFilesName) {
  const Bytes encoded = testing::MakeJpeg({});
  request_.files = {Write("cat.JPEG", encoded)};
  EXPECT_EQ(Run(), 0);
  EXPECT_EQ(errors_.str(), "");
  EXPECT_EQ(OutputNames(), (std::vector<std::string>{"cat.JPEG.npy"}));
  const auto tensor =
      DecodePicture(ByteChain(encoded), request_.spec, request_.options);
  EXPECT_EQ(Content(request_.output_dir / "cat.JPEG.npy"), EncodeNpy(*tensor));
}

TEST_F(PreprocessFilesTest, ReportsARefusedPictureAndGoesOn) {
  const std::string bad = Write("bad.pdf", {'%', 'P', 'D', 'F', '-'});
  request_.files = {bad, Write("good.png", testing::MakePng({}))};
  EXPECT_EQ(Run(), 1);
  EXPECT_EQ(errors_.str(),
            bad +
                ": IMAGE_UNSUPPORTED: the image is a PDF document, not a "
                "picture; supported are JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF "
                "and HEIC\n");
  EXPECT_EQ(OutputNames(), (std::vector<std::string>{"good.png.npy"}));
}

TEST_F(PreprocessFilesTest, ReportsAFileThatIsNotThere) {
  request_.files = {folder_ / "absent.jpg"};
  EXPECT_EQ(Run(), 1);
  EXPECT_NE(errors_.str().find("absent.jpg: FILE_ERROR: cannot read"),
            std::string::npos);
}

TEST_F(PreprocessFilesTest, ReadsNoMoreThanTheLimitOfAnEndlessFile) {
  request_.files = {"/dev/zero"};
  EXPECT_EQ(Run(), 1);
  EXPECT_NE(errors_.str().find("IMAGE_TOO_LARGE"), std::string::npos);
}

TEST_F(PreprocessFilesTest, LeavesNothingBehindWhereItCannotWrite) {
  fs::create_directories(request_.output_dir / "cat.png.npy");
  request_.files = {Write("cat.png", testing::MakePng({}))};
  EXPECT_EQ(Run(), 1);
  EXPECT_EQ(OutputNames(), (std::vector<std::string>{"cat.png.npy"}));
}

TEST(CheckOutputNames, RefusesTwoFilesOfOneName) {
  EXPECT_TRUE(CheckOutputNames({"a/x.jpg", "a/y.jpg", "b/x.png"}).ok());
  const absl::Status status = CheckOutputNames({"a/x.jpg", "b/x.jpg"});
  EXPECT_EQ(status.message(),
            "a/x.jpg and b/x.jpg would both become x.jpg.npy; give them in "
            "separate runs");
}

TEST(EncodeNpy, IsVersionOneWithAlignedBytes) {
  const PixelTensor tensor{1, 2, {1, 2, 3, 4, 5, 6}};
  const std::string file = EncodeNpy(tensor);
  EXPECT_EQ(file.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  EXPECT_NE(file.find("'descr': '|u1', 'fortran_order': False, "
                      "'shape': (2, 1, 3), }"),
            std::string::npos);
  ASSERT_EQ((file.size() - 6) % 64, 0u);
  EXPECT_EQ(file.substr(file.size() - 7), "\n\1\2\3\4\5\6");
}

}  // namespace
}  // namespace wanwu::image

#include "client/cli/csv_output.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/client/support/fake_server.h"

namespace wanwu::cli {
namespace {

class CsvOutputTest : public testing::Test {
 protected:
  std::ostringstream out_;
  std::ostringstream err_;
  CsvOutput output_{OutputStreams{out_, err_}};
};

TEST_F(CsvOutputTest, BeginsWithAHeader) {
  output_.Begin();

  EXPECT_EQ(out_.str(),
            "file,rank,index,label,wordnet_id,probability,model,model_version,"
            "precision\n");
}

TEST_F(CsvOutputTest, WritesARowPerClass) {
  v1::ClassifyResponse response = test::LabelResponse("tabby");
  v1::Classification& second = *response.add_classifications();
  second.set_index(282);
  second.set_label("tiger cat");
  second.set_probability(0.0625F);

  output_.Write({"cat.jpg", response});

  EXPECT_EQ(out_.str(),
            "cat.jpg,1,281,tabby,n02123045,0.93,resnet18,1,int8\n"
            "cat.jpg,2,282,tiger cat,,0.0625,resnet18,1,int8\n");
}

TEST_F(CsvOutputTest, QuotesFileNamesAndLabelsThatNeedIt) {
  output_.Write({"my \"cat\".jpg", test::LabelResponse("tabby, tabby cat")});

  EXPECT_EQ(out_.str(),
            "\"my \"\"cat\"\".jpg\",1,281,\"tabby, tabby cat\",n02123045,0.93,"
            "resnet18,1,int8\n");
}

TEST_F(CsvOutputTest, WritesErrorsToTheErrorStreamOnly) {
  output_.Write({"cat.jpg", absl::InvalidArgumentError("not a picture")});

  EXPECT_EQ(out_.str(), "");
  EXPECT_EQ(err_.str(), "wanwu: cat.jpg: not a picture (INVALID_ARGUMENT)\n");
}

TEST(CsvFieldTest, LeavesPlainTextAlone) {
  EXPECT_EQ(CsvField("tiger cat"), "tiger cat");
  EXPECT_EQ(CsvField(""), "");
}

TEST(CsvFieldTest, QuotesSeparatorsQuotesAndLineBreaks) {
  EXPECT_EQ(CsvField("a,b"), "\"a,b\"");
  EXPECT_EQ(CsvField("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(CsvField("a\nb"), "\"a\nb\"");
  EXPECT_EQ(CsvField("a\rb"), "\"a\rb\"");
}

}  // namespace
}  // namespace wanwu::cli

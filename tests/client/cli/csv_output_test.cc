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

TEST_F(CsvOutputTest, BeginsWithAByteOrderMarkOnDemand) {
  CsvOutput({out_, err_}, CsvOutput::ByteOrderMark::kWritten).Begin();

  EXPECT_EQ(out_.str().substr(0, 7),
            "\xEF\xBB\xBF"
            "file");
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

// A file's name can be chosen by somebody else.
TEST_F(CsvOutputTest, KeepsFileNamesFromRunningAsFormulas) {
  output_.Write({"=HYPERLINK(\"http://a\",1).jpg", test::LabelResponse("@x")});

  EXPECT_EQ(out_.str(),
            "\"'=HYPERLINK(\"\"http://a\"\",1).jpg\",1,281,'@x,n02123045,0.93,"
            "resnet18,1,int8\n");
}

TEST_F(CsvOutputTest, LeavesNumbersNumbers) {
  v1::ClassifyResponse response = test::LabelResponse("tabby");
  response.mutable_classifications(0)->set_index(-1);
  response.mutable_classifications(0)->set_probability(-0.5F);

  output_.Write({"cat.jpg", response});

  EXPECT_EQ(out_.str(), "cat.jpg,1,-1,tabby,n02123045,-0.5,resnet18,1,int8\n");
}

TEST_F(CsvOutputTest, WritesWarningsToTheErrorStream) {
  v1::ClassifyResponse response = test::LabelResponse("tabby");
  response.add_warnings("8 stray bytes skipped");

  output_.Write({"cat.jpg", response});

  EXPECT_EQ(out_.str(), "cat.jpg,1,281,tabby,n02123045,0.93,resnet18,1,int8\n");
  EXPECT_EQ(err_.str(), "wanwu: cat.jpg: warning: 8 stray bytes skipped\n");
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

TEST(CsvFieldTest, MarksWhatASpreadsheetWouldRun) {
  for (const char* text : {"=1", "+1", "-1", "@a", "\ta"}) {
    EXPECT_EQ(CsvField(text), std::string("'") + text);
  }
  EXPECT_EQ(CsvField("\r=1"), "\"'\r=1\"");
  EXPECT_EQ(CsvField("\n=1"), "\"'\n=1\"");
  EXPECT_EQ(CsvField("a=1"), "a=1");
}

TEST(CsvFieldTest, QuotesSeparatorsQuotesAndLineBreaks) {
  EXPECT_EQ(CsvField("a,b"), "\"a,b\"");
  EXPECT_EQ(CsvField("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(CsvField("a\nb"), "\"a\nb\"");
  EXPECT_EQ(CsvField("a\rb"), "\"a\rb\"");
}

}  // namespace
}  // namespace wanwu::cli

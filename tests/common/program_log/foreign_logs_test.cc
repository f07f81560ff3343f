#include "common/program_log/foreign_logs.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wanwu::logging {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

class ForeignLogsTest : public testing::Test {
 protected:
  // As grpc_init() does; before, gRPC says nothing.
  ForeignLogsTest() { gpr_log_verbosity_init(); }

  std::ostringstream text_;
  logging::Logger log_{{.level = logging::Level::kDebug}, text_};
};

TEST_F(ForeignLogsTest, GrpcsMessageIsAnEventOfLevelDebug) {
  const ForeignLogs logs(log_);

  gpr_log("chttp2_server.cc", 42, GPR_LOG_SEVERITY_ERROR, "no %s", "port");

  EXPECT_THAT(text_.str(),
              AllOf(HasSubstr("DEBUG library_message library=grpc"),
                    HasSubstr("chttp2_server.cc line=42 text=\"no port\"\n")));
}

TEST_F(ForeignLogsTest, ProtobufsMessageIsAnEventOfLevelDebug) {
  const ForeignLogs logs(log_);

  GOOGLE_LOG(ERROR) << "invalid UTF-8";

  EXPECT_THAT(text_.str(),
              AllOf(HasSubstr("DEBUG library_message library=protobuf "
                              "severity=ERROR"),
                    HasSubstr("text=\"invalid UTF-8\"\n")));
}

TEST_F(ForeignLogsTest, FailedAssertionIsAnError) {
  const ForeignLogs logs(log_);

  gpr_log("call.cc", 7, GPR_LOG_SEVERITY_ERROR, "assertion failed: %s", "x");

  EXPECT_THAT(text_.str(), HasSubstr("ERROR library_message library=grpc"));
}

TEST_F(ForeignLogsTest, WhatComesAfterItsEndIsDropped) {
  { const ForeignLogs logs(log_); }

  gpr_log("late.cc", 1, GPR_LOG_SEVERITY_ERROR, "late");
  GOOGLE_LOG(ERROR) << "late";

  EXPECT_THAT(text_.str(), IsEmpty());
}

}  // namespace
}  // namespace wanwu::logging

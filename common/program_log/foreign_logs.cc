#include "common/program_log/foreign_logs.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <mutex>
#include <string>

namespace wanwu::logging {
namespace {

struct Message {
  Level level;
  const char* library;
  const char* severity;
  const char* file;
  int line;
  std::string text;
};

// The libraries' handlers are plain functions, and gRPC's threads may still
// speak when the log is gone.
std::mutex mutex;
logging::Logger* destination = nullptr;  // guarded by mutex

void Write(const Message& message) {
  const std::lock_guard lock(mutex);
  if (destination == nullptr) return;
  destination->Log(message.level, "library_message",
                   {{"library", message.library},
                    {"severity", message.severity},
                    {"file", message.file},
                    {"line", message.line},
                    {"text", message.text}});
  // The process may be about to abort.
  if (message.level == Level::kError) destination->Flush();
}

void TakeGrpcMessage(gpr_log_func_args* message) {
  const std::string text = message->message;
  // GPR_ASSERT's words; it has no severity of its own.
  const bool fatal = text.rfind("assertion failed", 0) == 0;
  Write({fatal ? Level::kError : Level::kDebug, "grpc",
         gpr_log_severity_string(message->severity), message->file,
         message->line, text});
}

void TakeProtobufMessage(google::protobuf::LogLevel level, const char* file,
                         int line, const std::string& text) {
  constexpr const char* kSeverities[] = {"INFO", "WARNING", "ERROR", "FATAL"};
  const bool fatal = level == google::protobuf::LOGLEVEL_FATAL;
  Write({fatal ? Level::kError : Level::kDebug, "protobuf", kSeverities[level],
         file, line, text});
}

void SetDestination(logging::Logger* log) {
  const std::lock_guard lock(mutex);
  destination = log;
}

}  // namespace

ForeignLogs::ForeignLogs(logging::Logger& log) {
  SetDestination(&log);
  gpr_set_log_function(&TakeGrpcMessage);
  google::protobuf::SetLogHandler(&TakeProtobufMessage);
}

ForeignLogs::~ForeignLogs() { SetDestination(nullptr); }

}  // namespace wanwu::logging

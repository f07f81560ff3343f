#include "server/ops/process_figures.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "common/open_files/open_files.h"

namespace wanwu::ops {
namespace {

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_usec) / 1e6;
}

int64_t CountThreads() {
  std::error_code error;
  const std::filesystem::directory_iterator entries("/proc/self/task", error);
  if (error) return -1;
  return std::distance(begin(entries), end(entries));
}

}  // namespace

ProcessFigures ReadProcessFigures() {
  ProcessFigures figures;
  rusage usage = {};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    figures.cpu_seconds = Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
  }
  int64_t virtual_pages = 0;
  int64_t resident_pages = 0;
  if (std::ifstream("/proc/self/statm") >> virtual_pages >> resident_pages) {
    const int64_t page = sysconf(_SC_PAGESIZE);
    figures.virtual_bytes = virtual_pages * page;
    figures.resident_bytes = resident_pages * page;
  }
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    figures.most_descriptors = static_cast<int64_t>(limit.rlim_cur);
  }
  figures.open_descriptors = open_files::InUse();
  figures.threads = CountThreads();
  return figures;
}

}  // namespace wanwu::ops

#pragma once

#include <string>

#include "client/cli/top_figures.h"

namespace wanwu::cli {

// Figures of a server that is up, in words.

// "191.0/s  errors 2.1/s, most IMAGE_DECODE_FAILED"
std::string PicturesText(const TopServer& server);
// "p50 10.6 ms  p99 24.9 ms  decode 4.1 + queue 1.2 + inference 5.3 ms"
std::string LatencyText(const TopServer& server);
// "12 of 2048  wait 60 ms  mean batch 3.2"
std::string QueueText(const TopServer& server);
// "lanes 87 %  decoders 45 %  memory 12 + 0 of 512 MiB"
std::string BusyText(const TopServer& server);
// "resnet18 1 ready (default), other 2 failed"
std::string ModelsText(const TopServer& server);
// "3:02:11", with days if there are some.
std::string UptimeText(const v1::ServerStatus& status);

// "60 ms", "1.2 s"
std::string TimeText(double seconds);
// "87 %"
std::string ShareText(double share);

}  // namespace wanwu::cli

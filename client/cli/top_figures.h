#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::cli {

// What came between two reports of one server.
struct TopRates {
  // Errors per second by reason, none that is zero.
  std::map<std::string, double> errors;
  // Mean times of pictures answered, in milliseconds; none without any.
  struct Stages {
    double decode = 0;
    double queue = 0;
    double inference = 0;
  };
  std::optional<Stages> stages;
  // Share of their time that the threads of all pools decoded, 0 … 1.
  double decoders = 0;
};

// The reports of one server in the last seconds.
class TopHistory {
 public:
  // In the order in which they came. One of another process, as its uptime
  // tells, begins anew.
  void Add(const v1::ServerStatus& report);
  void Clear() { reports_.clear(); }

  const v1::ServerStatus* newest() const {
    return reports_.empty() ? nullptr : &reports_.back();
  }
  // Over what is kept; nullopt with less than two reports.
  std::optional<TopRates> Rates() const;

 private:
  std::deque<v1::ServerStatus> reports_;
};

// One server at one moment.
struct TopServer {
  std::string address;
  // Why nothing is known of it now. Empty: `status` is from just now.
  std::string down = {};
  v1::ServerStatus status = {};
  std::optional<TopRates> rates = {};
};

// What a report says of its window.
std::optional<double> MeanBatch(const v1::ServerStatus& status);
double LaneShare(const v1::ServerStatus& status);

double Seconds(const google::protobuf::Duration& duration);

}  // namespace wanwu::cli

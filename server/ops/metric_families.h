#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <utility>
#include <vector>

namespace wanwu::ops {

using Families = std::vector<prometheus::MetricFamily>;
using MetricLabels = std::vector<std::pair<std::string, std::string>>;

// Collects samples of one metric for its family.
class MetricSamples {
 public:
  static MetricSamples Counter(std::string name, std::string help);
  static MetricSamples Gauge(std::string name, std::string help);
  static MetricSamples Histogram(std::string name, std::string help);

  MetricSamples&& Add(double value, const MetricLabels& labels = {}) &&;
  void Add(double value, const MetricLabels& labels = {}) &;
  void Add(const prometheus::ClientMetric::Histogram& histogram,
           const MetricLabels& labels = {});

  void MoveTo(Families& families) && { families.push_back(std::move(family_)); }

 private:
  MetricSamples(prometheus::MetricType type, std::string name,
                std::string help);

  prometheus::MetricFamily family_;
};

// A metric of one sample, without labels.
void AddGauge(const char* name, const char* help, double value,
              Families& families);
void AddCounter(const char* name, const char* help, double value,
                Families& families);

}  // namespace wanwu::ops

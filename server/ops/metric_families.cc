#include "server/ops/metric_families.h"

namespace wanwu::ops {

using prometheus::ClientMetric;
using prometheus::MetricType;

namespace {

ClientMetric WithLabels(const MetricLabels& labels) {
  ClientMetric metric;
  for (const auto& [name, value] : labels) {
    metric.label.push_back({.name = name, .value = value});
  }
  return metric;
}

}  // namespace

MetricSamples::MetricSamples(MetricType type, std::string name,
                             std::string help)
    : family_{std::move(name), std::move(help), type, {}} {}

MetricSamples MetricSamples::Counter(std::string name, std::string help) {
  return {MetricType::Counter, std::move(name), std::move(help)};
}

MetricSamples MetricSamples::Gauge(std::string name, std::string help) {
  return {MetricType::Gauge, std::move(name), std::move(help)};
}

MetricSamples MetricSamples::Histogram(std::string name, std::string help) {
  return {MetricType::Histogram, std::move(name), std::move(help)};
}

MetricSamples&& MetricSamples::Add(double value,
                                   const MetricLabels& labels) && {
  Add(value, labels);
  return std::move(*this);
}

void MetricSamples::Add(double value, const MetricLabels& labels) & {
  ClientMetric metric = WithLabels(labels);
  if (family_.type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  family_.metric.push_back(std::move(metric));
}

void MetricSamples::Add(const ClientMetric::Histogram& histogram,
                        const MetricLabels& labels) {
  ClientMetric metric = WithLabels(labels);
  metric.histogram = histogram;
  family_.metric.push_back(std::move(metric));
}

void AddGauge(const char* name, const char* help, double value,
              Families& families) {
  MetricSamples::Gauge(name, help).Add(value).MoveTo(families);
}

void AddCounter(const char* name, const char* help, double value,
                Families& families) {
  MetricSamples::Counter(name, help).Add(value).MoveTo(families);
}

}  // namespace wanwu::ops

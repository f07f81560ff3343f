#include "server/pipeline/backlog.h"

#include <algorithm>

namespace wanwu::pipeline {
namespace {

using batching::Priority;

// Of an entry that is there as long as it has jobs.
template <typename Map, typename Key>
void AddTo(Map& map, const Key& key, const Load& load) {
  const auto entry = map.find(key);
  entry->second += load;
  if (entry->second.jobs == 0) map.erase(entry);
}

template <typename Map, typename Key>
Load LoadOf(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? Load{} : found->second;
}

}  // namespace

Load& Load::operator+=(const Load& other) {
  jobs += other.jobs;
  bytes += other.bytes;
  work_ns += other.work_ns;
  return *this;
}

void Backlog::Add(const Share& share, const Load& load) {
  Level& level = levels_[share.priority == Priority::kBulk ? 1 : 0];
  // What needs memory first, so that a failure changes no figure.
  const auto model = level.models.try_emplace(share.model).first;
  model->second.clients.try_emplace(share.client);
  clients_.try_emplace(share.client);
  total_ += load;
  AddTo(clients_, share.client, load);
  level.load += load;
  model->second.load += load;
  AddTo(model->second.clients, share.client, load);
  if (model->second.load.jobs == 0) level.models.erase(model);
}

Load Backlog::client(uint64_t client) const { return LoadOf(clients_, client); }

int64_t Backlog::jobs_beside(const Share& share) const {
  const auto& models = level(share.priority).models;
  const auto found = models.find(share.model);
  return found == models.end() ? 0 : found->second.load.jobs;
}

Load Backlog::model(const ServedModel* model) const {
  Load sum;
  for (const Level& level : levels_) {
    const auto found = level.models.find(model);
    if (found != level.models.end()) sum += found->second.load;
  }
  return sum;
}

int64_t Backlog::WorkAhead(const Share& share, int64_t work_ns) const {
  const int64_t ahead = WorkAheadInLevel(share, work_ns);
  const int64_t bulk = level(Priority::kBulk).load.work_ns;
  if (share.priority != Priority::kBulk) {
    return ahead + std::min(bulk, ahead / kInteractiveWeight);
  }
  return ahead + level(Priority::kInteractive).load.work_ns;
}

int64_t Backlog::WorkUntilDone(const ServedModel* model) const {
  std::map<const ServedModel*, int64_t> works;
  for (const Level& level : levels_) {
    for (const auto& [other, load] : level.models) {
      works[other] += load.load.work_ns;
    }
  }
  const int64_t own = works[model];
  int64_t sum = 0;
  for (const auto& [other, work] : works) sum += std::min(work, own);
  return sum;
}

int64_t Backlog::WorkAheadInLevel(const Share& share, int64_t work_ns) const {
  const auto& models = level(share.priority).models;
  int64_t own = work_ns;
  int64_t in_model = 0;
  const auto model = models.find(share.model);
  if (model != models.end()) {
    own += LoadOf(model->second.clients, share.client).work_ns;
    for (const auto& [client, load] : model->second.clients) {
      in_model += std::min(load.work_ns, own);
    }
  }
  int64_t ahead = in_model;
  for (const auto& [other, load] : models) {
    if (other == share.model) continue;
    ahead += std::min(load.load.work_ns, in_model + work_ns);
  }
  return ahead;
}

}  // namespace wanwu::pipeline

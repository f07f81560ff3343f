#include "server/pipeline/decode_queue.h"

#include <algorithm>
#include <vector>

#include "server/pipeline/classify_job.h"

namespace wanwu::pipeline {
namespace {

using batching::Priority;

// Fewer jobs are not worth a search for cancelled ones.
constexpr size_t kLeastToClean = 256;

// Who has had the least is first; of equals who came first.
template <typename Member>
auto PlaceOf(Member& member) {
  return std::tuple(member.served_ns, member.turn, &member);
}

// Puts `member` into `order`, with a claim to no more time than those who had
// work all along.
template <typename Order, typename Member>
void Enter(Order& order, int64_t virtual_now, uint64_t turn, Member& member) {
  member.served_ns = std::max(member.served_ns, virtual_now);
  member.turn = turn;
  order.insert(PlaceOf(member));
}

// `member` has had `work_ns` more. One that was passed over, because what it
// has ahead of the lanes was too much, has no claim to the time it missed.
// Needs no memory.
template <typename Order, typename Member>
void Advance(Order& order, int64_t& virtual_now, uint64_t turn, Member& member,
             int64_t work_ns) {
  auto node = order.extract(PlaceOf(member));
  virtual_now = std::max(virtual_now, member.served_ns);
  member.served_ns = virtual_now + work_ns;
  member.turn = turn;
  node.value() = PlaceOf(member);
  order.insert(std::move(node));
}

}  // namespace

struct DecodeQueue::Client {
  Level& level;
  Model& model;
  const uint64_t id;
  int64_t served_ns = 0;
  uint64_t turn = 0;
  // Decoded pictures that wait for a lane, or are being decoded.
  int ahead = 0;
  std::deque<JobPtr> jobs = {};
};

struct DecodeQueue::Model {
  const ServedModel* served = nullptr;
  int64_t served_ns = 0;
  uint64_t turn = 0;
  int ahead = 0;
  absl::flat_hash_map<uint64_t, std::unique_ptr<Client>> clients = {};
  // Those with jobs.
  Order<Client> order = {};
  int64_t virtual_now = 0;
};

struct DecodeQueue::Level {
  // Jobs that wait.
  size_t size = 0;
  int64_t weight = 1;
  int64_t served_ns = 0;
  std::map<const ServedModel*, Model> models = {};
  // Those with jobs.
  Order<Model> order = {};
  int64_t virtual_now = 0;
};

DecodeQueue::DecodeQueue(MostAhead most_ahead, std::function<void()> on_release)
    : most_ahead_(std::move(most_ahead)),
      on_release_(std::move(on_release)),
      levels_(std::make_unique<std::array<Level, 2>>()),
      clean_at_(kLeastToClean) {
  LevelOf(Priority::kInteractive).weight = kInteractiveWeight;
}

DecodeQueue::~DecodeQueue() = default;

DecodeQueue::Level& DecodeQueue::LevelOf(Priority priority) {
  return (*levels_)[priority == Priority::kBulk ? 1 : 0];
}

void DecodeQueue::Push(JobPtr job) {
  const std::lock_guard lock(mutex_);
  if (size_ >= clean_at_) RemoveCancelled();
  Client& client = ClientOf(job->share());
  const bool waited = !client.jobs.empty();
  try {
    client.jobs.push_back(std::move(job));
    if (!waited) EnterOrders(client);
  } catch (...) {
    if (!waited) {
      client.jobs.clear();
      DropIfUnused(client);
    }
    throw;
  }
  ++size_;
  ++client.level.size;
}

DecodeQueue::Client& DecodeQueue::ClientOf(const Share& share) {
  Level& level = LevelOf(share.priority);
  Model& model = level.models[share.model];
  model.served = share.model;
  const auto found = model.clients.find(share.client);
  if (found != model.clients.end()) return *found->second;
  std::unique_ptr<Client> made(new Client{level, model, share.client});
  return *model.clients.emplace(share.client, std::move(made)).first->second;
}

void DecodeQueue::EnterOrders(Client& client) {
  Level& level = client.level;
  Model& model = client.model;
  if (level.order.empty()) {
    level.served_ns = std::max(level.served_ns, virtual_now_);
  }
  const bool waited = !model.order.empty();
  Enter(model.order, model.virtual_now, ++turns_, client);
  if (waited) return;
  try {
    Enter(level.order, level.virtual_now, ++turns_, model);
  } catch (...) {
    model.order.clear();
    throw;
  }
}

std::optional<DecodeQueue::Granted> DecodeQueue::Pop() {
  const std::lock_guard lock(mutex_);
  while (const std::optional<Choice> choice = Choose()) {
    Client& client = *choice->client;
    JobPtr job = TakeNext(client);
    if (job != nullptr) CountServed(*choice, job->work_ns());
    if (client.jobs.empty()) Leave(client);
    if (job == nullptr) {
      DropIfUnused(client);
      continue;
    }
    const bool first = client.ahead == 0;
    ++client.ahead;
    ++choice->model->ahead;
    return Granted{std::move(job),
                   DecodeCredit([this, &client] { GiveBack(client); }), first};
  }
  return std::nullopt;
}

std::optional<DecodeQueue::Choice> DecodeQueue::Choose() const {
  std::array<Level*, 2> levels{&levels_->front(), &levels_->back()};
  if (std::max(levels[1]->served_ns, virtual_now_) <
      std::max(levels[0]->served_ns, virtual_now_)) {
    std::swap(levels[0], levels[1]);
  }
  for (Level* level : levels) {
    for (const auto& [served_ns, turn, model] : level->order) {
      Client* client = ChooseClient(*model);
      if (client != nullptr) return Choice{level, model, client};
    }
  }
  return std::nullopt;
}

DecodeQueue::Client* DecodeQueue::ChooseClient(const Model& model) const {
  if (model.order.empty()) return nullptr;
  // Nobody else instead, or he whose turn it is would wait for ever behind
  // those who have nothing ahead.
  Client* const next = std::get<Client*>(*model.order.begin());
  const int most = most_ahead_(*model.served);
  return model.ahead < (next->ahead == 0 ? 2 * most : most) ? next : nullptr;
}

// Null if all that waited has been cancelled.
DecodeQueue::JobPtr DecodeQueue::TakeNext(Client& client) {
  while (!client.jobs.empty()) {
    JobPtr job = std::move(client.jobs.front());
    client.jobs.pop_front();
    --size_;
    --client.level.size;
    if (job->TryTake()) return job;
  }
  return nullptr;
}

void DecodeQueue::CountServed(const Choice& choice, int64_t work_ns) {
  Level& level = *choice.level;
  Model& model = *choice.model;
  virtual_now_ = std::max(virtual_now_, level.served_ns);
  level.served_ns = virtual_now_ + work_ns / level.weight;
  Advance(level.order, level.virtual_now, ++turns_, model, work_ns);
  Advance(model.order, model.virtual_now, ++turns_, *choice.client, work_ns);
}

// The client has no more jobs.
void DecodeQueue::Leave(Client& client) {
  Model& model = client.model;
  model.order.erase(PlaceOf(client));
  if (model.order.empty()) client.level.order.erase(PlaceOf(model));
}

void DecodeQueue::GiveBack(Client& client) {
  {
    const std::lock_guard lock(mutex_);
    --client.ahead;
    --client.model.ahead;
    DropIfUnused(client);
  }
  on_release_();
}

void DecodeQueue::DropIfUnused(Client& client) {
  if (client.ahead > 0 || !client.jobs.empty()) return;
  Level& level = client.level;
  Model& model = client.model;
  const ServedModel* const served = model.served;
  model.clients.erase(client.id);
  if (model.clients.empty()) level.models.erase(served);
}

bool DecodeQueue::HasWork() const {
  const std::lock_guard lock(mutex_);
  return Choose().has_value();
}

size_t DecodeQueue::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

size_t DecodeQueue::Waiting(batching::BatchKind kind) const {
  const std::lock_guard lock(mutex_);
  const size_t waiting =
      levels_->at(kind == batching::BatchKind::kBulk ? 1 : 0).size;
  return waiting > 0 && Choose().has_value() ? waiting : 0;
}

void DecodeQueue::RemoveCancelled() {
  std::vector<Client*> emptied;
  for (Level& level : *levels_) {
    for (auto& [served, model] : level.models) {
      for (auto& [id, client] : model.clients) {
        const size_t removed = std::erase_if(
            client->jobs,
            [](const JobPtr& job) { return job->cancel_requested(); });
        size_ -= removed;
        level.size -= removed;
        if (removed > 0 && client->jobs.empty()) {
          emptied.push_back(client.get());
        }
      }
    }
  }
  for (Client* client : emptied) {
    Leave(*client);
    DropIfUnused(*client);
  }
  clean_at_ = std::max(kLeastToClean, 2 * size_);
}

}  // namespace wanwu::pipeline

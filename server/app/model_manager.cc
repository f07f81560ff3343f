#include "server/app/model_manager.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"
#include "server/model/manifest.h"

namespace wanwu::app {
namespace {

using model::PackageLocation;
using Locations = std::vector<PackageLocation>;

// In the order of `packages`.
std::vector<Locations> ByModel(const Locations& packages) {
  std::vector<Locations> models;
  for (const PackageLocation& package : packages) {
    if (models.empty() || models.back().front().name != package.name) {
      models.emplace_back();
    }
    models.back().push_back(package);
  }
  return models;
}

absl::Status LoadFailed(const absl::Status& cause) {
  return errors::ServiceError(absl::StatusCode::kFailedPrecondition,
                              errors::kModelLoadFailed,
                              std::string(cause.message()));
}

absl::Status NotInRepository(const std::string& name,
                             const std::string& version) {
  const std::string resource =
      version.empty() ? name : absl::StrCat(name, " version ", version);
  return errors::ServiceError(
      absl::StatusCode::kNotFound, errors::kModelNotFound,
      absl::StrCat("the repository has no model ", resource),
      {{std::string(errors::kField), "model"},
       {std::string(errors::kValue), resource}});
}

}  // namespace

absl::Status ServerStops() {
  return errors::ServiceError(absl::StatusCode::kUnavailable, errors::kDraining,
                              "the server is stopping",
                              {{std::string(errors::kRetryDelayMs), "1000"}});
}

ModelManager::ModelManager(Options options, ModelLoader& loader,
                           pipeline::ClassifyPipeline& pipeline,
                           pipeline::ModelCatalog& catalog,
                           logging::Logger& log)
    : options_(std::move(options)),
      loader_(loader),
      pipeline_(pipeline),
      catalog_(catalog),
      log_(log),
      wanted_default_(options_.default_model) {}

// If all that is newest can be loaded; the default model first, so that a
// failure shows early.
ModelManager::Locations ModelManager::Wanted(
    const model::RepositoryListing& listing) const {
  Locations wanted;
  for (const Locations& versions : ByModel(listing.packages)) {
    const model::VersionRule& rule =
        options_.policy.RuleFor(versions.front().name);
    size_t count = 0;
    for (const PackageLocation& location : versions) {
      if (!rule.Allows(location.version) || rule.IsEnough(count)) continue;
      wanted.push_back(location);
      ++count;
    }
  }
  std::stable_partition(wanted.begin(), wanted.end(),
                        [&](const PackageLocation& location) {
                          return location.name == wanted_default_;
                        });
  return wanted;
}

void ModelManager::Announce(const model::RepositoryListing& listing) {
  for (const PackageLocation& location : Wanted(listing)) {
    catalog_.Put({.name = location.name, .version = location.version});
  }
}

void ModelManager::Start(const model::RepositoryListing& listing,
                         const std::function<bool()>& stopped) {
  oddities_.insert(listing.oddities.begin(), listing.oddities.end());
  const Locations wanted = Wanted(listing);
  const auto load = [this](const PackageLocation& location) {
    return loader_.Load(location);
  };
  std::future<absl::StatusOr<ModelLoader::Loaded>> next;
  const auto begin = [&](size_t i) {
    if (i >= wanted.size()) return;
    known_[{wanted[i].name, wanted[i].version}].tried =
        model::TraceOf(wanted[i].directory);
    next = std::async(std::launch::async, load, wanted[i]);
  };
  begin(0);
  for (size_t i = 0; i < wanted.size() && !stopped(); ++i) {
    auto loaded = next.get();
    begin(i + 1);
    PutIntoService(wanted[i], std::move(loaded)).IgnoreError();
  }
  if (!stopped()) Follow(listing, When::kStart).IgnoreError();
}

absl::StatusOr<model::RepositoryListing> ModelManager::Scan() {
  absl::StatusOr<model::RepositoryListing> listing =
      model::ScanModelRepository(options_.repository);
  if (!listing.ok()) return listing.status();
  for (const std::string& oddity : listing->oddities) {
    if (!oddities_.contains(oddity)) {
      log_.Warning("repository_entry_ignored", {{"entry", oddity}});
    }
  }
  oddities_ = {listing->oddities.begin(), listing->oddities.end()};
  return listing;
}

void ModelManager::Poll() {
  const absl::StatusOr<model::RepositoryListing> listing = Scan();
  if (!listing.ok()) {
    // It may be mounted again.
    if (!std::exchange(out_of_sight_, true)) LogNotRead(listing.status());
    return;
  }
  if (std::exchange(out_of_sight_, false)) log_.Info("repository_read_again");
  Follow(*listing, When::kComplete).IgnoreError();
  last_poll_.clear();
  for (const PackageLocation& location : listing->packages) {
    last_poll_[{location.name, location.version}] =
        model::TraceOf(location.directory);
  }
}

absl::Status ModelManager::Reload() {
  const absl::StatusOr<model::RepositoryListing> listing = Scan();
  if (!listing.ok()) {
    LogNotRead(listing.status());
    return LoadFailed(listing.status());
  }
  return Follow(*listing, When::kChanged);
}

void ModelManager::LogNotRead(const absl::Status& status) {
  log_.Error("repository_not_read", {{"error", std::string(status.message())}});
}

absl::Status ModelManager::Follow(const model::RepositoryListing& listing,
                                  When when) {
  absl::Status first_failure;
  for (const Locations& versions : ByModel(listing.packages)) {
    first_failure.Update(ServeModel(versions, when));
  }
  TakeOutVanished(listing, when);
  ChooseDefault();
  return first_failure;
}

// The status of the newest version that was tried.
absl::Status ModelManager::ServeModel(const Locations& versions, When when) {
  const std::string& name = versions.front().name;
  if (kept_out_.contains(name)) return absl::OkStatus();
  const model::VersionRule& rule = options_.policy.RuleFor(name);
  std::optional<absl::Status> newest;
  std::vector<Key> unwanted;
  size_t served = 0;
  for (const PackageLocation& location : versions) {
    const Key key(name, location.version);
    const bool by_policy =
        rule.Allows(location.version) && !rule.IsEnough(served);
    const bool kept_out = known_[key].kept_out;
    if (!kept_out && (by_policy || known_[key].by_hand)) {
      if (IsDue(location, when)) {
        const absl::Status status = TryLoad(location);
        if (!newest.has_value()) newest = status;
      }
    } else if (!kept_out) {
      unwanted.push_back(key);
    }
    // What was taken out by hand is not made up for.
    if (by_policy && (kept_out || IsReady(key))) ++served;
  }
  for (const Key& key : unwanted) TakeOut(key, "not wanted by version_policy");
  return newest.value_or(absl::OkStatus());
}

bool ModelManager::IsDue(const PackageLocation& location, When when) {
  if (when == When::kNow) return true;
  const Key key(location.name, location.version);
  const Known& known = known_[key];
  const model::PackageTrace trace = model::TraceOf(location.directory);
  const bool ready = IsReady(key);
  // In service already: another time of its files changes nothing.
  if (ready && trace.manifest == known.served_manifest) return false;
  const bool tried = trace == known.tried;
  if (when == When::kChanged) return true;
  if (when == When::kStart) return known.tried == model::PackageTrace{};
  const auto before = last_poll_.find(key);
  return !tried && before != last_poll_.end() && before->second == trace;
}

absl::Status ModelManager::TryLoad(const PackageLocation& location) {
  const Key key(location.name, location.version);
  known_[key].tried = model::TraceOf(location.directory);
  if (!IsReady(key)) {
    catalog_.Put({.name = location.name, .version = location.version});
  }
  return PutIntoService(location, loader_.Load(location));
}

absl::Status ModelManager::PutIntoService(
    const PackageLocation& location,
    absl::StatusOr<ModelLoader::Loaded> loaded) {
  const absl::Status status =
      loader_.PutIntoService(location, std::move(loaded));
  Known& known = known_[{location.name, location.version}];
  if (absl::IsCancelled(status)) return ServerStops();
  if (!status.ok()) return LoadFailed(status);
  known.served_manifest = known.tried.manifest;
  return status;
}

absl::Status ModelManager::Load(const std::string& name,
                                const std::string& version) {
  const absl::StatusOr<model::RepositoryListing> listing = Scan();
  if (!listing.ok()) return LoadFailed(listing.status());
  Locations versions;
  std::copy_if(listing->packages.begin(), listing->packages.end(),
               std::back_inserter(versions),
               [&](const auto& location) { return location.name == name; });
  if (version.empty() && !versions.empty()) {
    kept_out_.erase(name);
    for (const auto& each : versions)
      known_[{name, each.version}].kept_out = false;
    const absl::Status status = ServeModel(versions, When::kNow);
    ChooseDefault();
    if (!status.ok() || std::ranges::any_of(versions, [&](const auto& each) {
          return IsReady({name, each.version});
        })) {
      return status;
    }
    return LoadFailed(absl::FailedPreconditionError(
        absl::StrCat("version_policy wants none of the versions of ", name,
                     " that the repository has; load one by its number")));
  }
  const auto found =
      std::find_if(versions.begin(), versions.end(), [&](const auto& location) {
        return std::to_string(location.version) == version;
      });
  if (found == versions.end()) return NotInRepository(name, version);
  kept_out_.erase(name);
  Known& known = known_[{name, found->version}];
  known.by_hand = true;
  known.kept_out = false;
  const absl::Status status = TryLoad(*found);
  ChooseDefault();
  return status;
}

absl::Status ModelManager::Unload(const std::string& name,
                                  const std::string& version) {
  const absl::StatusOr<pipeline::CatalogEntry> found =
      catalog_.Find(name, version, "version");
  if (!found.ok()) return found.status();
  if (version.empty()) kept_out_.insert(found->name);
  for (const pipeline::CatalogEntry& entry : catalog_.List()) {
    if (entry.name != found->name) continue;
    if (!version.empty() && entry.version != found->version) continue;
    Known& known = known_[{entry.name, entry.version}];
    known.by_hand = false;
    known.kept_out = true;
    TakeOut({entry.name, entry.version}, "unloaded by name");
  }
  return absl::OkStatus();
}

void ModelManager::TakeOut(const Key& key, std::string_view reason) {
  const auto entry = catalog_.Find(key.first, std::to_string(key.second));
  if (!entry.ok()) return;
  catalog_.Remove(key.first, key.second);
  known_[key].tried = {};
  log_.Info("model_unloaded", {{"model", key.first},
                               {"version", key.second},
                               {"reason", std::string(reason)}});
}

// Not the last one that answers: a repository that is empty is more often a
// mistake than a wish.
void ModelManager::TakeOutVanished(const model::RepositoryListing& listing,
                                   When when) {
  std::set<Key> present;
  for (const auto& location : listing.packages) {
    present.emplace(location.name, location.version);
  }
  const std::vector<pipeline::CatalogEntry> entries = catalog_.List();
  auto ready =
      std::count_if(entries.begin(), entries.end(),
                    [](const auto& entry) { return entry.model != nullptr; });
  for (const pipeline::CatalogEntry& entry : entries) {
    const Key key(entry.name, entry.version);
    if (present.contains(key)) continue;
    if (when == When::kComplete && last_poll_.contains(key)) continue;
    if (entry.model != nullptr && ready == 1) continue;
    if (entry.model != nullptr) --ready;
    TakeOut(key, "gone from the repository");
  }
}

absl::Status ModelManager::SetDefaultModel(const std::string& name) {
  const auto model = catalog_.FindReady(name, "");
  if (!model.ok()) return model.status();
  wanted_default_ = (*model)->package().manifest.name;
  ChooseDefault();
  return absl::OkStatus();
}

void ModelManager::ChooseDefault() {
  const std::string present = catalog_.default_model();
  std::string chosen = present;
  if (catalog_.FindReady(wanted_default_, "").ok()) {
    chosen = wanted_default_;
  } else if (!kept_out_.contains(wanted_default_) &&
             !catalog_.FindReady(present, "").ok()) {
    for (const pipeline::CatalogEntry& entry : catalog_.List()) {
      if (entry.model == nullptr) continue;
      chosen = entry.name;
      break;
    }
  }
  if (chosen == present) return;
  catalog_.SetDefaultModel(chosen);
  const bool wanted = chosen == wanted_default_;
  log_.Log(wanted ? logging::Level::kInfo : logging::Level::kWarning,
           "default_model_changed",
           {{"model", chosen},
            {"before", present},
            {"reason", wanted ? "it is the one that is wanted"
                              : "no version of the other can be served"}});
}

void ModelManager::FreeUnused() {
  const std::vector<std::shared_ptr<pipeline::ServedModel>> unused =
      pipeline_.RemoveUnused();
  for (const auto& model : unused) {
    log_.Info("model_freed", {{"model", model->package().manifest.name},
                              {"version", model->package().manifest.version}});
  }
}

bool ModelManager::IsReady(const Key& key) const {
  const auto entry = catalog_.Find(key.first, std::to_string(key.second));
  return entry.ok() && entry->state == pipeline::ModelState::kReady;
}

}  // namespace wanwu::app

#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "common/logging/logger.h"
#include "server/app/model_loader.h"
#include "server/model/model_repository.h"
#include "server/model/package_trace.h"
#include "server/model/version_policy.h"
#include "server/pipeline/classify_pipeline.h"
#include "server/pipeline/model_catalog.h"

namespace wanwu::app {

// UNAVAILABLE (DRAINING).
absl::Status ServerStops();

// Decides which model versions are served: those of the repository that the
// policy wants, and what an operator asks for beside that. A version is taken
// out only after what replaces it answers; one that cannot be loaded replaces
// nothing. Not thread-safe.
class ModelManager {
 public:
  struct Options {
    std::filesystem::path repository;
    model::VersionPolicy policy;
    // For requests that name none, as far as a version of it is ready.
    std::string default_model;
  };

  // All must outlive the manager.
  ModelManager(Options options, ModelLoader& loader,
               pipeline::ClassifyPipeline& pipeline,
               pipeline::ModelCatalog& catalog, logging::Logger& log);

  // What the start will load, before anybody can ask for it.
  void Announce(const model::RepositoryListing& listing);

  // Loads what was announced, or what is older instead of what fails; while
  // one model warms up the next one is read. Ends early once `stopped`.
  void Start(const model::RepositoryListing& listing,
             const std::function<bool()>& stopped);

  // Looks at the repository. What looks as it did at the last poll, and not as
  // when it was loaded, is complete and loaded.
  void Poll();

  // Looks at the repository and loads at once what has changed or failed. The
  // first failure, if there was one.
  absl::Status Reload();

  // Loads anew, from the repository: that version, or those that the policy
  // wants. Errors: NOT_FOUND, FAILED_PRECONDITION (cannot be loaded; what
  // answered before still does).
  absl::Status Load(const std::string& name, const std::string& version);

  // Takes it out of service, all versions if none is named. It stays out until
  // it is loaded by name. Errors: NOT_FOUND, INVALID_ARGUMENT.
  absl::Status Unload(const std::string& name, const std::string& version);

  // Errors as ModelCatalog::FindReady.
  absl::Status SetDefaultModel(const std::string& name);

  // Frees models that are out of service and whose last request is answered.
  void FreeUnused();

 private:
  using Key = std::pair<std::string, int64_t>;
  using Locations = std::vector<model::PackageLocation>;

  enum class When {
    kStart,     // what was never tried
    kComplete,  // what has changed, and no longer changes
    kChanged,   // what has changed or failed
    kNow,       // everything
  };

  // What is remembered of a version.
  struct Known {
    model::PackageTrace tried;    // when it was loaded last, or failed to be
    std::string served_manifest;  // sha256 of what is in service
    bool by_hand = false;         // loaded by name
    bool kept_out = false;        // unloaded by name
  };

  absl::StatusOr<model::RepositoryListing> Scan();
  Locations Wanted(const model::RepositoryListing& listing) const;
  absl::Status Follow(const model::RepositoryListing& listing, When when);
  void LogNotRead(const absl::Status& status);
  absl::Status ServeModel(const Locations& versions, When when);
  bool IsDue(const model::PackageLocation& location, When when);
  absl::Status TryLoad(const model::PackageLocation& location);
  absl::Status PutIntoService(const model::PackageLocation& location,
                              absl::StatusOr<ModelLoader::Loaded> loaded);
  void TakeOut(const Key& key, std::string_view reason);
  void TakeOutVanished(const model::RepositoryListing& listing, When when);
  void ChooseDefault();
  bool IsReady(const Key& key) const;

  const Options options_;
  ModelLoader& loader_;
  pipeline::ClassifyPipeline& pipeline_;
  pipeline::ModelCatalog& catalog_;
  logging::Logger& log_;

  std::string wanted_default_;
  std::map<Key, Known> known_;
  std::set<std::string> kept_out_;  // models, with all their versions
  std::map<Key, model::PackageTrace> last_poll_;
  std::set<std::string> oddities_;
  // The repository, at the last poll.
  bool out_of_sight_ = false;
};

}  // namespace wanwu::app

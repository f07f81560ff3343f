#include "server/ops/health_pages.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace wanwu::ops {
namespace {

bool IsServing(const OperatorParts& parts, const char* key) {
  return parts.server.health.Get(key) == rpc::Serving::kYes;
}

std::string CheckLine(bool good, const std::string& what) {
  return absl::StrCat(good ? "[+] " : "[-] ", what, "\n");
}

std::string ModelLine(const pipeline::CatalogEntry& entry) {
  const std::string name =
      absl::StrCat("model ", entry.name, " version ", entry.version);
  switch (entry.state) {
    case pipeline::ModelState::kReady:
      return CheckLine(true, name + " is ready");
    case pipeline::ModelState::kLoading:
      return CheckLine(false, name + " is loading");
    case pipeline::ModelState::kFailed:
      return CheckLine(false, absl::StrCat(name, " failed: ", entry.message));
  }
  return "";
}

std::string Details(const OperatorParts& parts) {
  const rpc::ServerState state = parts.server.run.state.load();
  std::string text =
      CheckLine(state == rpc::ServerState::kServing,
                absl::StrCat("the server is ", rpc::StateName(state)));
  for (const auto& [service, serving] : parts.server.health.List()) {
    absl::StrAppend(&text,
                    CheckLine(serving == rpc::Serving::kYes,
                              absl::StrCat("health of \"", service, "\"")));
  }
  for (const pipeline::CatalogEntry& entry : parts.server.catalog.List()) {
    absl::StrAppend(&text, ModelLine(entry));
  }
  return text;
}

Page Verdict(bool good, const char* bad) {
  return good ? Page{.status = 200, .body = "ok\n"}
              : Page{.status = 503, .body = absl::StrCat(bad, "\n")};
}

}  // namespace

Page LivezPage(const OperatorParts& parts) {
  return Verdict(IsServing(parts, rpc::kLiveness), "not alive");
}

Page ReadyzPage(const OperatorParts& parts, const PageRequest& request) {
  Page page = Verdict(IsServing(parts, rpc::kReadiness), "not ready");
  if (request.query == "verbose" || request.query.starts_with("verbose=")) {
    page.body = Details(parts) + page.body;
  }
  return page;
}

}  // namespace wanwu::ops

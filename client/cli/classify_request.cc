#include "client/cli/classify_request.h"

namespace wanwu::cli {

v1::ClassifyRequest RequestFrom(const shards::Question& question) {
  v1::ClassifyRequest request;
  request.set_top_k(question.top_k);
  request.set_model(question.model);
  request.set_model_version(question.model_version);
  request.set_language_code(question.language);
  return request;
}

}  // namespace wanwu::cli

#include "server/pipeline/answer_key.h"

#include "server/pipeline/classify_job.h"
#include "server/pipeline/served_model.h"

namespace wanwu::pipeline {

AnswerKey KeyOf(const ClassifyJob& job) {
  Sha256 digest;
  for (const image::ByteChain::Piece piece : job.picture().bytes.pieces()) {
    digest.Update({reinterpret_cast<const char*>(piece.data()), piece.size()});
  }
  return {.picture = digest.Digest(),
          .form = job.picture().form,
          .model = job.model().queue()};
}

}  // namespace wanwu::pipeline

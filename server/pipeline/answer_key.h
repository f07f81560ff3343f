#pragma once

#include <utility>

#include "batching/queue_id.h"
#include "common/digest/sha256.h"
#include "server/image/raw_picture.h"

namespace wanwu::pipeline {

class ClassifyJob;

// All that a picture's logits depend on: its bytes, how they are read, and the
// installed model, whose queue no later one has. What else shapes an answer,
// such as top_k or the language, is applied to the logits.
struct AnswerKey {
  Sha256Digest picture = {};
  image::PictureForm form = image::PictureForm::kEncoded;
  batching::QueueId model;

  friend bool operator==(const AnswerKey&, const AnswerKey&) = default;

  // Equal pictures for several models are few.
  template <typename H>
  friend H AbslHashValue(H hash, const AnswerKey& key) {
    return H::combine(std::move(hash), key.picture);
  }
};

// Of a job that still has its encoded picture, at more than 1 GB/s where the
// CPU has instructions for SHA. Throws bad_alloc.
AnswerKey KeyOf(const ClassifyJob& job);

}  // namespace wanwu::pipeline

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "server/image/byte_chain.h"
#include "server/pipeline/classify_job.h"

namespace wanwu::rpc {

// Collects where a picture's bytes lie. Once there are so many pieces that
// keeping them would take far more memory than the bytes, it copies these
// instead, so that no more is held even meanwhile.
class PicturePieces {
 public:
  // `size`: bytes that the picture has at least.
  explicit PicturePieces(size_t size);

  // What is not copied must stay where it is.
  void Add(image::ByteChain::Piece piece);

  // All that was added and all that will be: none of it is needed any more.
  bool copied() const { return copied_; }
  size_t size() const { return copied_ ? copy_.size() : bytes_.size(); }

  // `owner` keeps what was not copied in memory, `held_bytes` of it.
  pipeline::EncodedPicture Build(std::shared_ptr<const void> owner,
                                 size_t held_bytes) &&;

 private:
  void CopyAll();

  const size_t size_;
  const size_t most_pieces_;
  image::ByteChain bytes_;
  bool copied_ = false;
  std::vector<uint8_t> copy_;
};

}  // namespace wanwu::rpc

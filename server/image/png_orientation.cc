#include "server/image/png_orientation.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/image/chain_cursor.h"
#include "server/image/exif_orientation.h"

namespace wanwu::image {
namespace {

using namespace std::string_view_literals;

constexpr size_t kSignatureBytes = 8;
constexpr size_t kChecksumBytes = 4;
constexpr size_t kMaxUnpackedBytes = 1024 * 1024;
// Of each chunk that may hold an orientation: it stands near the beginning.
constexpr size_t kMaxContentBytes = 1024 * 1024;

using ChunkType = std::array<char, 4>;

struct Chunk {
  ChunkType type{};
  std::vector<uint8_t> content;

  bool Is(std::string_view name) const {
    return std::string_view(type.data(), type.size()) == name;
  }
};

// The last chunk of each kind; content is empty where there is none.
struct OrientationChunks {
  Chunk exif;
  Chunk exif_text;
  Chunk xmp_text;
};

std::string_view AsText(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Removes and returns what comes before the next NUL; nothing without one.
std::optional<std::string_view> TakeField(std::string_view& text) {
  const size_t end = text.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view field = text.substr(0, end);
  text.remove_prefix(end + 1);
  return field;
}

std::string Unpack(std::string_view packed) {
  std::string text(kMaxUnpackedBytes, '\0');
  uLongf size = text.size();
  const int result =
      uncompress(reinterpret_cast<Bytef*>(text.data()), &size,
                 reinterpret_cast<const Bytef*>(packed.data()), packed.size());
  text.resize(result == Z_OK ? size : 0);
  return text;
}

std::string UnpackIf(bool packed, std::string_view text) {
  return packed ? Unpack(text) : std::string(text);
}

// The text of a tEXt, zTXt or iTXt chunk. Empty if malformed.
std::string TextOf(const Chunk& chunk) {
  std::string_view rest = AsText(chunk.content);
  if (!TakeField(rest).has_value()) return {};
  if (chunk.Is("tEXt")) return std::string(rest);
  if (chunk.Is("zTXt")) {
    return rest.starts_with('\0') ? Unpack(rest.substr(1)) : std::string();
  }
  if (rest.size() < 2 || rest[1] != 0) return {};
  const bool packed = rest[0] != 0;
  rest.remove_prefix(2);
  if (!TakeField(rest).has_value()) return {};  // Language.
  if (!TakeField(rest).has_value()) return {};  // Translated keyword.
  return UnpackIf(packed, rest);
}

Chunk* SlotFor(const Chunk& chunk, OrientationChunks& found) {
  if (chunk.Is("eXIf")) return &found.exif;
  if (!chunk.Is("tEXt") && !chunk.Is("zTXt") && !chunk.Is("iTXt")) {
    return nullptr;
  }
  std::string_view rest = AsText(chunk.content);
  const std::optional<std::string_view> keyword = TakeField(rest);
  if (keyword == "Raw profile type exif"sv) return &found.exif_text;
  if (keyword == "XML:com.adobe.xmp"sv) return &found.xmp_text;
  return nullptr;
}

bool MayHoldOrientation(const Chunk& chunk) {
  return chunk.Is("eXIf") || chunk.Is("tEXt") || chunk.Is("zTXt") ||
         chunk.Is("iTXt");
}

OrientationChunks FindChunks(const ByteChain& encoded) {
  OrientationChunks found;
  ChainCursor cursor(encoded);
  if (!cursor.Skip(kSignatureBytes)) return found;
  std::array<uint8_t, 8> head{};
  while (cursor.Read(head)) {
    const size_t length = size_t{head[0]} << 24 | size_t{head[1]} << 16 |
                          size_t{head[2]} << 8 | size_t{head[3]};
    Chunk chunk;
    std::copy(head.begin() + 4, head.end(), chunk.type.begin());
    if (chunk.Is("IEND") || length > cursor.remaining()) break;
    if (MayHoldOrientation(chunk)) {
      chunk.content.resize(std::min(length, kMaxContentBytes));
      if (!cursor.Read(chunk.content)) break;
      if (!cursor.Skip(length - chunk.content.size())) break;
      Chunk* const slot = SlotFor(chunk, found);
      if (slot != nullptr) *slot = std::move(chunk);
    } else if (!cursor.Skip(length)) {
      break;
    }
    if (!cursor.Skip(kChecksumBytes)) break;
  }
  return found;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Three lines (blank, "exif", the length), then the block in hexadecimal.
std::vector<uint8_t> ParseRawProfile(std::string_view text) {
  for (int line = 0; line < 3; ++line) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  std::vector<uint8_t> block;
  int high = -1;
  for (const char c : text) {
    const int digit = HexDigit(c);
    if (digit < 0) continue;
    if (high < 0) {
      high = digit;
    } else {
      block.push_back(static_cast<uint8_t>(high << 4 | digit));
      high = -1;
    }
  }
  return block;
}

int XmpOrientationTag(std::string_view xmp) {
  constexpr std::string_view kName = "tiff:Orientation";
  for (size_t at = xmp.find(kName); at != std::string_view::npos;
       at = xmp.find(kName, at + 1)) {
    std::string_view rest = xmp.substr(at + kName.size());
    if (rest.starts_with("=\"")) {
      rest.remove_prefix(2);
    } else if (rest.starts_with(">")) {
      rest.remove_prefix(1);
    } else {
      continue;
    }
    if (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') return rest[0] - '0';
  }
  return 0;
}

}  // namespace

Orientation PngOrientation(const ByteChain& encoded) {
  const OrientationChunks found = FindChunks(encoded);
  std::optional<int> tag;
  if (!found.exif.content.empty()) {
    tag = ExifOrientationTag(found.exif.content);
  } else if (!found.exif_text.content.empty()) {
    tag = ExifOrientationTag(ParseRawProfile(TextOf(found.exif_text)));
  }
  if (!tag.has_value() && !found.xmp_text.content.empty()) {
    tag = XmpOrientationTag(TextOf(found.xmp_text));
  }
  return OrientationFromTag(tag.value_or(0));
}

}  // namespace wanwu::image

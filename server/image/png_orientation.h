#pragma once

#include "server/image/byte_chain.h"
#include "server/image/orientation.h"

namespace wanwu::image {

// The orientation a PNG asks for, found where Pillow looks: the eXIf chunk,
// else a text chunk "Raw profile type exif" (hexadecimal, as ImageMagick writes
// it), else tiff:Orientation in a text chunk "XML:com.adobe.xmp". Of several
// chunks of one kind the last counts. kUpright if there is none or it is
// malformed.
//
// Checks no checksums: the picture's reader does. Looks at the first 1 MiB of a
// chunk. Unpacks at most 1 MiB of a compressed text, once for each of the two
// kinds.
Orientation PngOrientation(const ByteChain& encoded);

}  // namespace wanwu::image

#pragma once

// jpeglib.h needs size_t and FILE before it.
// clang-format off
#include <stddef.h>
#include <stdio.h>
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

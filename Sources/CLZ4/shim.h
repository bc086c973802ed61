// LZ4 frames, which Arrow's buffers are packed in unless told otherwise (Feather V2).
#pragma once
#include <lz4frame.h>

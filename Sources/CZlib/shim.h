// zlib: deflate in gzip's wrapping (RFC 1951, RFC 1952).
#pragma once
#include <zlib.h>

// Sixteen lanes at a time, whatever the machine has: one AVX-512, two AVX or four SSE registers.
#pragma once

#include <stdint.h>

// Under the thread sanitizer there is one clone: what chooses among several runs before its runtime, which it would call.
#if defined(__x86_64__) && defined(__linux__) && !__has_feature(thread_sanitizer)
#define AC_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define AC_CLONES
#endif

#define AC_INLINE static inline __attribute__((always_inline))
#define AC_LANES 16

typedef float lanes __attribute__((vector_size(64)));
typedef int32_t ilanes __attribute__((vector_size(64)));

/// Unaligned view, for memory that need not be on a 64-byte boundary.
typedef float loose_lanes __attribute__((vector_size(64), aligned(4)));

#define LOAD(p) (*(const loose_lanes *)(p))
#define STORE(p, v) (*(loose_lanes *)(p) = (v))
#define ROUND_UP(n) (((n) + AC_LANES - 1) & ~(int64_t)(AC_LANES - 1))

/// The sum of the lanes by halves, in the same order on every machine.
#define LANE_SUM(result, v)                                                                                           \
    do {                                                                                                              \
        lanes lane_sum_v = (v);                                                                                       \
        float lane_sum_8[8], lane_sum_4[4];                                                                           \
        for (int lane_i = 0; lane_i < 8; lane_i++) lane_sum_8[lane_i] = lane_sum_v[lane_i] + lane_sum_v[lane_i + 8];  \
        for (int lane_i = 0; lane_i < 4; lane_i++) lane_sum_4[lane_i] = lane_sum_8[lane_i] + lane_sum_8[lane_i + 4];  \
        (result) = (lane_sum_4[0] + lane_sum_4[2]) + (lane_sum_4[1] + lane_sum_4[3]);                                 \
    } while (0)

/// Picks a where the mask is set, b elsewhere.
#define SELECT(mask, a, b) ((lanes)(((ilanes)(a) & (mask)) | ((ilanes)(b) & ~(mask))))
#define ISELECT(mask, a, b) (((a) & (mask)) | ((b) & ~(mask)))

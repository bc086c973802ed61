#include "columns.h"
#include "lanes.h"

#include <string.h>

/// Lanes at any address.
typedef float packed_lanes __attribute__((vector_size(64), aligned(1)));

typedef double wide_lanes __attribute__((vector_size(128)));

/// Sixteen columns whose figures stay in registers while the rows go by.
AC_INLINE void add_sixteen(const char *values, int64_t count, int64_t d, float *least, float *most, double *sum) {
    lanes low = LOAD(least), high = LOAD(most);
    wide_lanes total;
    memcpy(&total, sum, sizeof total);
    for (int64_t i = 0; i < count; i++) {
        lanes x = *(const packed_lanes *)(values + i * d * sizeof(float));
        low = SELECT(x < low, x, low);
        high = SELECT(x > high, x, high);
        total += __builtin_convertvector(x, wide_lanes);
    }
    STORE(least, low);
    STORE(most, high);
    memcpy(sum, &total, sizeof total);
}

AC_CLONES void ac_add_columns(const void *numbers, int64_t count, int64_t d, float *least, float *most, double *sum) {
    const char *values = numbers;
    int64_t j = 0;
    for (; j + AC_LANES <= d; j += AC_LANES)
        add_sixteen(values + j * sizeof(float), count, d, least + j, most + j, sum + j);
    for (int64_t i = 0; i < count; i++)
        for (int64_t r = j; r < d; r++) {
            float x;
            memcpy(&x, values + (i * d + r) * sizeof x, sizeof x);
            least[r] = x < least[r] ? x : least[r];
            most[r] = x > most[r] ? x : most[r];
            sum[r] += x;
        }
}

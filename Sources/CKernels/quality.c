#include "CKernels.h"
#include "lanes.h"

#include <math.h>

#define AC_BLOCK 128

AC_CLONES void ac_exact_rows(const float *values, const int64_t *rows, int64_t first, int64_t count, int64_t d,
                             const double *offset, const double *factor, double *out) {
    for (int64_t i = 0; i < count; i++) {
        const float *x = values + (rows ? rows[first + i] : first + i) * d;
        for (int64_t j = 0; j < d; j++) out[i * d + j] = ((double)x[j] - offset[j]) * factor[j];
    }
}

void ac_exact_directions(const float *values, const int64_t *rows, int64_t first, int64_t count, int64_t d,
                         const double *offset, const double *factor, double *out) {
    for (int64_t i = 0; i < count; i++) {
        const float *x = values + (rows ? rows[first + i] : first + i) * d;
        double inverse = ac_inverse_length(x, d);
        for (int64_t j = 0; j < d; j++) out[i * d + j] = ((double)(float)(x[j] * inverse) - offset[j]) * factor[j];
    }
}

AC_CLONES void ac_sum_by_label(const double *points, int64_t count, int64_t d, const int32_t *labels, double *sums) {
    for (int64_t i = 0; i < count; i++) {
        double *sum = sums + labels[i] * d;
        for (int64_t j = 0; j < d; j++) sum[j] += points[i * d + j];
    }
}

AC_CLONES void ac_spread_by_label(const double *points, int64_t count, int64_t d, const int32_t *labels,
                                  const double *means, double *distances, double *squares) {
    for (int64_t i = 0; i < count; i++) {
        const double *x = points + i * d, *mean = means + labels[i] * d;
        double sums[8] = {0};
        int64_t j = 0;
        for (; j + 8 <= d; j += 8)
            for (int l = 0; l < 8; l++) sums[l] += (x[j + l] - mean[j + l]) * (x[j + l] - mean[j + l]);
        for (; j < d; j++) sums[0] += (x[j] - mean[j]) * (x[j] - mean[j]);
        double square = ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
        distances[labels[i]] += sqrt(square);
        squares[labels[i]] += square;
    }
}

/// Σ values in eight sums, so that the order depends on no vector width.
AC_INLINE double total(const double *values, int64_t count) {
    double sums[8] = {0};
    int64_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (int l = 0; l < 8; l++) sums[l] += values[i + l];
    for (int l = 0; i < count; i++, l++) sums[l] += values[i];
    return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

typedef double wide __attribute__((vector_size(64)));
typedef double loose_wide __attribute__((vector_size(64), aligned(8)));

AC_CLONES void ac_distance_sums(const double *references, int64_t stride, int64_t d, const int64_t *starts, int64_t k,
                                const double *queries, int64_t query_count, double *sums) {
    // A block of references of one cluster stays in the cache for all queries. Lanes past its end hold the next
    // cluster's references, or the padding, and are not added.
    for (int64_t c = 0; c < k; c++) {
        for (int64_t b = starts[c]; b < starts[c + 1]; b += AC_BLOCK) {
            int64_t n = starts[c + 1] - b < AC_BLOCK ? starts[c + 1] - b : AC_BLOCK;
            for (int64_t q = 0; q < query_count; q++) {
                const double *query = queries + q * d;
                double distances[AC_BLOCK];
                for (int64_t l = 0; l < n; l += 32) {
                    wide s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
                    for (int64_t j = 0; j < d; j++) {
                        const loose_wide *r = (const loose_wide *)(references + j * stride + b + l);
                        wide e0 = r[0] - query[j], e1 = r[1] - query[j], e2 = r[2] - query[j], e3 = r[3] - query[j];
                        s0 += e0 * e0;
                        s1 += e1 * e1;
                        s2 += e2 * e2;
                        s3 += e3 * e3;
                    }
                    loose_wide *out = (loose_wide *)(distances + l);
                    out[0] = __builtin_elementwise_sqrt(s0);
                    out[1] = __builtin_elementwise_sqrt(s1);
                    out[2] = __builtin_elementwise_sqrt(s2);
                    out[3] = __builtin_elementwise_sqrt(s3);
                }
                sums[q * k + c] += total(distances, n);
            }
        }
    }
}

#include "CKernels.h"
#include "lanes.h"

#include <math.h>
#include <string.h>

AC_CLONES int64_t ac_scan(const float *values, int64_t count, int64_t d, const float *centre, float *deviation) {
    for (int64_t i = 0; i < count; i++) {
        const float *x = values + i * d;
        int32_t bad = 0;
        for (int64_t j = 0; j < d; j++) {
            int32_t bits;
            memcpy(&bits, &x[j], sizeof bits);
            bad |= (bits & 0x7f800000) == 0x7f800000;
            float half = fabsf(0.5f * x[j] - 0.5f * centre[j]);
            deviation[j] = half > deviation[j] ? half : deviation[j];
        }
        if (bad) {
            for (int64_t j = 0; j < d; j++)
                if (!isfinite(x[j])) return i * d + j;
        }
    }
    return -1;
}

uint64_t ac_hash_row(const float *values, int64_t d) {
    uint64_t hash = 0x9e3779b97f4a7c15u;
    for (int64_t j = 0; j < d; j++) {
        float value = values[j] + 0.0f; // −0 + 0 is +0
        uint32_t bits;
        memcpy(&bits, &value, sizeof bits);
        hash = (hash ^ bits) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    return hash;
}

AC_CLONES void ac_load_tile(const float *values, const int64_t *rows, int64_t first, int64_t count, int64_t d,
                            const float *power, const float *shift, const float *scale, float limit, float *tile,
                            int64_t stride) {
    lanes upper = limit - (lanes){0}, lower = -upper;
    for (int64_t b = 0; b < count; b += AC_LANES) {
        const float *source[AC_LANES];
        for (int64_t l = 0; l < AC_LANES; l++) {
            int64_t i = first + (b + l < count ? b + l : count - 1);
            source[l] = values + (rows ? rows[i] : i) * d;
        }
        for (int64_t j = 0; j < d; j++) {
            lanes x;
            for (int l = 0; l < AC_LANES; l++) x[l] = source[l][j];
            x = (x * power[j] - shift[j]) * scale[j];
            x = SELECT(x > upper, upper, x);
            x = SELECT(x < lower, lower, x);
            STORE(tile + j * stride + b, x);
        }
    }
}

/// 1/‖x‖ in double precision, with an order that depends on no vector width; 0 for x = 0.
AC_INLINE double inverse_length(const float *x, int64_t d) {
    double sums[8] = {0};
    for (int64_t j = 0; j < d; j++) sums[j & 7] += (double)x[j] * x[j];
    double square = ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
    return square > 0 ? 1 / sqrt(square) : 0;
}

AC_CLONES void ac_load_directions(const float *values, const int64_t *rows, int64_t first, int64_t count, int64_t d,
                                  const float *power, const float *shift, const float *scale, float limit, float *tile,
                                  int64_t stride) {
    lanes upper = limit - (lanes){0}, lower = -upper;
    for (int64_t b = 0; b < count; b += AC_LANES) {
        const float *source[AC_LANES];
        double inverse[AC_LANES];
        for (int64_t l = 0; l < AC_LANES; l++) {
            int64_t i = first + (b + l < count ? b + l : count - 1);
            source[l] = values + (rows ? rows[i] : i) * d;
            inverse[l] = inverse_length(source[l], d);
        }
        for (int64_t j = 0; j < d; j++) {
            lanes x;
            for (int l = 0; l < AC_LANES; l++) x[l] = (float)(source[l][j] * inverse[l]);
            x = (x * power[j] - shift[j]) * scale[j];
            x = SELECT(x > upper, upper, x);
            x = SELECT(x < lower, lower, x);
            STORE(tile + j * stride + b, x);
        }
    }
}

double ac_inverse_length(const float *values, int64_t d) { return inverse_length(values, d); }

AC_CLONES void ac_add_moments(const float *tile, int64_t stride, int64_t count, int64_t d, double *sum,
                              double *squares) {
    int64_t whole = count & ~(int64_t)(AC_LANES - 1);
    for (int64_t j = 0; j < d; j++) {
        const float *x = tile + j * stride;
        lanes s = {0}, q = {0};
        for (int64_t b = 0; b < whole; b += AC_LANES) {
            lanes v = LOAD(x + b);
            s += v;
            q += v * v;
        }
        float first, second;
        LANE_SUM(first, s);
        LANE_SUM(second, q);
        double tail = 0, tail_squares = 0;
        for (int64_t b = whole; b < count; b++) {
            tail += x[b];
            tail_squares += (double)x[b] * x[b];
        }
        sum[j] += first + tail;
        squares[j] += second + tail_squares;
    }
}

AC_CLONES void ac_add_floats(const float *values, int64_t count, double *sum) {
    for (int64_t i = 0; i < count; i++) sum[i] += values[i];
}

#include "weights.h"
#include "lanes.h"

AC_CLONES void ac_weigh_rows(float *rows, int64_t stride, int64_t count, int64_t k, const float *weights) {
    for (int64_t c = 0; c < k; c++)
        for (int64_t b = 0; b < count; b += AC_LANES) {
            float *row = rows + c * stride + b;
            STORE(row, LOAD(row) * LOAD(weights + b));
        }
}

double ac_weighted_total(const float *values, const float *weights, int64_t count) {
    double sum = 0;
    for (int64_t b = 0; b < count; b++) sum += (double)weights[b] * values[b];
    return sum;
}

void ac_add_weighted_moments(const float *tile, int64_t stride, int64_t count, int64_t d, const float *weights,
                             double *sum, double *squares) {
    for (int64_t j = 0; j < d; j++) {
        const float *x = tile + j * stride;
        double s = 0, q = 0;
        for (int64_t b = 0; b < count; b++) {
            double weighted = (double)weights[b] * x[b];
            s += weighted;
            q += weighted * x[b];
        }
        sum[j] += s;
        squares[j] += q;
    }
}

double ac_lowered_weighted_sum(const float *distances, int64_t count, const float *nearest, const float *weights) {
    double sum = 0;
    for (int64_t b = 0; b < count; b++)
        sum += (double)weights[b] * (distances[b] < nearest[b] ? distances[b] : nearest[b]);
    return sum;
}

int64_t ac_pick_weighted(const float *values, const float *weights, int64_t count, double target) {
    double sum = 0;
    int64_t last = 0;
    for (int64_t b = 0; b < count; b++) {
        double value = (double)weights[b] * (values ? values[b] : 1.0f);
        sum += value;
        if (sum > target) return b;
        if (value > 0) last = b;
    }
    return last;
}

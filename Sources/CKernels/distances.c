#include "CKernels.h"
#include "lanes.h"

#include <float.h>
#include <math.h>

AC_CLONES void ac_squared_distances(const float *tile, int64_t stride, int64_t count, int64_t d,
                                    const float *centroids, int64_t k, float *out) {
    // Four centroids at a time share each load of a coordinate; surplus ones of the last group repeat its last.
    for (int64_t g = 0; g < k; g += 4) {
        const float *c[4];
        float *o[4];
        for (int64_t l = 0; l < 4; l++) {
            int64_t index = g + l < k ? g + l : k - 1;
            c[l] = centroids + index * d;
            o[l] = out + index * stride;
        }
        for (int64_t b = 0; b < count; b += AC_LANES) {
            lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
            for (int64_t j = 0; j < d; j++) {
                lanes x = LOAD(tile + j * stride + b);
                lanes e0 = x - c[0][j], e1 = x - c[1][j], e2 = x - c[2][j], e3 = x - c[3][j];
                s0 += e0 * e0;
                s1 += e1 * e1;
                s2 += e2 * e2;
                s3 += e3 * e3;
            }
            STORE(o[0] + b, s0);
            STORE(o[1] + b, s1);
            STORE(o[2] + b, s2);
            STORE(o[3] + b, s3);
        }
    }
}

AC_CLONES void ac_distance_to_own(const float *tile, int64_t stride, int64_t count, int64_t d,
                                  const float *centroids, const int32_t *labels, float *squared) {
    for (int64_t b = 0; b < count; b += AC_LANES) {
        const float *c[AC_LANES];
        for (int64_t l = 0; l < AC_LANES; l++) c[l] = centroids + labels[b + l < count ? b + l : count - 1] * d;
        lanes s = {0};
        for (int64_t j = 0; j < d; j++) {
            lanes own;
            for (int l = 0; l < AC_LANES; l++) own[l] = c[l][j];
            lanes e = LOAD(tile + j * stride + b) - own;
            s += e * e;
        }
        STORE(squared + b, s);
    }
}

double ac_finish_assignment(const float *squared, const int32_t *labels, int64_t count, double unit, int64_t *sizes,
                            float *distances) {
    double sum = 0;
    for (int64_t b = 0; b < count; b++) {
        sizes[labels[b]]++;
        sum += squared[b];
        double distance = sqrt((double)squared[b]) * unit;
        distances[b] = distance < FLT_MAX ? (float)distance : FLT_MAX;
    }
    return sum;
}

double ac_total(const float *values, int64_t count) {
    double sum = 0;
    for (int64_t b = 0; b < count; b++) sum += values[b];
    return sum;
}

double ac_lower(const float *distances, int64_t count, float *nearest) {
    double sum = 0;
    for (int64_t b = 0; b < count; b++) {
        if (distances[b] < nearest[b]) nearest[b] = distances[b];
        sum += nearest[b];
    }
    return sum;
}

double ac_lowered_sum(const float *distances, int64_t count, const float *nearest) {
    double sum = 0;
    for (int64_t b = 0; b < count; b++) sum += distances[b] < nearest[b] ? distances[b] : nearest[b];
    return sum;
}

int64_t ac_pick(const float *values, int64_t count, double target) {
    double sum = 0;
    int64_t last = 0;
    for (int64_t b = 0; b < count; b++) {
        sum += values[b];
        if (sum > target) return b;
        if (values[b] > 0) last = b;
    }
    return last;
}

int64_t ac_argmax(const float *values, int64_t count) {
    int64_t best = 0;
    for (int64_t b = 1; b < count; b++)
        if (values[b] > values[best]) best = b;
    return best;
}

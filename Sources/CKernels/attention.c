#include "CKernels.h"
#include "lanes.h"

#include <math.h>

/// exp of x ≤ 0, to about 2 units in the last place; 0 below −87. Cephes' expf, sixteen lanes at a time.
AC_INLINE void exponential(lanes *value) {
    lanes x = *value;
    ilanes vanishing = x < -87.0f;
    x = SELECT(vanishing, (lanes){0} - 87.0f, x);
    // n = round(x / ln 2): adding 1.5·2²³ leaves the integer in the low bits.
    lanes shifted = x * 1.44269504088896341f + 12582912.0f;
    lanes n = shifted - 12582912.0f;
    lanes r = x - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    lanes p = 1.9875691500e-4f * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    ilanes exponent = (ilanes)shifted << 23;
    ilanes scaled = (ilanes)p + exponent;
    *value = SELECT(vanishing, (lanes){0}, (lanes)scaled);
}

/// Σ_l w_l·log(total_l) over the first `valid` lanes.
AC_INLINE double weighted_log(const lanes *total, const float *weights, int64_t valid) {
    double sum = 0;
    for (int64_t l = 0; l < valid; l++) sum += weights[l] * log((*total)[l]);
    return sum;
}

/// Σ log(total_l) over the first `valid` lanes: the product of 16 sums of at most k terms fits a double by far.
AC_INLINE double log_of_product(const lanes *total, int64_t valid) {
    double product = 1;
    for (int64_t l = 0; l < valid; l++) product *= (*total)[l];
    return log(product);
}

AC_INLINE void attend(const float *distances, int64_t stride, int64_t count, int64_t k, const float *bias, float half,
                      const float *weights, float *responsibilities, double *log_likelihood, double *scatter) {
    const ilanes index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    double log_sum = 0, scatter_sum = 0;
    for (int64_t b = 0; b < count; b += AC_LANES) {
        int64_t valid = count - b < AC_LANES ? count - b : AC_LANES;
        ilanes inside = index < (int32_t)valid;
        lanes top = bias[0] - half * LOAD(distances + b);
        for (int64_t c = 1; c < k; c++) {
            lanes s = bias[c] - half * LOAD(distances + c * stride + b);
            top = SELECT(s > top, s, top);
        }
        lanes total = {0}, weighted = {0};
        for (int64_t c = 0; c < k; c++) {
            lanes distance = LOAD(distances + c * stride + b);
            lanes e = bias[c] - half * distance - top;
            exponential(&e);
            total += e;
            weighted += e * distance;
            STORE(responsibilities + c * stride + b, e);
        }
        lanes inverse = SELECT(inside, 1.0f / total, (lanes){0});
        if (weights) inverse *= LOAD(weights + b);
        for (int64_t c = 0; c < k; c++) {
            float *r = responsibilities + c * stride + b;
            STORE(r, LOAD(r) * inverse);
        }
        weighted *= inverse;
        for (int64_t l = 0; l < valid; l++) {
            log_sum += weights ? weights[b + l] * (double)top[l] : top[l];
            scatter_sum += weighted[l];
        }
        log_sum += weights ? weighted_log(&total, weights + b, valid) : log_of_product(&total, valid);
    }
    *log_likelihood += log_sum;
    *scatter += scatter_sum;
}

AC_CLONES void ac_attend(const float *distances, int64_t stride, int64_t count, int64_t k, const float *bias,
                         float half, float *responsibilities, double *log_likelihood, double *scatter) {
    attend(distances, stride, count, k, bias, half, 0, responsibilities, log_likelihood, scatter);
}

AC_CLONES void ac_attend_weighted(const float *distances, int64_t stride, int64_t count, int64_t k, const float *bias,
                                  float half, const float *weights, float *responsibilities, double *log_likelihood,
                                  double *scatter) {
    attend(distances, stride, count, k, bias, half, weights, responsibilities, log_likelihood, scatter);
}

AC_INLINE int64_t choose(const float *distances, int64_t stride, int64_t count, int64_t k, const float *bias, float half,
                         const float *weights, int32_t *labels, float *confidence, double *log_likelihood) {
    double sum = 0;
    int64_t ties = 0;
    for (int64_t b = 0; b < count; b += AC_LANES) {
        int64_t valid = count - b < AC_LANES ? count - b : AC_LANES;
        lanes top = bias[0] - half * LOAD(distances + b);
        ilanes label = {0}, tied = {0};
        for (int64_t c = 1; c < k; c++) {
            lanes s = bias[c] - half * LOAD(distances + c * stride + b);
            ilanes better = s > top;
            tied = ISELECT(better, (ilanes){0}, tied | (s == top));
            label = ISELECT(better, (ilanes){0} + (int32_t)c, label);
            top = SELECT(better, s, top);
        }
        lanes total = {0};
        for (int64_t c = 0; c < k; c++) {
            lanes e = bias[c] - half * LOAD(distances + c * stride + b) - top;
            exponential(&e);
            total += e;
        }
        for (int64_t l = 0; l < valid; l++) {
            labels[b + l] = label[l];
            confidence[b + l] = 1.0f / total[l];
            ties -= tied[l];
            sum += weights ? weights[b + l] * (double)top[l] : top[l];
        }
        sum += weights ? weighted_log(&total, weights + b, valid) : log_of_product(&total, valid);
    }
    *log_likelihood += sum;
    return ties;
}

AC_CLONES int64_t ac_choose(const float *distances, int64_t stride, int64_t count, int64_t k, const float *bias,
                            float half, int32_t *labels, float *confidence, double *log_likelihood) {
    return choose(distances, stride, count, k, bias, half, 0, labels, confidence, log_likelihood);
}

AC_CLONES int64_t ac_choose_weighted(const float *distances, int64_t stride, int64_t count, int64_t k,
                                     const float *bias, float half, const float *weights, int32_t *labels,
                                     float *confidence, double *log_likelihood) {
    return choose(distances, stride, count, k, bias, half, weights, labels, confidence, log_likelihood);
}

AC_CLONES int64_t ac_choose_largest(const float *scores, int64_t stride, int64_t count, int64_t k,
                                    const float *bias, int32_t *labels, float *confidence) {
    int64_t ties = 0;
    for (int64_t b = 0; b < count; b += AC_LANES) {
        int64_t valid = count - b < AC_LANES ? count - b : AC_LANES;
        lanes top = LOAD(scores + b) + bias[0];
        lanes total = SELECT(top > 0.0f, top, (lanes){0});
        ilanes label = {0}, tied = {0};
        for (int64_t c = 1; c < k; c++) {
            lanes s = LOAD(scores + c * stride + b) + bias[c];
            ilanes better = s > top;
            tied = ISELECT(better, (ilanes){0}, tied | (s == top));
            label = ISELECT(better, (ilanes){0} + (int32_t)c, label);
            top = SELECT(better, s, top);
            total += SELECT(s > 0.0f, s, (lanes){0});
        }
        for (int64_t l = 0; l < valid; l++) {
            labels[b + l] = label[l];
            confidence[b + l] = top[l] > 0 ? top[l] / total[l] : 1.0f / (float)k;
            ties -= tied[l];
        }
    }
    return ties;
}

void ac_one_hot(const int32_t *labels, int64_t stride, int64_t count, int64_t k, float *responsibilities) {
    for (int64_t c = 0; c < k; c++)
        for (int64_t b = 0; b < ROUND_UP(count); b++) responsibilities[c * stride + b] = 0;
    for (int64_t b = 0; b < count; b++) responsibilities[labels[b] * stride + b] = 1;
}

AC_CLONES void ac_accumulate(const float *tile, int64_t stride, int64_t count, int64_t d,
                             const float *responsibilities, int64_t k, double *counts, double *sums) {
    for (int64_t g = 0; g < k; g += 2) {
        const float *r0 = responsibilities + g * stride;
        const float *r1 = g + 1 < k ? r0 + stride : r0;
        lanes n0 = {0}, n1 = {0};
        for (int64_t b = 0; b < count; b += AC_LANES) {
            n0 += LOAD(r0 + b);
            n1 += LOAD(r1 + b);
        }
        float total;
        LANE_SUM(total, n0);
        counts[g] += total;
        if (g + 1 < k) {
            LANE_SUM(total, n1);
            counts[g + 1] += total;
        }
        for (int64_t j = 0; j < d; j += 2) {
            const float *x0 = tile + j * stride;
            const float *x1 = j + 1 < d ? x0 + stride : x0;
            lanes s00 = {0}, s01 = {0}, s10 = {0}, s11 = {0};
            for (int64_t b = 0; b < count; b += AC_LANES) {
                lanes a0 = LOAD(r0 + b), a1 = LOAD(r1 + b), u = LOAD(x0 + b), v = LOAD(x1 + b);
                s00 += a0 * u;
                s01 += a0 * v;
                s10 += a1 * u;
                s11 += a1 * v;
            }
            LANE_SUM(total, s00);
            sums[g * d + j] += total;
            if (j + 1 < d) {
                LANE_SUM(total, s01);
                sums[g * d + j + 1] += total;
            }
            if (g + 1 < k) {
                LANE_SUM(total, s10);
                sums[(g + 1) * d + j] += total;
                if (j + 1 < d) {
                    LANE_SUM(total, s11);
                    sums[(g + 1) * d + j + 1] += total;
                }
            }
        }
    }
}

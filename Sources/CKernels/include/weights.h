// Loops for points that count for more or less than one. Weights are one float a point of a tile, from `count` up to the
// next multiple of 16 zeros.
#pragma once

#include <stdint.h>

/// ac_attend for weighted points: responsibilities and everything added up are multiplied with the weights.
void ac_attend_weighted(const float *distances, int64_t stride, int64_t count, int64_t k, const float *bias, float half,
                        const float *weights, float *responsibilities, double *log_likelihood, double *scatter);

/// ac_choose for weighted points: log_likelihood grows by Σ_b w_b·log Σ_k exp(s_bk).
int64_t ac_choose_weighted(const float *distances, int64_t stride, int64_t count, int64_t k, const float *bias,
                           float half, const float *weights, int32_t *labels, float *confidence,
                           double *log_likelihood);

/// rows[k·stride + b] *= weights[b].
void ac_weigh_rows(float *rows, int64_t stride, int64_t count, int64_t k, const float *weights);

/// Σ_b w_b·values[b].
double ac_weighted_total(const float *values, const float *weights, int64_t count);

/// Adds Σ_b w_b·x_bj and Σ_b w_b·x_bj² of a tile to sum[j] and squares[j].
void ac_add_weighted_moments(const float *tile, int64_t stride, int64_t count, int64_t d, const float *weights,
                             double *sum, double *squares);

/// Σ_b w_b·min(nearest[b], distances[b]).
double ac_lowered_weighted_sum(const float *distances, int64_t count, const float *nearest, const float *weights);

/// The first b at which the running sum of w_b·values[b] (of w_b where values is null) exceeds target, or the last b
/// with a positive one.
int64_t ac_pick_weighted(const float *values, const float *weights, int64_t count, double target);

/// sum[j] += Σ_i w_i·x_ij of count×m tokens, row-major.
void ac_add_weighted_rows(const double *tokens, const double *weights, int64_t count, int64_t m, double *sum);

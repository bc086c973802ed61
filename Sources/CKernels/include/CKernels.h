// Hot loops over tiles of points, in C because Swift vectorises no floating-point reductions.
//
// A tile holds up to `stride` points feature-major: coordinate j of point b is tile[j·stride + b]. `stride` is a
// multiple of 16, tiles are 64-byte aligned, and lanes from `count` up to the next multiple of 16 repeat the last
// point. Every sum has a fixed order that depends on no vector width.
#pragma once

#include <stdint.h>

#include "columns.h"
#include "incontext.h"
#include "quality.h"
#include "weights.h"

/// Finds the first non-finite value and widens deviation[j] to max |x_j/2 − centre_j/2| over the rows.
///
/// Returns the index of the value in `values` (count×d, row-major), or −1 when all are finite.
int64_t ac_scan(const float *values, int64_t count, int64_t d, const float *centre, float *deviation);

/// A 64-bit hash of d values in which −0 and +0 are the same.
uint64_t ac_hash_row(const float *values, int64_t d);

/// Loads `count` rows as a tile of (x·power − shift)·scale, clamped to ±limit.
///
/// Rows are first, first+1, … of `values` (row-major), or rows[first], rows[first+1], … when `rows` is not null.
void ac_load_tile(const float *values, const int64_t *rows, int64_t first, int64_t count, int64_t d,
                  const float *power, const float *shift, const float *scale, float limit, float *tile,
                  int64_t stride);

/// 1/‖x‖ of d values; 0 for zeros.
double ac_inverse_length(const float *values, int64_t d);

/// ac_load_tile of rows scaled to unit length, in double precision; rows of zeros stay.
void ac_load_directions(const float *values, const int64_t *rows, int64_t first, int64_t count, int64_t d,
                        const float *power, const float *shift, const float *scale, float limit, float *tile,
                        int64_t stride);

/// Adds Σ_b x_j and Σ_b x_j² of a tile to sum[j] and squares[j].
void ac_add_moments(const float *tile, int64_t stride, int64_t count, int64_t d, double *sum, double *squares);

/// sum[i] += values[i].
void ac_add_floats(const float *values, int64_t count, double *sum);

/// out[k·stride + b] = ‖x_b − c_k‖² by differences, for k centroids (k×d, row-major).
void ac_squared_distances(const float *tile, int64_t stride, int64_t count, int64_t d, const float *centroids,
                          int64_t k, float *out);

/// Softmax attention: s = bias_k − half·distance, then responsibilities[k·stride + b] = exp(s_bk)/Σ_k exp(s_bk).
///
/// Adds Σ_b log Σ_k exp(s_bk) to log_likelihood and Σ_b Σ_k r_bk·distance_bk to scatter.
void ac_attend(const float *distances, int64_t stride, int64_t count, int64_t k, const float *bias, float half,
               float *responsibilities, double *log_likelihood, double *scatter);

/// Labels by largest s = bias_k − half·distance (ties: lowest k), confidence = largest responsibility.
///
/// Adds Σ_b log Σ_k exp(s_bk) to log_likelihood; returns how many points had an exact tie for the largest score.
int64_t ac_choose(const float *distances, int64_t stride, int64_t count, int64_t k, const float *bias, float half,
                  int32_t *labels, float *confidence, double *log_likelihood);

/// Labels by largest score (ties: lowest k), confidence = its share of the positive scores.
///
/// Returns how many points had an exact tie.
int64_t ac_choose_largest(const float *scores, int64_t stride, int64_t count, int64_t k, const float *bias,
                          int32_t *labels, float *confidence);

/// One-hot responsibilities of labels.
void ac_one_hot(const int32_t *labels, int64_t stride, int64_t count, int64_t k, float *responsibilities);

/// counts[k] += Σ_b r_bk and sums[k·d + j] += Σ_b r_bk·x_bj.
void ac_accumulate(const float *tile, int64_t stride, int64_t count, int64_t d, const float *responsibilities,
                   int64_t k, double *counts, double *sums);

/// squared[b] = ‖x_b − c_{labels[b]}‖².
void ac_distance_to_own(const float *tile, int64_t stride, int64_t count, int64_t d, const float *centroids,
                        const int32_t *labels, float *squared);

/// Adds sizes[label] += 1, and Σ squared to the result; distances[b] = sqrt(squared[b])·unit, at most FLT_MAX.
double ac_finish_assignment(const float *squared, const int32_t *labels, int64_t count, double unit, int64_t *sizes,
                            float *distances);

/// Σ values.
double ac_total(const float *values, int64_t count);

/// nearest[b] = min(nearest[b], distances[b]); returns Σ_b nearest[b].
double ac_lower(const float *distances, int64_t count, float *nearest);

/// Σ_b min(nearest[b], distances[b]) without storing it.
double ac_lowered_sum(const float *distances, int64_t count, const float *nearest);

/// The two smallest of k rows of distances of each point, and which row the smallest is in (ties: lowest).
void ac_two_nearest(const float *distances, int64_t stride, int64_t count, int64_t k, float *first, float *second,
                    int32_t *owner);

/// What a candidate centroid changes: returns Σ w·min(first, candidate), and adds to losses[k] what that sum grows by
/// when centroid k goes, Σ over its points of w·(min(second, candidate) − min(first, candidate)). No weights: null.
double ac_swap_losses(const float *candidate, const float *first, const float *second, const int32_t *owner,
                      const float *weights, int64_t count, double *losses);

/// The first b at which the running sum of values exceeds target, or the last b with a positive value.
int64_t ac_pick(const float *values, int64_t count, double target);

/// The index of the largest value (ties: lowest index).
int64_t ac_argmax(const float *values, int64_t count);

/// Tokens (count×(r+1), row-major) from lifted coordinates (r rows of `stride`): (y, 1) scaled to unit length, or as
/// it is when unit is 0.
void ac_lifted_tokens(const float *lifted, int64_t stride, int64_t count, int64_t r, int32_t unit, double *tokens);

/// Tokens (count×d, row-major) from a tile.
void ac_plain_tokens(const float *tile, int64_t stride, int64_t count, int64_t d, double *tokens);

/// norms[i] = ‖x_i‖² of count×m tokens, row-major.
void ac_squared_norms(const double *tokens, int64_t count, int64_t m, double *norms);

/// sum[j] += Σ_i x_ij of count×m tokens, row-major.
void ac_add_rows(const double *tokens, int64_t count, int64_t m, double *sum);

/// scaled[i] = factors[i]·x_i of count×m tokens, row-major; in place, too.
void ac_scale_rows(const double *tokens, const double *factors, int64_t count, int64_t m, double *scaled);

/// features[i] = (x_a·x_b) for a ≤ b in row order, count×m(m+1)/2; weighted = ‖x_i‖·features unless null.
void ac_pair_features(const double *tokens, int64_t count, int64_t m, double *features, double *weighted);

/// The sums that ac_head_products adds up: Σ q²w, Σ qt, Σ q², Σ Σ_k p_k⁴.
typedef struct {
    double q2w, qt, q2, p4;
} ac_head_sums;

/// Per token i with p (row of P), r (row of R) and w = ‖x_i‖²: q = ‖p‖², t = ⟨p, r⟩ and the rows q·p, t·p, q·r, qw·p
/// and p³, each count×k.
void ac_head_products(const double *p, const double *r, const double *norms, int64_t count, int64_t k, double *qp,
                      double *tp, double *qr, double *qwp, double *cubes, ac_head_sums *sums);

/// cubes = p³ element by element; returns Σ p⁴.
double ac_cubes(const double *p, int64_t count, double *cubes);

/// out[k·stride + b] = Σ_j precisions_kj·(x_bj − c_kj)², for k centroids and precisions (k×d, row-major).
void ac_scaled_distances(const float *tile, int64_t stride, int64_t count, int64_t d, const float *centroids,
                         const float *precisions, int64_t k, float *out);

/// out[b] = ‖F(x_b − c)‖² for a lower triangular factor F (d×d, row-major); work holds 16·d floats.
void ac_triangular_distances(const float *tile, int64_t stride, int64_t count, int64_t d, const float *centroid,
                             const float *factor, float *work, float *out);

/// difference = tile − centroid, coordinate by coordinate.
void ac_subtract(const float *tile, int64_t stride, int64_t count, int64_t d, const float *centroid,
                 float *difference);

/// squares[k·d + j] += Σ_b r_bk·(x_bj − c_kj)².
void ac_accumulate_squares(const float *tile, int64_t stride, int64_t count, int64_t d,
                           const float *responsibilities, int64_t k, const float *centroids, double *squares);

/// weighted = √r_b·(x_b − c), so that its Gram matrix is Σ_b r_b(x_b − c)(x_b − c)ᵀ.
///
/// Returns the largest responsibility; where it is 0 nothing is written.
float ac_weigh(const float *tile, int64_t stride, int64_t count, int64_t d, const float *centroid,
               const float *responsibilities, float *weighted);

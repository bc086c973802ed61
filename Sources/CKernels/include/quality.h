// Distances within and between clusters in double precision, for figures of merit.
//
// Coordinate j of point i is (values[i·d + j] − offset[j])·factor[j].
#pragma once

#include <stdint.h>

/// Row-major coordinates (count×d) of rows rows[first], rows[first+1], …, or of first, first+1, … when rows is null.
void ac_exact_rows(const float *values, const int64_t *rows, int64_t first, int64_t count, int64_t d,
                   const double *offset, const double *factor, double *out);

/// ac_exact_rows of rows scaled to unit length first; rows of zeros stay.
void ac_exact_directions(const float *values, const int64_t *rows, int64_t first, int64_t count, int64_t d,
                         const double *offset, const double *factor, double *out);

/// sums[label_i·d + j] += x_ij for count×d coordinates.
void ac_sum_by_label(const double *points, int64_t count, int64_t d, const int32_t *labels, double *sums);

/// distances[label_i] += ‖x_i − mean_{label_i}‖ and squares[label_i] += its square; means are k×d.
void ac_spread_by_label(const double *points, int64_t count, int64_t d, const int32_t *labels, const double *means,
                        double *distances, double *squares);

/// sums[q·k + c] += Σ over references b of cluster c of ‖query_q − reference_b‖.
///
/// References are feature-major (coordinate j of b at references[j·stride + b]) and sorted by cluster: cluster c has
/// those from starts[c] up to starts[c + 1]. Queries are row-major.
void ac_distance_sums(const double *references, int64_t stride, int64_t d, const int64_t *starts, int64_t k,
                      const double *queries, int64_t query_count, double *sums);

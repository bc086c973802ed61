#include "CKernels.h"
#include "lanes.h"

#include <math.h>

AC_CLONES void ac_subtract(const float *tile, int64_t stride, int64_t count, int64_t d, const float *centroid,
                           float *difference) {
    for (int64_t j = 0; j < d; j++)
        for (int64_t b = 0; b < count; b += AC_LANES)
            STORE(difference + j * stride + b, LOAD(tile + j * stride + b) - centroid[j]);
}

AC_CLONES void ac_scaled_distances(const float *tile, int64_t stride, int64_t count, int64_t d,
                                   const float *centroids, const float *precisions, int64_t k, float *out) {
    // Two centroids at a time share each load of a coordinate; an odd last one is paired with itself.
    for (int64_t g = 0; g < k; g += 2) {
        int64_t h = g + 1 < k ? g + 1 : g;
        const float *c0 = centroids + g * d, *c1 = centroids + h * d;
        const float *p0 = precisions + g * d, *p1 = precisions + h * d;
        for (int64_t b = 0; b < count; b += AC_LANES) {
            lanes s0 = {0}, s1 = {0};
            for (int64_t j = 0; j < d; j++) {
                lanes x = LOAD(tile + j * stride + b);
                lanes e0 = x - c0[j], e1 = x - c1[j];
                s0 += (e0 * p0[j]) * e0;
                s1 += (e1 * p1[j]) * e1;
            }
            STORE(out + g * stride + b, s0);
            STORE(out + h * stride + b, s1);
        }
    }
}

AC_CLONES void ac_triangular_distances(const float *tile, int64_t stride, int64_t count, int64_t d,
                                       const float *centroid, const float *factor, float *work, float *out) {
    for (int64_t b = 0; b < count; b += AC_LANES) {
        for (int64_t j = 0; j < d; j++) STORE(work + j * AC_LANES, LOAD(tile + j * stride + b) - centroid[j]);
        lanes sum = {0};
        // Four rows of the factor at a time share each load of a difference; the triangle's corner is done singly.
        int64_t i = 0;
        for (; i + 4 <= d; i += 4) {
            const float *f = factor + i * d;
            lanes z0 = {0}, z1 = {0}, z2 = {0}, z3 = {0};
            for (int64_t j = 0; j < i; j++) {
                lanes v = LOAD(work + j * AC_LANES);
                z0 += v * f[j];
                z1 += v * f[d + j];
                z2 += v * f[2 * d + j];
                z3 += v * f[3 * d + j];
            }
            lanes v0 = LOAD(work + i * AC_LANES), v1 = LOAD(work + (i + 1) * AC_LANES);
            lanes v2 = LOAD(work + (i + 2) * AC_LANES), v3 = LOAD(work + (i + 3) * AC_LANES);
            z0 += v0 * f[i];
            z1 += v0 * f[d + i] + v1 * f[d + i + 1];
            z2 += v0 * f[2 * d + i] + v1 * f[2 * d + i + 1] + v2 * f[2 * d + i + 2];
            z3 += v0 * f[3 * d + i] + v1 * f[3 * d + i + 1] + v2 * f[3 * d + i + 2] + v3 * f[3 * d + i + 3];
            sum += z0 * z0 + z1 * z1 + z2 * z2 + z3 * z3;
        }
        for (; i < d; i++) {
            lanes z = {0};
            for (int64_t j = 0; j <= i; j++) z += LOAD(work + j * AC_LANES) * factor[i * d + j];
            sum += z * z;
        }
        STORE(out + b, sum);
    }
}

AC_CLONES void ac_accumulate_squares(const float *tile, int64_t stride, int64_t count, int64_t d,
                                     const float *responsibilities, int64_t k, const float *centroids,
                                     double *squares) {
    for (int64_t c = 0; c < k; c++) {
        const float *r = responsibilities + c * stride;
        for (int64_t j = 0; j < d; j++) {
            const float *x = tile + j * stride;
            float centre = centroids[c * d + j];
            lanes s = {0};
            for (int64_t b = 0; b < count; b += AC_LANES) {
                lanes e = LOAD(x + b) - centre;
                s += LOAD(r + b) * e * e;
            }
            float total;
            LANE_SUM(total, s);
            squares[c * d + j] += total;
        }
    }
}

AC_CLONES float ac_weigh(const float *tile, int64_t stride, int64_t count, int64_t d, const float *centroid,
                         const float *responsibilities, float *weighted) {
    lanes largest = {0};
    for (int64_t b = 0; b < count; b += AC_LANES) {
        lanes r = LOAD(responsibilities + b);
        largest = SELECT(r > largest, r, largest);
    }
    float most = 0;
    for (int64_t l = 0; l < AC_LANES; l++) most = largest[l] > most ? largest[l] : most;
    if (most <= 0) return 0;
    for (int64_t b = 0; b < count; b += AC_LANES) {
        lanes r = LOAD(responsibilities + b), root;
        for (int l = 0; l < AC_LANES; l++) root[l] = sqrtf(r[l]);
        for (int64_t j = 0; j < d; j++)
            STORE(weighted + j * stride + b, (LOAD(tile + j * stride + b) - centroid[j]) * root);
    }
    return most;
}

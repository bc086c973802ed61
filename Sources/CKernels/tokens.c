#include "CKernels.h"
#include "lanes.h"

#include <math.h>

void ac_lifted_tokens(const float *lifted, int64_t stride, int64_t count, int64_t r, int32_t unit, double *tokens) {
    for (int64_t i = 0; i < count; i++) {
        double *token = tokens + i * (r + 1);
        double square = 1;
        for (int64_t j = 0; j < r; j++) {
            token[j] = lifted[j * stride + i];
            square += token[j] * token[j];
        }
        token[r] = 1;
        if (!unit) continue;
        double inverse = 1 / sqrt(square);
        for (int64_t j = 0; j <= r; j++) token[j] *= inverse;
    }
}

void ac_plain_tokens(const float *tile, int64_t stride, int64_t count, int64_t d, double *tokens) {
    for (int64_t i = 0; i < count; i++)
        for (int64_t j = 0; j < d; j++) tokens[i * d + j] = tile[j * stride + i];
}

void ac_squared_norms(const double *tokens, int64_t count, int64_t m, double *norms) {
    for (int64_t i = 0; i < count; i++) {
        double sum = 0;
        for (int64_t j = 0; j < m; j++) sum += tokens[i * m + j] * tokens[i * m + j];
        norms[i] = sum;
    }
}

void ac_add_rows(const double *tokens, int64_t count, int64_t m, double *sum) {
    for (int64_t i = 0; i < count; i++)
        for (int64_t j = 0; j < m; j++) sum[j] += tokens[i * m + j];
}

void ac_add_weighted_rows(const double *tokens, const double *weights, int64_t count, int64_t m, double *sum) {
    for (int64_t i = 0; i < count; i++)
        for (int64_t j = 0; j < m; j++) sum[j] += weights[i] * tokens[i * m + j];
}

void ac_scale_rows(const double *tokens, const double *factors, int64_t count, int64_t m, double *scaled) {
    for (int64_t i = 0; i < count; i++)
        for (int64_t j = 0; j < m; j++) scaled[i * m + j] = factors[i] * tokens[i * m + j];
}

void ac_pair_features(const double *tokens, int64_t count, int64_t m, double *features, double *weighted) {
    int64_t pairs = m * (m + 1) / 2;
    for (int64_t i = 0; i < count; i++) {
        const double *x = tokens + i * m;
        double *f = features + i * pairs;
        double square = 0;
        for (int64_t a = 0; a < m; a++) {
            square += x[a] * x[a];
            for (int64_t b = a; b < m; b++) *f++ = x[a] * x[b];
        }
        if (!weighted) continue;
        double norm = sqrt(square);
        for (int64_t p = 0; p < pairs; p++) weighted[i * pairs + p] = norm * features[i * pairs + p];
    }
}

void ac_head_products(const double *p, const double *r, const double *norms, int64_t count, int64_t k, double *qp,
                      double *tp, double *qr, double *qwp, double *cubes, ac_head_sums *sums) {
    for (int64_t i = 0; i < count; i++) {
        const double *u = p + i * k, *v = r + i * k;
        double q = 0, t = 0, fourth = 0;
        for (int64_t j = 0; j < k; j++) {
            q += u[j] * u[j];
            t += u[j] * v[j];
            fourth += u[j] * u[j] * u[j] * u[j];
        }
        double qw = q * norms[i];
        for (int64_t j = 0; j < k; j++) {
            int64_t at = i * k + j;
            qp[at] = q * u[j];
            tp[at] = t * u[j];
            qr[at] = q * v[j];
            qwp[at] = qw * u[j];
            cubes[at] = u[j] * u[j] * u[j];
        }
        sums->q2w += q * qw;
        sums->qt += q * t;
        sums->q2 += q * q;
        sums->p4 += fourth;
    }
}

double ac_cubes(const double *p, int64_t count, double *cubes) {
    double sum = 0;
    for (int64_t i = 0; i < count; i++) {
        double square = p[i] * p[i];
        cubes[i] = square * p[i];
        sum += square * square;
    }
    return sum;
}

#include "incontext.h"
#include "lanes.h"

#include <math.h>

AC_INLINE double dot(const double *a, const double *b, int64_t count) {
    double sum = 0;
    for (int64_t i = 0; i < count; i++) sum += a[i] * b[i];
    return sum;
}

/// a = softmax of scale·v.
AC_INLINE void soften(const double *v, double scale, int64_t count, double *a) {
    double top = scale * v[0], total = 0;
    for (int64_t l = 1; l < count; l++) top = fmax(top, scale * v[l]);
    for (int64_t l = 0; l < count; l++) total += a[l] = exp(scale * v[l] - top);
    for (int64_t l = 0; l < count; l++) a[l] /= total;
}

void ac_softmax_heads(const double *tokens, int64_t m, const int32_t *contexts, int64_t count, int64_t length,
                      const double *heads, int64_t k, double lambda, double *gradient, double *loss, double *work) {
    double *x = work;                       // length×m, the context
    double *v = x + length * m;             // k×length, ⟨μ_k, x_l⟩
    double *a = v + k * length;             // k×length, attention
    double *g = a + k * length;             // length, ∂loss/∂a_kl: the same for every head
    double *back = g + length;              // length, ∂loss/∂v_kl
    double *mean = back + length, *error = mean + m, *query = error + m, *u = query + m;
    for (int64_t c = 0; c < count; c++) {
        for (int64_t j = 0; j < m; j++) mean[j] = 0;
        for (int64_t l = 0; l < length; l++) {
            const double *token = tokens + (int64_t)contexts[c * length + l] * m;
            for (int64_t j = 0; j < m; j++) {
                x[l * m + j] = token[j];
                mean[j] += token[j] / (double)length;
            }
        }
        for (int64_t j = 0; j < m; j++) {
            query[j] = x[j];
            error[j] = -x[j] - (double)(k * k) * mean[j];
        }
        for (int64_t h = 0; h < k; h++) {
            u[h] = dot(query, heads + h * m, m);
            for (int64_t l = 0; l < length; l++) v[h * length + l] = dot(x + l * m, heads + h * m, m);
            soften(v + h * length, lambda * u[h], length, a + h * length);
            for (int64_t l = 0; l < length; l++)
                for (int64_t j = 0; j < m; j++) error[j] += (double)k * a[h * length + l] * x[l * m + j];
        }
        *loss += dot(error, error, m);
        for (int64_t l = 0; l < length; l++) g[l] = 2 * (double)k * dot(error, x + l * m, m);
        for (int64_t h = 0; h < k; h++) {
            const double *weights = a + h * length;
            double *slope = gradient + h * m;
            double average = dot(weights, g, length), du = 0;
            for (int64_t l = 0; l < length; l++) {
                double ds = weights[l] * (g[l] - average);
                du += lambda * ds * v[h * length + l];
                back[l] = lambda * u[h] * ds;
            }
            for (int64_t j = 0; j < m; j++) slope[j] += du * query[j];
            for (int64_t l = 0; l < length; l++)
                for (int64_t j = 0; j < m; j++) slope[j] += back[l] * x[l * m + j];
        }
    }
}

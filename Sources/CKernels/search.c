#include "CKernels.h"
#include "lanes.h"

#include <float.h>

AC_CLONES void ac_two_nearest(const float *distances, int64_t stride, int64_t count, int64_t k, float *first,
                              float *second, int32_t *owner) {
    for (int64_t b = 0; b < count; b += AC_LANES) {
        lanes least = LOAD(distances + b), next = FLT_MAX - (lanes){0};
        ilanes own = {0};
        for (int64_t c = 1; c < k; c++) {
            lanes x = LOAD(distances + c * stride + b);
            ilanes better = x < least, between = x < next;
            next = SELECT(better, least, SELECT(between, x, next));
            own = ISELECT(better, (ilanes){0} + (int32_t)c, own);
            least = SELECT(better, x, least);
        }
        STORE(first + b, least);
        STORE(second + b, next);
        for (int64_t l = 0; l < AC_LANES; l++) owner[b + l] = own[l];
    }
}

double ac_swap_losses(const float *candidate, const float *first, const float *second, const int32_t *owner,
                      const float *weights, int64_t count, double *losses) {
    double sum = 0;
    for (int64_t b = 0; b < count; b++) {
        double kept = candidate[b] < first[b] ? candidate[b] : first[b];
        double left = candidate[b] < second[b] ? candidate[b] : second[b];
        double weight = weights ? weights[b] : 1;
        sum += weight * kept;
        losses[owner[b]] += weight * (left - kept);
    }
    return sum;
}

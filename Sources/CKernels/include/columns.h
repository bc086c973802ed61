// Figures of whole columns.
#pragma once

#include <stdint.h>

/// Takes count×d finite numbers, row-major: least[j] and most[j] widen to hold those of column j, sum[j] grows by each.
///
/// Sums are taken row after row on every machine. The values are floats on any address, aligned or not.
void ac_add_columns(const void *values, int64_t count, int64_t d, float *least, float *most, double *sum);

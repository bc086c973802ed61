// Attention over sampled contexts.
#pragma once

#include <stdint.h>

/// The loss Σ ‖x − T(x)‖² of softmax heads over contexts, and its gradient.
///
/// Tokens are rows of m numbers; context c has those with indices contexts[c·length…], the first of which is the query
/// x. With a_k = softmax over the context of λ⟨x, μ_k⟩⟨μ_k, x_l⟩ and heads μ (k×m, row-major),
/// T(x) = K·Σ_k (Σ_l a_kl·x_l − mean of the context). Adds to gradient (k×m) and loss; work holds
/// length·(m + 2k + 2) + 3·m + k numbers.
void ac_softmax_heads(const double *tokens, int64_t m, const int32_t *contexts, int64_t count, int64_t length,
                      const double *heads, int64_t k, double lambda, double *gradient, double *loss, double *work);

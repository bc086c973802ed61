#pragma once

#include <stdint.h>

int cepoll_create(void);

/// Watches a descriptor for input, edge-triggered; it is its own token.
int cepoll_add(int poller, int descriptor);

/// The descriptors that are ready, at most `count`; never blocks.
int cepoll_take(int poller, int32_t *descriptors, int count);

#pragma once

#include <stddef.h>
#include <stdint.h>

/// Runs libFuzzer from a main function of our own; the library comes with -sanitize=fuzzer.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

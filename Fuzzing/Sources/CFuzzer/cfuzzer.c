#include "cfuzzer.h"

/// What the runtime's own main would call, which ours stands in for; the linker wants it all the same.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    (void)data;
    (void)size;
    return 0;
}

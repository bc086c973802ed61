#include "CContract.h"

// The compiler puts the file itself into the program and builds anew when it changes: there is no copy to fall behind.
#pragma clang diagnostic ignored "-Wc23-extensions"
static const unsigned char contract[] = {
#embed "../../openapi.yaml"
};

const unsigned char *contract_bytes(void) { return contract; }

size_t contract_count(void) { return sizeof contract; }

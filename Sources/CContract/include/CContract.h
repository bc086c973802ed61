#ifndef CCONTRACT_H
#define CCONTRACT_H

#include <stddef.h>

/// The bytes of openapi.yaml as they were when the program was built; they live as long as the program.
const unsigned char *_Nonnull contract_bytes(void);

/// How many there are.
size_t contract_count(void);

#endif

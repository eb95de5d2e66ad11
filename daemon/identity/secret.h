/* SPDX-License-Identifier: Apache-2.0 */
/* secret.h - what identity.c lends to keyfile.c and to nobody else. */
#ifndef COMITY_IDENTITY_SECRET_H
#define COMITY_IDENTITY_SECRET_H

#include "identity/identity.h"

enum { SEED_SIZE = 32 };

/* The caller wipes it (sodium_memzero). */
void identity_seed(const struct identity *self, uint8_t ret_seed[SEED_SIZE]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* parts.h - what the files of libcomity lend each other and nobody else. */
#ifndef COMITY_LIB_PARTS_H
#define COMITY_LIB_PARTS_H

#include "base/error.h"

/* COMITY_NETWORK or COMITY_REFUSED if it is certain that nobody listens there. */
COMITY_MUST_CHECK enum comity_error discover_probe(const char *endpoint, struct fault *fault);

#endif

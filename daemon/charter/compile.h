/* SPDX-License-Identifier: Apache-2.0 */
/* compile.h - a charter while it is read from YAML, shared by the two files that do so. */
#ifndef COMITY_CHARTER_COMPILE_H
#define COMITY_CHARTER_COMPILE_H

#include "charter/parts.h"

struct compiling {
    struct yaml_node *root;
    const struct charter_options *options;
    struct arena *arena;
    struct fault *fault;
    struct charter charter;     /* Grows part by part; strings are the tree's. */
    struct charter_seat *seats; /* Those of `charter`, writable. */
};

/* In front of a sentence without a place. */
COMITY_MUST_CHECK enum comity_error
compile_place(struct compiling *self, const struct yaml_node *node, enum comity_error error);
/* A list or map with at most `most` entries; NULL if the key is not there. */
COMITY_MUST_CHECK enum comity_error compile_get(struct compiling *self, const char *key,
                                                enum yaml_kind kind, size_t most,
                                                struct yaml_node **ret_node);
/* A seat by name. */
COMITY_MUST_CHECK enum comity_error
compile_find_seat(struct compiling *self, const struct yaml_node *node, uint32_t *ret_seat);
COMITY_MUST_CHECK enum comity_error compile_seats(struct compiling *self);
COMITY_MUST_CHECK enum comity_error compile_groups(struct compiling *self);
COMITY_MUST_CHECK enum comity_error compile_represents(struct compiling *self);
COMITY_MUST_CHECK enum comity_error compile_weights(struct compiling *self);

#endif

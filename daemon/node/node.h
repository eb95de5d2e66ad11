/* SPDX-License-Identifier: Apache-2.0 */
/* node.h - one daemon: the only place where rooms meet, in one loop (DESIGN.md section 4). */
#ifndef COMITY_NODE_NODE_H
#define COMITY_NODE_NODE_H

#include "identity/identity.h"
#include "node/config.h"

struct node;

/* Opens journal, store, wire and client socket, and every forum the store knows. `identity` stays
 * the caller's and outlives the node. Errors carry a fault that names the file or address. */
COMITY_MUST_CHECK enum comity_error node_open(const struct config *config,
                                              const struct identity *identity,
                                              struct node **ret_node, struct fault *fault);
/* The directory of node_open's files, mode 0700, if it is not there. COMITY_IO. */
COMITY_MUST_CHECK enum comity_error node_make_data(const struct config *config,
                                                   struct fault *fault);
/* Put a backup where the configuration has its files, and nothing is yet. COMITY_EXISTS: there is
 * something. COMITY_INVALID: no backup. COMITY_DAMAGED, COMITY_FOREIGN, COMITY_FULL, COMITY_IO. */
COMITY_MUST_CHECK enum comity_error node_restore(const struct config *config, const char *backup,
                                                 int64_t *ret_taken_ms, struct fault *fault);
/* Runs until a byte arrives on `stop_fd` or it closes; then says farewell. `alive` (may be NULL)
 * is called in every turn, twice a second at least. */
COMITY_MUST_CHECK enum comity_error node_run(struct node *self, int stop_fd,
                                             void (*alive)(void *context, int64_t now_ms),
                                             void *context);
void node_close(struct node **self);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* backup.h - a copy of the store in one file, made while the daemon runs, that knows what it is.
 *
 * It holds no key, and no votes: a copy is old as soon as the daemon has signed once more, so who
 * starts from it must not vote (CONSENSUS.md 1.6 rule 7). It does hold the own acts that were not
 * final yet. Whoever opens it as a store finds out by store_backup_taken. */
#ifndef COMITY_STORE_BACKUP_H
#define COMITY_STORE_BACKUP_H

#include "store/store.h"

struct store_backup;

/* Begin to copy into the new file `path`, mode 0600, which is removed by store_backup_close.
 * COMITY_EXISTS, COMITY_FULL, COMITY_IO. */
COMITY_MUST_CHECK enum comity_error store_backup_open(struct store *store, const char *path,
                                                      struct store_backup **ret_backup,
                                                      struct fault *fault);
/* Copy some pages more. What the store is given meanwhile gets into the copy, too: it is of the
 * moment of the last step. Not between store_begin and store_commit. */
COMITY_MUST_CHECK enum comity_error store_backup_step(struct store_backup *self, bool *ret_done,
                                                      uint32_t *ret_percent);
/* After the last step, in the same turn of the loop: an own act {forum, journal payload}. */
COMITY_MUST_CHECK enum comity_error
store_backup_add_act(struct store_backup *self, const struct hash *forum, struct bytes payload);
/* Mark it as a backup taken then, make it durable, and end writing. *ret_size is its size. */
COMITY_MUST_CHECK enum comity_error store_backup_finish(struct store_backup *self, int64_t utc_ms,
                                                        uint64_t *ret_size);
void store_backup_close(struct store_backup **self); /* NULL-safe and nulling. */

/* When the backup that this store is was taken. COMITY_NOT_FOUND: it is none. */
COMITY_MUST_CHECK enum comity_error store_backup_taken(struct store *store, struct arena *arena,
                                                       int64_t *ret_utc_ms);
typedef enum comity_error store_visit_value(void *context, struct bytes value);
COMITY_MUST_CHECK enum comity_error store_backup_each_act(struct store *store,
                                                          store_visit_value *visit, void *context);
/* It is a store like any other from now on. */
COMITY_MUST_CHECK enum comity_error store_backup_forget(struct store *store);

#endif

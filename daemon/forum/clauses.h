/* SPDX-License-Identifier: Apache-2.0 */
/* clauses.h - a draft's Markdown cut into a preamble and numbered operative clauses, and the five
 * ways to change one. Pure.
 *
 * A line that begins with digits, a full stop and a space opens an operative clause, which runs to
 * the next such line or the end; what stands before the first is the preamble. An amended text is
 * written anew: preamble, then the clauses numbered from 1, with one empty line between any two. */
#ifndef COMITY_FORUM_CLAUSES_H
#define COMITY_FORUM_CLAUSES_H

#include <stdint.h>

#include "base/bytes.h"
#include "model/act.h"

enum { CLAUSES_MAX = 1024 };

struct clauses {
    struct bytes preamble; /* Without white space around, but for one blank that
                                             * keeps its first line from being a clause. */
    uint32_t count;
    struct bytes bodies[CLAUSES_MAX]; /* Without number, without white space around. */
};

struct clause_change {
    enum amend_operation operation;
    uint32_t clause; /* From 1. */
    uint32_t to;     /* Of a move. */
    struct bytes text;
};

/* Cut the text; bodies are borrowed from it. COMITY_LIMIT: more than CLAUSES_MAX. */
COMITY_MUST_CHECK enum comity_error clauses_parse(struct bytes text, struct clauses *ret_clauses,
                                                  struct fault *fault);
/* Change a clause; the new body is borrowed from the change. COMITY_NOT_FOUND: no such clause;
 * COMITY_INVALID: the new text is empty or more than one clause; COMITY_REFUSED: the last clause
 * cannot be struck, or put alone; COMITY_LIMIT. Nothing changed then. */
COMITY_MUST_CHECK enum comity_error
clauses_change(struct clauses *self, const struct clause_change *change, struct fault *fault);
/* Has the text this operative clause? 0, the whole, is there always. */
bool clauses_have(struct bytes text, uint32_t clause);
size_t clauses_size(const struct clauses *self);
void clauses_write(const struct clauses *self, struct writer *writer);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* effect.h - what adoption does besides adopting a text: a ruling on a breach, money spent, a seat
 * or an agreement suspended, weights that change. Pure.
 *
 * A proposal with an effect is an ordinary question. What it asks for is checked when it is put,
 * and again when it is adopted: if it does not fit any more the proposal stays adopted, and the
 * outcome says why nothing followed. */
#ifndef COMITY_FORUM_EFFECT_H
#define COMITY_FORUM_EFFECT_H

#include "forum/state.h"

/* `check` changes nothing; `apply` then cannot fail. */
struct effect_row {
    uint32_t may; /* The MAY_ bit the proposal's rule must have; 0: check looks at the rule. */
    /* rule: the one the proposal is put under; NULL at its adoption, when that was checked. */
    enum comity_error (*check)(const struct forum *self, const struct effect *effect,
                               const struct charter_rule *rule, struct fault *fault);
    void (*apply)(struct forum *self, struct proposal *ruling);
};

/* May a proposal with this effect be put under this rule now? COMITY_OK if it has none. */
enum comity_error effect_check(const struct forum *self, const struct act *act,
                               const struct charter_rule *rule, struct fault *fault);
/* What a proposal carries besides its text: copied into the pool. */
void effect_copy(struct forum *self, struct proposal *proposal, const struct act *act);
/* The proposal was adopted: carry its effect out, and tell. */
void effect_carry_out(struct forum *self, struct proposal *ruling);

#endif

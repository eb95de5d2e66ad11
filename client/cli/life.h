/* SPDX-License-Identifier: Apache-2.0 */
/* life.h - reservations and allegations on a page, and what a proposal does besides adopting a
 * text, from the options of `comity propose`. */
#ifndef COMITY_CLI_LIFE_H
#define COMITY_CLI_LIFE_H

#include "cli.h"
#include "options.h"
#include "page.h"

void life_add_reservations(struct page *page, Comity__V1__ReservationInfo *const *items,
                           size_t count);
void life_add_allegations(struct page *page, const Comity__V1__AgreementInfo *agreement);

/* effects.c. Not more than one effect; *ret_effect stays as it is if there is
 * none. COMITY_USAGE,
 * COMITY_MEMORY, or why a file cannot be read. */
COMITY_MUST_CHECK enum comity_error effect_read(struct cli *cli, const struct arguments *arguments,
                                                struct arena *arena,
                                                Comity__V1__DraftEffect **ret_effect,
                                                struct fault *fault);
/* `2,5`: the clauses that are open to reservations. */
COMITY_MUST_CHECK enum comity_error reservable_read(const struct arguments *arguments,
                                                    struct arena *arena,
                                                    Comity__V1__DraftPropose *propose,
                                                    struct fault *fault);

#endif

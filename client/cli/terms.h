/* SPDX-License-Identifier: Apache-2.0 */
/* terms.h - terms and pledges as people type them.
 *
 *     tariff=5%            a share: 5 of 100; also 1/3
 *     cap=1200 Mt          a whole number with its unit
 *     from=2030-01-01      a date
 *     seat-of-bank=Geneva  anything else is a choice
 *     CHN: -200 Mt of coal by 2030-12-31   a pledge; or, as programs like it:
 *     CHN:coal:-200:Mt:2030-12-31          seat, issue, quantity, unit, day (unit, day may be
 *                                          left out)
 *     100 Mt of CO2 by 2030-01-01          a goal
 *     A1:500:FJI                           500 of the fund of A1 are spent on FJI */
#ifndef COMITY_CLI_TERMS_H
#define COMITY_CLI_TERMS_H

#include "base/arena.h"
#include "base/error.h"
#include "client.pb-c.h"

/* Strings are the arena's. COMITY_USAGE: the fault says what was expected. */
COMITY_MUST_CHECK enum comity_error term_parse(const char *word, struct arena *arena,
                                               Comity__V1__Term **ret_term, struct fault *fault);
/* ret_seat is the seat's name: its index is the charter's business. */
COMITY_MUST_CHECK enum comity_error pledge_parse(const char *word, struct arena *arena,
                                                 const char **ret_seat,
                                                 Comity__V1__Pledge **ret_pledge,
                                                 struct fault *fault);
COMITY_MUST_CHECK enum comity_error goal_parse(const char *word, struct arena *arena,
                                               Comity__V1__Goal **ret_goal, struct fault *fault);
COMITY_MUST_CHECK enum comity_error spend_parse(const char *word, struct arena *arena,
                                                Comity__V1__DraftEffect **ret_effect,
                                                struct fault *fault);

#endif

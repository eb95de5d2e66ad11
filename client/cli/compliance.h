/* SPDX-License-Identifier: Apache-2.0 */
/* compliance.h - goals, pledges, deliveries and the fund of an agreement, for a terminal of 80
 * columns. What is kept or short is said in words: colours only repeat it. */
#ifndef COMITY_CLI_COMPLIANCE_H
#define COMITY_CLI_COMPLIANCE_H

#include "client.pb-c.h"
#include "page.h"

void show_compliance(struct page *page, const Comity__V1__AgreementInfo *agreement);
/* The goals and the fund alone, and where to see the rest; nothing if there is nothing. */
void show_compliance_short(struct page *page, const Comity__V1__AgreementInfo *agreement);
/* `CO2 by 2030-01-01 (Mt)` */
void show_what(struct page *page, const char *issue, const char *unit, int64_t due_ms);
/* `to come`, `kept`, `short`, `breach`, `rests`, `not counted` */
const char *pledge_state_word(const Comity__V1__Compliance *compliance,
                              const Comity__V1__PledgeState *pledge);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* events.h - one event of the feed as a sentence, for people. */
#ifndef COMITY_CLI_EVENTS_H
#define COMITY_CLI_EVENTS_H

#include "client.pb-c.h"
#include "page.h"

/* A line: height, forum time, what happened. */
void event_add(struct page *page, const Comity__V1__Event *event);
/* `accepted` of an act that another event tells better: people need not see it. */
bool event_is_told_elsewhere(const Comity__V1__Event *event);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* view.h - a forum's own structs as a stage shows them. */
#ifndef COMITY_SCENARIO_VIEW_H
#define COMITY_SCENARIO_VIEW_H

#include "forum/forum.h"
#include "scenario/stage.h"

void view_copy(char *to, size_t size, const char *from); /* Cut where it does not fit. */
void view_proposal(const struct forum *forum, const struct forum_proposal *proposal,
                   struct stage_proposal *ret_view);
void view_agreement(const struct forum *forum, const struct forum_agreement *agreement,
                    struct stage_agreement *ret_view);

#endif

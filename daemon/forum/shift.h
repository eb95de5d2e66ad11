/* SPDX-License-Identifier: Apache-2.0 */
/* shift.h - a question that did not pass here is taken to another forum: same text, other seats.
 * The record here says where; the proposal there says whence (`carried`). Pure. */
#ifndef COMITY_FORUM_SHIFT_H
#define COMITY_FORUM_SHIFT_H

#include "forum/state.h"

enum comity_error shift_check(const struct forum *self, struct step *step);
void shift_apply(struct forum *self, struct step *step);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "system/sandbox.h"

#include <sys/prctl.h>

void sandbox_enter(const struct sandbox_plan *plan, struct sandbox_state *ret_state)
{
    *ret_state = (struct sandbox_state){0};
    /* Both walls want it, and a set-user-id program is none of ours. */
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (landlock_enter(plan, &ret_state->landlock_abi, ret_state->landlock_text) != COMITY_OK)
        ret_state->landlock_abi = 0;
    /* Last: it takes the calls away that building the other needs. */
    ret_state->seccomp = seccomp_enter(plan, ret_state->seccomp_text) == COMITY_OK;
}

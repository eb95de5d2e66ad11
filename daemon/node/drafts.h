/* SPDX-License-Identifier: Apache-2.0 */
/* drafts.h - what clients hand in, made into acts: names become ids. Strings are borrowed from the
 * draft. COMITY_NOT_FOUND, COMITY_INVALID: the fault says what. */
#ifndef COMITY_NODE_DRAFTS_H
#define COMITY_NODE_DRAFTS_H

#include "client.pb-c.h"
#include "model/act.h"
#include "node/session.h"

/* drafts_life.c */
/* NULL: none. */
COMITY_MUST_CHECK enum comity_error draft_effect(const struct session *session,
                                                 const Comity__V1__DraftEffect *draft,
                                                 struct arena *arena, struct effect *ret_effect,
                                                 struct fault *fault);
COMITY_MUST_CHECK enum comity_error draft_reserve(const struct session *session,
                                                  const Comity__V1__DraftReserve *draft,
                                                  struct act *act, struct fault *fault);
COMITY_MUST_CHECK enum comity_error draft_objection(const struct session *session,
                                                    const Comity__V1__DraftObjection *draft,
                                                    struct act *act, struct fault *fault);
COMITY_MUST_CHECK enum comity_error draft_allege(const struct session *session,
                                                 const Comity__V1__DraftAllege *draft,
                                                 struct act *act, struct fault *fault);
/* Pledge and report. */
COMITY_MUST_CHECK enum comity_error draft_delivery(const struct session *session,
                                                   enum act_kind kind,
                                                   const Comity__V1__DraftDelivery *draft,
                                                   struct act *act, struct fault *fault);
COMITY_MUST_CHECK enum comity_error draft_contribute(const struct session *session,
                                                     const Comity__V1__DraftContribute *draft,
                                                     struct act *act, struct fault *fault);
COMITY_MUST_CHECK enum comity_error draft_attest(const struct session *session,
                                                 const Comity__V1__DraftAttest *draft,
                                                 struct act *act, struct fault *fault);

#endif

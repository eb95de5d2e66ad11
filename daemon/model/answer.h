/* SPDX-License-Identifier: Apache-2.0 */
/* answer.h - what a seat answered, or why there is no answer (RULES.md section 1). Each member
 * seat of a frozen roster is in exactly one state. */
#ifndef COMITY_MODEL_ANSWER_H
#define COMITY_MODEL_ANSWER_H

/* name, word people write */
#define ANSWERS(X) \
    X(ANSWER_SILENT, "silent") /* Asked, present, no answer. */ \
    X(ANSWER_YES, "yes") \
    X(ANSWER_NO, "no") \
    X(ANSWER_OBJECT, "object") \
    X(ANSWER_ABSTAIN, "abstain") \
    X(ANSWER_ABSENT, "absent")           /* Not in the roll. */ \
    X(ANSWER_UNREACHABLE, "unreachable") /* Not joined, or no signed receipt. */ \
    X(ANSWER_NOT_MEMBER, "not-member")   /* Chair, observer: counted by no class. */ \
    X(ANSWER_PASS, "pass")               /* Said in a ballot, never a state: still silent. */

enum answer {
#define X(name, word) name,
    ANSWERS(X)
#undef X
        ANSWERS_COUNT
};

/* Sets of states; a pass is none, so eight bits hold any. */
#define ANSWER_BIT(answer) (1u << (answer))

#endif

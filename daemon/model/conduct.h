/* SPDX-License-Identifier: Apache-2.0 */
/* conduct.h - the kinds of conduct that are counted, each in its class (RULES.md section 5). An act
 * of one kind is of one class; activity is of none: it says how busy a delegation was, not where it
 * stood. */
#ifndef COMITY_MODEL_CONDUCT_H
#define COMITY_MODEL_CONDUCT_H

/* name, word */
#define CONDUCT_CLASSES(X) \
    X(CLASS_JOINED, "joined") \
    X(CLASS_DISSENT, "dissent") \
    X(CLASS_EXIT, "exit") \
    X(CLASS_ALONE, "alone") \
    X(CLASS_DEFECTION, "defection") \
    X(CLASS_ACTIVITY, "activity")

/* name, class, word. New ones go where they belong: snapshots are of one version. */
#define CONDUCT_KINDS(X) \
    X(CONDUCT_CONSENTED, CLASS_JOINED, "consented") /* Ratified, acceded; again counts again. */ \
    X(CONDUCT_ADOPTED_YES, CLASS_JOINED, \
      "adopted-yes") /* Yes to a draft whose adoption binds it, \
                                                           or to one that binds nobody. */ \
    X(CONDUCT_BOUND_BY_RULE, CLASS_JOINED, "bound-by-rule") /* By adoption, without a yes. */ \
    X(CONDUCT_OBJECTED, CLASS_DISSENT, "objected") \
    X(CONDUCT_BROKE_SILENCE, CLASS_DISSENT, "broke-silence") /* Where silence consents. */ \
    X(CONDUCT_DECLINED, CLASS_DISSENT, "declined")           /* No to an adopted draft. */ \
    X(CONDUCT_WITHDREW, CLASS_EXIT, "withdrew")              /* With notice, outside the lock. */ \
    X(CONDUCT_TOOK_BACK, CLASS_EXIT, "took-back")            /* A consent, before it bound. */ \
    X(CONDUCT_SHIFTED, CLASS_EXIT, "shifted")                /* A failed text to another forum. */ \
    X(CONDUCT_LEFT, CLASS_EXIT, "left")                      /* The forum. */ \
    X(CONDUCT_ALONE, CLASS_ALONE, "alone") \
    X(CONDUCT_ALONE_RELYING, CLASS_ALONE, "alone-relying") /* On agreements of others. */ \
    X(CONDUCT_BREACHED, CLASS_DEFECTION, "breached") \
    X(CONDUCT_WITHDREW_IN_LOCK, CLASS_DEFECTION, "withdrew-in-lock") \
    X(CONDUCT_HOLLOW_RESERVATION, CLASS_DEFECTION, "hollow-reservation") \
    X(CONDUCT_EQUIVOCATED, CLASS_DEFECTION, "equivocated") /* Two acts signed in one slot. */ \
    X(CONDUCT_PROPOSED, CLASS_ACTIVITY, "proposed") \
    X(CONDUCT_AMENDED, CLASS_ACTIVITY, "amended") \
    X(CONDUCT_SPONSORED, CLASS_ACTIVITY, "sponsored") \
    X(CONDUCT_RETRACTED, CLASS_ACTIVITY, "retracted") \
    /* The answer that stood when a question was decided. */ \
    X(CONDUCT_SAID_YES, CLASS_ACTIVITY, "said-yes") \
    X(CONDUCT_SAID_NO, CLASS_ACTIVITY, "said-no") \
    X(CONDUCT_SAID_OBJECT, CLASS_ACTIVITY, "said-object") \
    X(CONDUCT_SAID_ABSTAIN, CLASS_ACTIVITY, "said-abstain") \
    X(CONDUCT_KEPT_SILENCE, CLASS_ACTIVITY, "kept-silence") /* Where silence consents. */ \
    X(CONDUCT_MISSED, CLASS_ACTIVITY, "missed")             /* Closed without its answer. */ \
    X(CONDUCT_OVERTAKEN, CLASS_ACTIVITY, "overtaken")       /* Decided before it answered. */ \
    X(CONDUCT_RESERVED, CLASS_ACTIVITY, "reserved") \
    X(CONDUCT_PLEDGED, CLASS_ACTIVITY, "pledged") \
    X(CONDUCT_LOWERED, CLASS_ACTIVITY, "lowered") /* Its own pledge. */ \
    X(CONDUCT_REPORTED, CLASS_ACTIVITY, "reported") \
    X(CONDUCT_ATTESTED, CLASS_ACTIVITY, "attested") \
    X(CONDUCT_CONTRIBUTED, CLASS_ACTIVITY, "contributed") \
    X(CONDUCT_ALLEGED, CLASS_ACTIVITY, "alleged") \
    X(CONDUCT_ENDORSED, CLASS_ACTIVITY, "endorsed") \
    X(CONDUCT_CONDEMNED, CLASS_ACTIVITY, "condemned") \
    X(CONDUCT_NOTED, CLASS_ACTIVITY, "noted")

enum conduct_class {
#define X(name, word) name,
    CONDUCT_CLASSES(X)
#undef X
        CONDUCT_CLASSES_COUNT
};

enum conduct_kind {
#define X(name, class, word) name,
    CONDUCT_KINDS(X)
#undef X
        CONDUCT_KINDS_COUNT
};
_Static_assert(CONDUCT_KINDS_COUNT <= 64, "a set of kinds fits 64 bits");

enum conduct_class conduct_class_of(enum conduct_kind kind);
/* "broke-silence", "dissent"; NULL if there is none such. Static storage. */
const char *conduct_word(enum conduct_kind kind);
const char *conduct_class_word(enum conduct_class class);
/* CONDUCT_KINDS_COUNT if no kind is called so. */
enum conduct_kind conduct_from_word(const char *word);

#endif

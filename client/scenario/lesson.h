/* SPDX-License-Identifier: Apache-2.0 */
/* lesson.h - what makes a scenario a lesson: a decision point, both sides of the argument, role
 * sheets, what to measure of each choice, and what to discuss afterwards (comity-scenario(5)). */
#ifndef COMITY_SCENARIO_LESSON_H
#define COMITY_SCENARIO_LESSON_H

#include <stdbool.h>
#include <stdint.h>

struct lesson_text {
    const char *name; /* A side's, a seat's, a choice's. */
    const char *text;
};

struct lesson_choice {
    const char *name;
    const char *about;
    /* What the pack says would come of it, because no record can: `assume`. */
    struct lesson_burden {
        uint32_t seat;
        int64_t quantity;
    } * burdens;
    uint32_t burdens_count;
    bool has_reached;
    int64_t reached; /* In the measure's unit. */
};

struct lesson {
    const char *question;
    int64_t decide_ms; /* Forum time: the story stops before the first step of this day. */
    struct lesson_text *sides;
    uint32_t sides_count;
    struct lesson_text *roles; /* By name of a seat. */
    uint32_t roles_count;
    const char **discuss;
    uint32_t discuss_count;
    uint32_t weight; /* Of the charter, whose share tells how much is covered; or SCENARIO_NONE. */
    const char *issue; /* What parties pledge and deliver; "": nothing is measured. */
    const char *unit;
    uint32_t *agreements; /* Labels of older agreements that count as well. */
    uint32_t agreements_count;
    bool has_goal;
    int64_t goal; /* What it takes in all, in that unit. */
    struct lesson_choice *choices;
    uint32_t choices_count;
};

#endif

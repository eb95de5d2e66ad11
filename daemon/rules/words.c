/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/words.h"

#include <stddef.h>

void rule_end_line(struct text *self)
{
    if (!self->cut || self->capacity < 8)
        return;
    size_t at = self->size > 3 ? self->size - 3 : 0;
    while (at > 0 && ((uint8_t)self->data[at] & 0xC0) == 0x80)
        at--;
    self->size = at;
    self->data[at] = '\0';
    text_add(self, "...");
}

void rule_add_seat(struct text *self, uint32_t seat, const char *const *seat_names)
{
    if (seat_names != NULL && seat_names[seat] != NULL) {
        text_add(self, seat_names[seat]);
        return;
    }
    text_add(self, "seat ");
    text_add_u64(self, seat);
}

void rule_add_seats(struct text *self, const struct seat_set *seats, const char *const *seat_names)
{
    uint32_t count = seat_set_count(seats);
    uint32_t shown = 0;
    for (uint32_t seat = 0; seat < SEATS_MAX && shown < WORDS_SEATS_MAX; seat++) {
        if (!seat_set_has(seats, seat))
            continue;
        text_add(self, shown++ > 0 ? ", " : "");
        rule_add_seat(self, seat, seat_names);
    }
    if (count > shown) {
        text_add(self, " and ");
        text_add_u64(self, count - shown);
        text_add(self, " more");
    }
}

void rule_add_share(struct text *self, const struct rule_test *test)
{
    if (test->amount == RULE_AMOUNT_ALL) {
        text_add(self, "all ");
    } else {
        text_add_u64(self, test->p);
        if (test->amount == RULE_AMOUNT_PERCENT) {
            text_add_char(self, '%');
        } else {
            text_add_char(self, '/');
            text_add_u64(self, test->q);
        }
        text_add(self, " of ");
    }
    text_add(self, rule_class_word(test->base));
}

enum rule_kind rule_kind_under(const struct rule_node *node, bool negated)
{
    if (negated && node->kind == RULE_AND)
        return RULE_OR;
    if (negated && node->kind == RULE_OR)
        return RULE_AND;
    return node->kind;
}

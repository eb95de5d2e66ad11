/* SPDX-License-Identifier: Apache-2.0 */
/* verify_life.c - the rulings and reservations an instrument proves, in words and as JSON. */
#include <inttypes.h>

#include "verify.h"

static void add_seats(struct page *page, const struct instrument_report *report, const char *label,
                      const uint64_t *mask)
{
    bool any = false;
    for (uint32_t seat = 0; seat < report->charter->seats_count; seat++) {
        if (!record_has(mask, seat))
            continue;
        page_add(page, any ? ", " : label);
        page_plain(page, report->charter->seats[seat].name);
        any = true;
    }
}

void verify_add_life(struct page *page, const struct instrument_report *report)
{
    for (uint32_t i = 0; i < report->rulings_count; i++) {
        const struct instrument_ruling *is = &report->rulings[i];
        const struct effect *effect = &is->propose->as.propose.effect;
        page_format(page, "  %-9s  P%" PRIu32 " ", i == 0 ? "rulings" : "", is->record->number);
        page_plain(page, is->propose->as.propose.title);
        page_format(page, ": %s, %s", effect_word(effect->kind), verdict_word(is->record->verdict));
        if (effect->kind == EFFECT_BREACH && is->record->verdict == VERDICT_ADOPTED)
            page_format(page, "; response %s", response_word(effect->response));
        page_add(page, "\n");
    }
    for (uint32_t i = 0; i < report->proposal->reservations_count; i++) {
        const struct record_reservation *is = &report->proposal->reservations[i];
        page_format(page, "  %-9s  R%" PRIu32 " ", i == 0 ? "reserved" : "", is->number);
        page_plain(page, report->charter->seats[is->seat].name);
        if (is->clause == 0)
            page_add(page, ", the whole");
        else
            page_format(page, ", clause %" PRIu32, is->clause);
        page_format(page, ", %s", reservation_status_word(is->status));
        add_seats(page, report, "; objections of ", is->objected);
        add_seats(page, report, "; relations refused by ", is->refused);
        page_add(page, "\n");
    }
}

static json_t *seats_json(const struct instrument_report *report, const uint64_t *mask)
{
    json_t *seats = json_array();
    for (uint32_t seat = 0; seat < report->charter->seats_count; seat++) {
        if (record_has(mask, seat))
            (void)json_array_append_new(seats, json_string(report->charter->seats[seat].name));
    }
    return seats;
}

json_t *verify_rulings_json(const struct instrument_report *report)
{
    json_t *rulings = json_array();
    for (uint32_t i = 0; i < report->rulings_count; i++) {
        const struct instrument_ruling *is = &report->rulings[i];
        const struct effect *effect = &is->propose->as.propose.effect;
        (void)json_array_append_new(rulings, json_pack("{s:I, s:s, s:s, s:s, s:s}", "number",
                                                       (json_int_t)is->record->number, "title",
                                                       is->propose->as.propose.title, "effect",
                                                       effect_word(effect->kind), "response",
                                                       response_word(effect->response), "verdict",
                                                       verdict_word(is->record->verdict)));
    }
    return rulings;
}

json_t *verify_reservations_json(const struct instrument_report *report)
{
    json_t *reservations = json_array();
    for (uint32_t i = 0; i < report->proposal->reservations_count; i++) {
        const struct record_reservation *is = &report->proposal->reservations[i];
        (void)json_array_append_new(
            reservations,
            json_pack("{s:I, s:s, s:I, s:s, s:o, s:o}", "number", (json_int_t)is->number, "seat",
                      report->charter->seats[is->seat].name, "clause", (json_int_t)is->clause,
                      "status", reservation_status_word(is->status), "objected_by",
                      seats_json(report, is->objected), "refused_by",
                      seats_json(report, is->refused)));
    }
    return reservations;
}

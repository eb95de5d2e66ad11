/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>
#include <string.h>

#include "base/calendar.h"
#include "scenario/report.h"

static json_t *json_day(int64_t ms)
{
    char text[CALENDAR_TEXT_SIZE];
    if (ms == INT64_MAX)
        return json_null();
    calendar_format(ms, text);
    return json_string(text);
}

static json_t *json_seats(const struct play *play, const struct seat_set *set)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < play->scenario->charter->seats_count; i++)
        if (seat_set_has(set, i))
            (void)json_array_append_new(list, json_string(scenario_seat_name(play->scenario, i)));
    return list;
}

static json_t *json_first(const struct stage_proposal *view)
{
    return view->first_rule[0] ? json_pack("{ss ss ss}", "rule", view->first_rule, "verdict",
                                           view->first_verdict, "line", view->first_line)
                               : json_null();
}

static json_t *json_proposal(const struct play *play, const struct stage_proposal *view)
{
    return json_pack(
        "{si ss ss ss ss ss so so so so so so}", "number", (int)view->number, "label",
        report_label(play, view->number), "title", view->title, "rule", view->rule, "verdict",
        strcmp(view->status, "retracted") ? view->verdict : view->status, "line", view->line,
        "decided", json_day(view->decided_ms ? view->decided_ms : INT64_MAX), "formed-by",
        json_seats(play, &view->formed), "stayed-out", json_seats(play, &view->stayed_out),
        "defected", json_seats(play, &view->defected), "agreement",
        view->agreement ? json_integer(view->agreement) : json_null(), "first-ballot",
        json_first(view));
}

static json_t *json_agreement(const struct play *play, const struct stage_agreement *view)
{
    json_t *parties = json_object();
    for (uint32_t i = 0; i < play->scenario->charter->seats_count; i++) {
        const struct stage_party *party = &view->parties[i];
        if (strcmp(party->status, "none") == 0)
            continue;
        (void)json_object_set_new(
            parties, scenario_seat_name(play->scenario, i),
            json_pack("{ss so so ss}", "status", party->status, "since", json_day(party->since_ms),
                      "until", json_day(party->until_ms), "defection", party->defection));
    }
    return json_pack("{si si ss ss ss so so si so}", "number", (int)view->number, "proposal",
                     (int)view->proposal, "label", report_label(play, view->proposal), "status",
                     view->status, "line", view->line, "threshold", json_day(view->threshold_ms),
                     "in-force", json_day(view->in_force_ms), "parties-count",
                     (int)view->parties_count, "parties", parties);
}

static enum comity_error add_subjects(struct play *play, json_t *root, struct fault *fault)
{
    uint32_t proposals_count, agreements_count;
    json_t *proposals = json_array(), *agreements = json_array(), *conduct = json_object();
    enum comity_error error =
        play->stage.ops->proposals(play->stage.self, &proposals_count, &agreements_count, fault);
    for (uint32_t i = 1; !error && i <= proposals_count; i++) {
        struct stage_proposal view;
        error = play->stage.ops->proposal(play->stage.self, i, &view, fault);
        if (!error)
            (void)json_array_append_new(proposals, json_proposal(play, &view));
    }
    for (uint32_t i = 1; !error && i <= agreements_count; i++) {
        struct stage_agreement view;
        error = play->stage.ops->agreement(play->stage.self, i, &view, fault);
        if (!error)
            (void)json_array_append_new(agreements, json_agreement(play, &view));
    }
    for (uint32_t i = 0; !error && i < play->scenario->charter->seats_count; i++) {
        struct stage_conduct view;
        if (!scenario_seat_is_member(play->scenario, i))
            continue;
        error = play->stage.ops->conduct(play->stage.self, i, &view, fault);
        if (!error)
            (void)json_object_set_new(
                conduct, scenario_seat_name(play->scenario, i),
                json_pack("{si si si si si}", "joined", (int)view.classes[CLASS_JOINED], "dissent",
                          (int)view.classes[CLASS_DISSENT], "exit", (int)view.classes[CLASS_EXIT],
                          "alone", (int)view.classes[CLASS_ALONE], "defection",
                          (int)view.classes[CLASS_DEFECTION]));
    }
    (void)json_object_set_new(root, "proposals", proposals);
    (void)json_object_set_new(root, "agreements", agreements);
    (void)json_object_set_new(root, "conduct", conduct);
    return error;
}

enum comity_error report_json(struct play *play, const char *how, FILE *out, struct fault *fault)
{
    const struct scenario *scenario = play->scenario;
    json_t *differences = json_array();
    json_t *root = json_pack("{ss ss ss so si si}", "scenario", scenario->name, "title",
                             scenario->title, "played", how, "choice",
                             scenario->choice ? json_string(scenario->choice) : json_null(), "acts",
                             (int)play->acts_done, "expectations", (int)play->checks_count);
    enum comity_error error = root && differences ? COMITY_OK : COMITY_MEMORY;
    if (!error)
        error = add_subjects(play, root, fault);
    for (uint32_t i = 0; !error && i < play->differences_count; i++)
        (void)json_array_append_new(differences,
                                    json_pack("{ss si ss}", "file", play->differences[i].place.file,
                                              "line", (int)play->differences[i].place.line, "text",
                                              play->differences[i].text));
    if (!error)
        (void)json_object_set_new(root, "differences", differences);
    else
        json_decref(differences);
    if (!error && (json_dumpf(root, out, JSON_INDENT(2)) || fputc('\n', out) == EOF))
        error = fault_set(fault, COMITY_IO, "could not write the report");
    json_decref(root);
    return error;
}

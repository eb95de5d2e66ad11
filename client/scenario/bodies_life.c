/* SPDX-License-Identifier: Apache-2.0 */
/* bodies_life.c - what is pledged, reported and paid, as a scenario writes it. */
#include <stdlib.h>
#include <string.h>

#include "model/amount.h"
#include "scenario/reader.h"

enum comity_error amount_read(struct scenario *self, const struct yaml_node *node, const char *text,
                              struct pledge *ret_pledge, struct fault *fault)
{
    struct amount amount;
    struct fault inner = {{0}};
    if (amount_parse(text, &amount, &inner))
        return yaml_fault(node, fault, "%s", inner.text);
    *ret_pledge = (struct pledge){.issue = arena_text(&self->arena, bytes_of_text(amount.issue)),
                                  .quantity = amount.quantity,
                                  .unit = arena_text(&self->arena, bytes_of_text(amount.unit)),
                                  .due_ms = amount.due_ms};
    return ret_pledge->issue && ret_pledge->unit ? COMITY_OK : COMITY_MEMORY;
}

/* What stands before the last `link`, and the label behind it. */
static enum comity_error cut_label(struct scenario *self, const struct yaml_node *node,
                                   const char *text, const char *link, struct scenario_act *act,
                                   char **ret_before, struct fault *fault)
{
    char *copy = arena_text(&self->arena, bytes_of_text(text));
    if (!copy)
        return COMITY_MEMORY;
    char *at = NULL;
    for (char *next = strstr(copy, link); next; next = strstr(next + 1, link))
        at = next;
    if (!at || !at[strlen(link)])
        return yaml_fault(node, fault, "under what? `%s` and a label are missing", link);
    *at = '\0';
    *ret_before = copy;
    return scenario_use_label(self, at + strlen(link), act->place, &act->target, fault);
}

enum comity_error delivery_read(struct scenario *self, const struct yaml_node *node,
                                const char *text, struct scenario_act *act, struct fault *fault)
{
    struct pledge pledge;
    char *before;
    enum comity_error error = cut_label(self, node, text, " under ", act, &before, fault);
    if (!error)
        error = amount_read(self, node, before, &pledge, fault);
    if (error)
        return error;
    act->act.as.pledge.issue = pledge.issue;
    act->act.as.pledge.quantity = pledge.quantity;
    act->act.as.pledge.unit = pledge.unit;
    act->act.as.pledge.due_ms = pledge.due_ms;
    return COMITY_OK;
}

enum comity_error contribution_read(struct scenario *self, const struct yaml_node *node,
                                    const char *text, struct scenario_act *act, struct fault *fault)
{
    char *before;
    enum comity_error error = cut_label(self, node, text, " to ", act, &before, fault);
    if (error)
        return error;
    if (!*before || strspn(before, "0123456789") != strlen(before) || strlen(before) > 20)
        return yaml_fault(node, fault, "\"%s\" is no whole sum to pay", before);
    act->act.as.contribute.quantity = strtoull(before, NULL, 10);
    return COMITY_OK;
}

enum comity_error goals_read(struct scenario *self, struct yaml_node *list, struct act *act,
                             struct fault *fault)
{
    enum comity_error error = yaml_expect(list, YAML_LIST, "goals", fault);
    struct goal *goals = error ? NULL : arena_array(&self->arena, list->count, sizeof *goals);
    if (!error && !goals)
        return COMITY_MEMORY;
    for (size_t i = 0; !error && i < list->count; i++) {
        const char *text;
        struct pledge amount = {0};
        error = yaml_text(list->items[i], "a goal", TITLE_MAX, &text, fault);
        if (!error)
            error = amount_read(self, list->items[i], text, &amount, fault);
        goals[i] = (struct goal){.issue = amount.issue,
                                 .quantity = amount.quantity,
                                 .unit = amount.unit,
                                 .due_ms = amount.due_ms};
    }
    act->as.propose.goals = goals;
    act->as.propose.goals_count = error ? 0 : (uint32_t)list->count;
    return error;
}

/* `spend: {of: accord, quantity: 500, to: FJI}` */
enum comity_error spend_read(struct scenario *self, struct yaml_node *map, struct scenario_act *act,
                             struct fault *fault)
{
    static const char *const keys[] = {"of", "quantity", "to", NULL};
    struct effect *effect = &act->act.as.propose.effect;
    const char *text;
    enum comity_error error = yaml_expect(map, YAML_MAP, "`spend`", fault);
    if (error)
        return error;
    struct yaml_node *of = yaml_get(map, "of"), *quantity = yaml_get(map, "quantity");
    struct yaml_node *to = yaml_get(map, "to");
    if (!of || !quantity || !to)
        return yaml_fault(map, fault, "`spend` needs `of`, `quantity` and `to`");
    effect->kind = EFFECT_SPEND;
    error = yaml_text(of, "a label", SCENARIO_LABEL_MAX, &text, fault);
    if (!error)
        error = scenario_use_label(self, text, act->place, &act->subject, fault);
    if (!error)
        error = yaml_u64(quantity, "a sum", 1, UINT64_MAX, &effect->quantity, fault);
    if (!error)
        error = yaml_text(to, "a seat", SEAT_NAME_MAX, &text, fault);
    if (!error)
        error = scenario_read_seat(self, to, text, &effect->seat, fault);
    return error ? error : yaml_map_done(map, keys, fault);
}

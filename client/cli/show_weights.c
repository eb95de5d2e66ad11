/* SPDX-License-Identifier: Apache-2.0 */
/* show_weights.c - the weights of a forum: at the founding, now, and by which decisions. */
#include <inttypes.h>

#include "show_charter.h"
#include "table.h"

static void add_seats(struct page *page, const Comity__V1__WeightInfo *weight)
{
    static const char *const headers[] = {"seat", "founding", "now", ""};
    struct table table;
    table_init(&table, headers, sizeof headers / sizeof headers[0]);
    uint64_t founding = 0, now = 0;
    for (size_t i = 0; i < weight->n_seats; i++) {
        const Comity__V1__WeightSeat *seat = weight->seats[i];
        founding += seat->founding;
        now += seat->now;
        table_add(&table, seat->seat);
        table_add_u64(&table, seat->founding);
        table_add_u64(&table, seat->now);
        table_add_styled(&table, STYLE_WAITING, seat->founding != seat->now ? "changed" : "");
    }
    table_add_styled(&table, STYLE_BOLD, "all");
    table_add_u64(&table, founding);
    table_add_u64(&table, now);
    table_add(&table, "");
    table_print(&table, page, 2);
    table_free(&table);
}

static void add_decision(struct page *page, const Comity__V1__Reweighed *decision)
{
    page_format(page, "  changed by P%" PRIu32 " on ", decision->proposal);
    page_time(page, decision->forum_ms);
    page_add(page, ": ");
    page_plain(page, decision->title);
    page_add(page, "\n");
    for (size_t i = 0; i < decision->n_changes; i++) {
        const Comity__V1__WeightChange *change = decision->changes[i];
        page_add(page, "    ");
        page_plain(page, change->seat);
        page_format(page, " %" PRIu64 " (was %" PRIu64 ")\n", change->after, change->before);
    }
}

static void add_weight(struct page *page, const Comity__V1__WeightInfo *weight)
{
    page_styled(page, STYLE_BOLD, weight->name);
    page_add(page, "\n");
    add_seats(page, weight);
    page_add(page, weight->n_changes == 0 ? "  as at the founding\n" : "");
    for (size_t i = 0; i < weight->n_changes; i++)
        add_decision(page, weight->changes[i]);
}

void show_reweighed(struct page *page, const Comity__V1__Weights *weights)
{
    for (size_t i = 0; weights != NULL && i < weights->n_weights; i++) {
        const Comity__V1__WeightInfo *weight = weights->weights[i];
        if (weight->n_changes == 0)
            continue;
        page_add(page, "# The weight ");
        page_plain(page, weight->name);
        page_format(page,
                    " was last changed by P%" PRIu32 "; `comity show weights` has the values.\n",
                    weight->changes[weight->n_changes - 1]->proposal);
    }
}

enum cli_exit show_weights(struct cli *cli)
{
    struct comity_reply reply;
    struct fault fault = {{0}};
    enum comity_error error = comity_get_weights(cli->daemon, &reply, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    const Comity__V1__Weights *weights = reply.response->charter->weights;
    enum cli_exit end;
    if (weights == NULL) {
        (void)fault_set(&fault, COMITY_INVALID, "this daemon does not tell weights");
        end = cli_fail(cli, COMITY_INVALID, &fault);
    } else if (cli->json) {
        end = cli_print_json(cli, &weights->base, CLI_OK);
    } else {
        struct page page;
        page_init(&page, cli->color);
        for (size_t i = 0; i < weights->n_weights; i++) {
            page_add(&page, i > 0 ? "\n" : "");
            add_weight(&page, weights->weights[i]);
        }
        if (weights->n_weights == 0)
            page_add(&page, "The charter has no weights.\n");
        end = cli_print(cli, &page, CLI_OK);
    }
    comity_reply_free(&reply);
    return end;
}

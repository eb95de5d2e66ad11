/* SPDX-License-Identifier: Apache-2.0 */
#include "rule_power.h"

#include <inttypes.h>

#include "table.h"

enum { FRACTION_SIZE = 2 * BIG_DIGITS_MAX + 2, DECIMAL_SIZE = 16 };

static const char *decimal_of(const struct fraction *fraction, char ret_text[DECIMAL_SIZE])
{
    struct text text;
    text_init(&text, ret_text, DECIMAL_SIZE);
    fraction_print_decimal(fraction, &text);
    return ret_text;
}

static const char *name_of(const char *const *names, uint32_t seat, char ret_text[DECIMAL_SIZE])
{
    if (names != NULL)
        return names[seat];
    (void)snprintf(ret_text, DECIMAL_SIZE, "seat %" PRIu32, seat);
    return ret_text;
}

/* `"banzhaf": {"value": 0.166929, "fraction": "106/635"}` */
static void add_fraction(struct page *page, const char *name, const struct fraction *fraction)
{
    char exact[FRACTION_SIZE], decimal[DECIMAL_SIZE];
    struct text text;
    text_init(&text, exact, sizeof exact);
    fraction_print(fraction, &text);
    page_format(page, "\"%s\": {\"value\": %s, \"fraction\": \"", name,
                decimal_of(fraction, decimal));
    page_add(page, exact);
    page_add(page, "\"}");
}

/* Names, numbers and a rule's words: nothing JSON would escape. */
static void add_json(struct page *page, const struct rule *rule, const struct power *power,
                     const char *const *names)
{
    page_add(page, "{\"rule\": \"");
    page_plain(page, rule->text);
    page_format(page, "\", \"members\": %" PRIu32 ", ", power->members_count);
    add_fraction(page, "holding", &power->holding);
    page_add(page, ", \"seats\": [");
    for (uint32_t i = 0; i < power->members_count; i++) {
        uint32_t seat = power->order[i];
        const struct power_class *class = &power->classes[power->class_of[seat]];
        char name[DECIMAL_SIZE], swings[BIG_DIGITS_MAX + 1];
        struct text text;
        text_init(&text, swings, sizeof swings);
        big_print(&class->swings, &text);
        page_add(page, i == 0 ? "\n  {\"seat\": \"" : ",\n  {\"seat\": \"");
        page_plain(page, name_of(names, seat, name));
        page_format(page, "\", \"swings\": \"%s\", ", swings);
        add_fraction(page, "shapley_shubik", &class->shapley);
        page_add(page, ", ");
        add_fraction(page, "banzhaf", &class->banzhaf);
        page_add(page, "}");
    }
    page_add(page, "]}\n");
}

static void add_table(struct page *page, const struct power *power, const char *const *names)
{
    static const char *const headers[] = {"seat", "shapley-shubik", "banzhaf"};
    struct table table;
    table_init(&table, headers, sizeof headers / sizeof *headers);
    for (uint32_t i = 0; i < power->members_count; i++) {
        uint32_t seat = power->order[i];
        const struct power_class *class = &power->classes[power->class_of[seat]];
        char text[DECIMAL_SIZE];
        table_add(&table, name_of(names, seat, text));
        table_add(&table, decimal_of(&class->shapley, text));
        table_add(&table, decimal_of(&class->banzhaf, text));
    }
    table_print(&table, page, 0);
    table_free(&table);
}

enum cli_exit rule_power_print(struct cli *cli, const struct rule *rule, const struct power *power,
                               const char *const *names)
{
    struct page page;
    char decimal[DECIMAL_SIZE];
    page_init(&page, cli->color);
    if (cli->json) {
        add_json(&page, rule, power, names);
        return cli_print(cli, &page, CLI_OK);
    }
    if (power->is_constant)
        page_format(&page, "no seat has power: whoever says yes, the rule %s\n\n",
                    big_is_zero(&power->holding.numerator) ? "never holds" : "holds");
    else
        page_format(&page,
                    "of all sets of the %" PRIu32 " members that could say yes, a share of %s "
                    "is enough\n\n",
                    power->members_count, decimal_of(&power->holding, decimal));
    add_table(&page, power, names);
    return cli_print(cli, &page, CLI_OK);
}

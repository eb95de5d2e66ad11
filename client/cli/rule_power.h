/* SPDX-License-Identifier: Apache-2.0 */
/* rule_power.h - what `comity rule power` prints: the power a rule gives to each seat. */
#ifndef COMITY_CLI_RULE_POWER_H
#define COMITY_CLI_RULE_POWER_H

#include "cli.h"
#include "rules/power.h"

/* names[seats_count]; NULL: seats have numbers, as in rule_evaluate. */
enum cli_exit rule_power_print(struct cli *cli, const struct rule *rule, const struct power *power,
                               const char *const *names);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* verify.h - what an instrument proves, in words and as JSON, shared by the files that say it. */
#ifndef COMITY_CLI_VERIFY_H
#define COMITY_CLI_VERIFY_H

#include <jansson.h>

#include "cli.h"
#include "instrument/instrument.h"

/* `at least 9 yes, and no member of P5 votes no`. False: it does not parse or fit. */
bool verify_rule_in_words(const char *sentence, size_t size, char *ret_words);
/* Terms and pledges; nothing if there are none. */
void verify_add_terms(struct page *page, const struct instrument_report *report);
enum cli_exit verify_print_json(struct cli *cli, const struct instrument_report *report);

/* verify_compliance.c: goals, pledges and deliveries; nothing if there are none. */
void verify_add_compliance(struct page *page, const struct instrument_report *report);
json_t *verify_compliance_json(const struct instrument_report *report);

/* verify_life.c: rulings and reservations; nothing if there are none. */
void verify_add_life(struct page *page, const struct instrument_report *report);
json_t *verify_rulings_json(const struct instrument_report *report);
json_t *verify_reservations_json(const struct instrument_report *report);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* rule_words.h - what follows the signing under a charter's rule, in words. */
#ifndef COMITY_CLI_RULE_WORDS_H
#define COMITY_CLI_RULE_WORDS_H

#include "charter/charter.h"
#include "page.h"

/* A line for each setting that is not the default; nothing for a rule without any. */
void rule_words(const struct charter_rule *rule, struct page *page);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* institutions.h - the charters that come with Comity, by their names. */
#ifndef COMITY_CLI_INSTITUTIONS_H
#define COMITY_CLI_INSTITUTIONS_H

#include "cli.h"

/* A file, `-` for standard input, or the name of an institution: `un-security-council`. The fault
 * says where names are listed. COMITY_NOT_FOUND, COMITY_LIMIT. */
COMITY_MUST_CHECK enum comity_error institution_find(const char *word, char *ret_path, size_t size,
                                                     struct fault *fault);
/* Name, seats and title of each, as a table or as JSON. */
enum cli_exit institutions_list(struct cli *cli);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* seeds.h - the parts of the program that makes the seed corpora with the real encoders. */
#ifndef COMITY_FUZZ_SEEDS_H
#define COMITY_FUZZ_SEEDS_H

#include "base/bytes.h"
#include "fuzz/fuzz.h"

/* FOLDER/TARGET/NAME; `first`: -1, or a byte in front of what follows. */
void seed_write(const char *target, const char *name, int first, struct bytes bytes);
void seed_text(const char *target, const char *name, int first, const char *text);

/* Acts of every kind, then frames and what is stored, which carry them. */
void seeds_acts(void);
void seeds_order(void);
void seeds_files(void);  /* Journal, snapshot, charter, instrument. */
void seeds_client(void); /* Requests, answers, bots. */
void seeds_texts(void);
void seeds_lobby(void);

/* An encoded SignedAct, valid until the next call. */
struct bytes seed_signed_act(size_t index);
enum { SEED_ACTS_COUNT = 20 };

#endif

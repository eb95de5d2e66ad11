/* SPDX-License-Identifier: Apache-2.0 */
/* seeds_texts.c - short texts that people write. Whole files of theirs (charters, scenarios,
 * tables) are corpora as they lie in configs/. */
#include <string.h>

#include "fuzz/seeds.h"

struct text {
    const char *target;
    const char *name;
    int first;
    const char *text;
};

#define KEY "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
#define KEYFILE_TITLE "comity identity, version 1: keep this file secret\n"

static const struct text texts[] = {
    {"address", "v4", 0, "192.0.2.7:4750"},
    {"address", "v4-tcp", 0, "tcp://127.0.0.1:4750"},
    {"address", "v6", 0, "[::1]:4750"},
    {"address", "name", 0, "comity.example:4750"},
    {"address", "no-port", 0, "192.0.2.7"},
    {"address", "day", 1, "2016-10-05"},
    {"address", "second", 1, "2016-10-05T12:30:15.250Z"},
    {"address", "hours", 1, "72h"},
    {"address", "days", 1, "30 days"},
    {"address", "key", 2, KEY},
    {"clauses", "empty", 0, "\x01\x01"},
    {"csv", "plain", -1, "a,b\n1,2\n\n3,4\n"},
    {"csv", "quoted", -1,
     "\xef\xbb\xbf"
     "a,\"b \"\"c\"\"\"\r\n\"1\n2\",3\r\n"},
    {"csv", "ragged", -1, "a,b\n1\n"},
    {"config", "all", -1,
     "key: fra.key\ndata: fra.d\nsocket: /run/fra.sock\nlisten: tcp://0.0.0.0:4750\n"
     "log: debug\nlog-format: json\npeers:\n"
     "  - {key: " KEY ", address: \"127.0.0.1:4751\", name: France}\n"
     "  - {key: " KEY "}\n"},
    {"config", "least", -1, "key: k\ndata: d\nsocket: s\n"},
    {"config", "odd-names", -1, "key: \"a: b # c\"\ndata: \"'\\t\\\"\"\nsocket: \"- {x}\"\n"},
    {"keyfile", "clear", -1,
     KEYFILE_TITLE "key 3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29\n"
                   "seed 0000000000000000000000000000000000000000000000000000000000000000\n"},
    {"keyfile", "locked", -1,
     KEYFILE_TITLE "key " KEY "\nlocked argon2id 3 67108864 00000000000000000000000000000001 "
                   "000000000000000000000000000000000000000000000002 "
                   "0000000000000000000000000000000000000000000000000000000000000000"
                   "00000000000000000000000000000003\n"},
    {"keyfile", "other-version", -1, "comity identity, version 2: keep this file secret\n"},
    {"rule", "simple", -1, "yes >= 9 and no in G = 0"},
    {"rule", "weights", -1, "yes by w >= 55% of members and yes >= 2/3 of voting"},
    {"rule", "words", -1, "objections = 0 or not (abstentions > 1 and present >= 1/2 of members)"},
    {"yaml", "all-forms", -1,
     "a: {b: [1, \"two\", 'three'], c: >-\n  folded\n  text\n}\nd:\n  - e\n  - f: g # h\n"},
};

/* Operation, clause, target, and a byte nobody reads; the new text, a zero, the old text. */
static void write_clauses(void)
{
    static const char old[] = "Noting it,\n\n1. One.\n\n2. Two.\nstill two\n3. Three.\n";
    static const uint8_t heads[4][4] = {{0, 2, 0, 0}, {1, 2, 0, 0}, {2, 3, 0, 0}, {3, 1, 3, 0}};
    static const char *const names[4] = {"add", "strike", "replace", "move"};
    for (int i = 0; i < 4; i++) {
        struct buffer bytes = {0};
        const char *new = i % 2 == 0 ? "7. Another clause." : "";
        claim(buffer_append(&bytes, heads[i], 4) == COMITY_OK);
        claim(buffer_append(&bytes, new, strlen(new) + 1) == COMITY_OK);
        claim(buffer_append(&bytes, old, strlen(old)) == COMITY_OK);
        seed_write("clauses", names[i], -1, buffer_bytes(&bytes));
        buffer_free(&bytes);
    }
}

/* What, who, which: a proposal and its answers, a treaty from adoption to withdrawal, the chair. */
static void write_plays(void)
{
    static const uint8_t floor[] = {2, 0, 20, 30, 0,  0, 5, 0,  0, 5, 1,
                                    8, 5, 2,  0,  30, 8, 0, 31, 0, 0};
    static const uint8_t treaty[] = {14, 4,  2, 30, 1, 0,  2,  0,  0x75, 30, 1,  0,  5, 0,
                                     0,  5,  1, 24, 5, 2,  16, 30, 1,    0,  31, 0,  0, 7,
                                     0,  32, 8, 1,  0, 30, 1,  0,  29,   0,  0,  31, 0, 0,
                                     9,  0,  0, 30, 9, 0,  31, 0,  0,    31, 0,  0};
    static const uint8_t others[] = {2,  0, 16, 30, 1, 0, 3,  1, 0, 4,  2, 0, 30, 1, 0,  11, 0, 1,
                                     12, 1, 1,  13, 2, 0, 10, 0, 3, 30, 1, 0, 15, 2, 33, 6,  0, 0,
                                     30, 1, 0,  14, 4, 3, 30, 1, 0, 14, 4, 4, 14, 4, 1,  30, 1, 0};
    seed_write("forum", "floor", -1, bytes_of(floor, sizeof floor));
    seed_write("forum", "treaty", -1, bytes_of(treaty, sizeof treaty));
    seed_write("forum", "others", -1, bytes_of(others, sizeof others));
}

void seeds_texts(void)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        seed_text(texts[i].target, texts[i].name, texts[i].first, texts[i].text);
    write_clauses();
    write_plays();
}

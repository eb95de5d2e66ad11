/* SPDX-License-Identifier: Apache-2.0 */
/* weights.h - weights of two large institutions, for the tests of voting power and its bench. */
#ifndef COMITY_TESTS_RULES_WEIGHTS_H
#define COMITY_TESTS_RULES_WEIGHTS_H

#include <stdint.h>

/* The European Union's 27 members of 2020 by population of 2018 (Eurostat), in the order AT BE BG
 * CZ DK DE EE IE EL ES FR HR IT CY LV LT LU HU MT NL PL PT RO SI SK FI SE. */
static const uint64_t eu_population[27] = {
    8822267,  11413058, 7050034,  10610055, 5781190,  82850000, 1319133, 4838259, 10738868,
    46659302, 67221943, 4105493,  60483973, 864236,   1934379,  2808901, 602005,  9778371,
    475701,   17181084, 37976687, 10291027, 19523621, 2066880,  5443120, 5513130, 10120242,
};

/* The International Monetary Fund's 190 members by voting share, in hundredths of a percent as
 * published, rounded: {share, members that have it}. The largest is the United States. */
static const struct {
    uint16_t share;
    uint16_t members;
} imf_shares[] = {
    {1651, 1}, {615, 1}, {608, 1}, {532, 1}, {403, 2}, {302, 1}, {263, 1}, {259, 1},
    {222, 2},  {201, 1}, {192, 1}, {180, 1}, {176, 1}, {173, 1}, {133, 1}, {130, 1},
    {118, 1},  {95, 2},  {91, 1},  {84, 1},  {81, 1},  {80, 1},  {77, 2},  {75, 1},
    {74, 1},   {71, 2},  {67, 1},  {66, 1},  {63, 1},  {52, 1},  {51, 2},  {49, 1},
    {46, 1},   {44, 2},  {43, 4},  {42, 1},  {41, 3},  {39, 1},  {38, 1},  {36, 1},
    {34, 1},   {29, 2},  {28, 1},  {26, 2},  {24, 2},  {23, 1},  {22, 1},  {21, 2},
    {18, 2},   {17, 4},  {16, 3},  {15, 2},  {14, 5},  {13, 2},  {12, 3},  {11, 6},
    {10, 4},   {9, 9},   {8, 11},  {7, 11},  {6, 20},  {5, 11},  {4, 7},   {3, 26},
};

/* Returns the number of members. */
static inline uint32_t imf_votes(uint64_t ret_votes[190])
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < sizeof imf_shares / sizeof *imf_shares; i++) {
        for (uint32_t member = 0; member < imf_shares[i].members; member++)
            ret_votes[count++] = imf_shares[i].share;
    }
    return count;
}

#endif

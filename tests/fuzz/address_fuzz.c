/* SPDX-License-Identifier: Apache-2.0 */
/* Short texts that people write: addresses, dates, lengths, keys. The first byte says which. An
 * address is one that the wire can dial and names a host and a port; a date prints as itself. */
#include <string.h>

#include "base/calendar.h"
#include "fuzz/fuzz.h"
#include "node/resolve.h"
#include "wire/wire_inside.h"

static void try_address(const char *text)
{
    char endpoint[WIRE_ADDRESS_SIZE];
    char again[WIRE_ADDRESS_SIZE];
    struct config_peer peer = {.address = text};
    struct config config = {.peers = &peer, .peers_count = 1};
    struct resolver *resolver;
    struct fault fault = {{0}};
    bool numeric = wire_endpoint_from_address(text, endpoint, sizeof endpoint) == COMITY_OK;
    if (numeric) {
        claim(strncmp(endpoint, "tcp://", 6) == 0);
        claim(wire_endpoint_from_address(endpoint, again, sizeof again) == COMITY_OK);
        claim(strcmp(endpoint, again) == 0);
    }
    enum comity_error error = resolver_open(&config, &resolver, &fault);
    claim(error == COMITY_OK || fault.text[0] != '\0');
    claim(error == COMITY_OK || !numeric);
    if (error == COMITY_OK)
        resolver_close(&resolver);
}

static void try_date(const char *text)
{
    int64_t ms;
    int64_t again;
    char shown[CALENDAR_TEXT_SIZE];
    if (calendar_parse(text, &ms) == COMITY_OK) {
        calendar_format(ms, shown);
        claim(calendar_parse(shown, &again) == COMITY_OK && again == ms);
        claim(calendar_first_of_month(ms, 1) > ms);
    }
    if (calendar_parse_length(text, &ms) == COMITY_OK)
        claim(ms >= 0);
}

static void try_hex(const char *text)
{
    uint8_t key[32];
    char shown[65];
    if (hex_to_bytes(text, key, sizeof key) != COMITY_OK)
        return;
    hex_from_bytes(key, sizeof key, shown);
    for (size_t i = 0; i < 64; i++)
        claim(shown[i] == (text[i] >= 'A' && text[i] <= 'F' ? text[i] - 'A' + 'a' : text[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 2000)
        return 0;
    char *text = malloc(size);
    claim(text != NULL);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    if (data[0] % 3 == 0)
        try_address(text);
    else if (data[0] % 3 == 1)
        try_date(text);
    else
        try_hex(text);
    free(text);
    return 0;
}

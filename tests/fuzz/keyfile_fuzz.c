/* SPDX-License-Identifier: Apache-2.0 */
/* Any file is a key or an error that names it. A key in clear is the one its file says it is; one
 * under a passphrase is not tried, since deriving it is meant to take long. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "identity/identity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fault fault = {{0}};
    bool locked = false;
    static bool ready;
    struct bytes none = {0};
    claim(ready || identity_setup() == COMITY_OK);
    ready = true;
    const char *path = fuzz_file(bytes_of(data, size));
    enum comity_error error = identity_file_is_locked(path, &locked, &fault);
    claim(error == COMITY_OK || strncmp(fault.text, path, strlen(path)) == 0);
    struct identity *identity = NULL;
    enum comity_error loaded = identity_load(path, none, &identity, &fault);
    if (locked)
        claim(loaded == COMITY_PASSPHRASE);
    if (error != COMITY_OK)
        claim(loaded == error);
    if (loaded == COMITY_OK) {
        char hex[2 * KEY_SIZE + 1];
        char *text = calloc(size + 1, 1);
        claim(text != NULL);
        memcpy(text, data, size);
        for (char *at = text; *at != '\0'; at++)
            *at = (char)(*at >= 'A' && *at <= 'F' ? *at - 'A' + 'a' : *at);
        hex_from_bytes(identity_key(identity), KEY_SIZE, hex);
        claim(strstr(text, hex) != NULL);
        free(text);
        identity_close(&identity);
    }
    return 0;
}

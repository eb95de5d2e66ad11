/* SPDX-License-Identifier: Apache-2.0 */
/* Any file is a scenario or an error with its place, read from a folder beside which the shipped
 * charters and tables lie. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "identity/identity.h"
#include "scenario/scenario.h"

static char folder[256];
static char path[512];

static void remove_folder(void)
{
    char name[512];
    (void)unlink(path);
    (void)snprintf(name, sizeof name, "%s/scenarios/data", folder);
    (void)unlink(name);
    (void)snprintf(name, sizeof name, "%s/forums", folder);
    (void)unlink(name);
    (void)snprintf(name, sizeof name, "%s/scenarios", folder);
    (void)rmdir(name);
    (void)rmdir(folder);
}

static void make_folder(void)
{
    char name[512];
    const char *temporary = getenv("TMPDIR");
    (void)snprintf(folder, sizeof folder, "%s/comity-fuzz.XXXXXX",
                   temporary != NULL ? temporary : "/tmp");
    claim(mkdtemp(folder) != NULL);
    (void)snprintf(name, sizeof name, "%s/scenarios", folder);
    claim(mkdir(name, 0700) == 0);
    (void)snprintf(name, sizeof name, "%s/scenarios/data", folder);
    claim(symlink(COMITY_SOURCE_DIR "/configs/scenarios/data", name) == 0);
    (void)snprintf(name, sizeof name, "%s/forums", folder);
    claim(symlink(COMITY_SOURCE_DIR "/configs/forums", name) == 0);
    (void)snprintf(path, sizeof path, "%s/scenarios/s.yaml", folder);
    claim(atexit(remove_folder) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct scenario_options options = {0};
    struct scenario *scenario = NULL;
    struct fault fault = {{0}};
    if (folder[0] == '\0') {
        claim(identity_setup() == COMITY_OK);
        make_folder();
    }
    FILE *file = fopen(path, "wbe");
    claim(file != NULL && (size == 0 || fwrite(data, 1, size, file) == size));
    claim(fclose(file) == 0);
    enum comity_error error = scenario_read(path, &options, &scenario, &fault);
    claim(error == COMITY_OK || fault.text[0] != '\0');
    if (error == COMITY_OK) {
        claim(scenario->charter != NULL && scenario->name != NULL);
        for (uint32_t i = 1; i < scenario->steps_count; i++)
            claim(scenario->steps[i - 1].time_ms <= scenario->steps[i].time_ms);
        for (uint32_t i = 0; i < scenario->labels_count; i++)
            claim(scenario->labels[i].made);
        scenario_free(&scenario);
    } else if (error == COMITY_INVALID) {
        claim(strchr(fault.text, ':') != NULL);
    }
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c - runs a fuzz target over files and folders named on the command line, in the order of
 * their names; for compilers without libFuzzer, and for ctest. A false claim or a sanitizer ends
 * it; the file it died of is the last one named with -v. */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz/fuzz.h"

static unsigned long inputs_count;
static int verbose;

static void run_file(const char *path)
{
    struct buffer bytes = fuzz_read(path);
    struct bytes copy = fuzz_copy(bytes.data, bytes.size);
    buffer_free(&bytes);
    if (verbose) {
        printf("%s\n", path);
        (void)fflush(stdout);
    }
    (void)LLVMFuzzerTestOneInput(copy.data, copy.size);
    fuzz_drop(&copy);
    inputs_count++;
}

static void run_path(const char *path)
{
    struct dirent **names;
    struct stat status;
    if (stat(path, &status) != 0) {
        perror(path);
        exit(1);
    }
    if (!S_ISDIR(status.st_mode)) {
        run_file(path);
        return;
    }
    int count = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char inside[4096];
        (void)snprintf(inside, sizeof inside, "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.' && stat(inside, &status) == 0 && S_ISREG(status.st_mode))
            run_file(inside);
        free(names[i]);
    }
    free(names);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-v") == 0)
            verbose = 1;
        else
            run_path(argv[i]);
    }
    printf("%lu inputs\n", inputs_count);
    return inputs_count == 0; /* An empty corpus proves nothing. */
}

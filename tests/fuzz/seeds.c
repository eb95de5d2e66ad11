/* SPDX-License-Identifier: Apache-2.0 */
/* seeds.c - `fuzz_seeds FOLDER` writes the seed corpora under FOLDER, the same bytes every time.
 * What lies in tests/fuzz/corpus was made so, but for the files called `found-...`: inputs that
 * once failed. */
#include "fuzz/seeds.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static const char *folder;

void seed_write(const char *target, const char *name, int first, struct bytes bytes)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", folder, target);
    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        perror(path);
        exit(1);
    }
    (void)snprintf(path, sizeof path, "%s/%s/%s", folder, target, name);
    FILE *file = fopen(path, "wbe");
    bool good = file != NULL && (first < 0 || fputc(first, file) != EOF) &&
                (bytes.size == 0 || fwrite(bytes.data, 1, bytes.size, file) == bytes.size);
    if (!good || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

void seed_text(const char *target, const char *name, int first, const char *text)
{
    seed_write(target, name, first, bytes_of_text(text));
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: fuzz_seeds FOLDER\n");
        return 2;
    }
    folder = argv[1];
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        perror(folder);
        return 1;
    }
    seeds_acts();
    seeds_order();
    seeds_files();
    seeds_client();
    seeds_texts();
    seeds_lobby();
    return 0;
}

/* SPDX-License-Identifier: ISC */
/* An operator's file: what is taken has every number within its range. */
#include <stdlib.h>

#include "server/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct config c;

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    const struct limit_row *row;
    char why[256] = "";

    enum err e = config_parse(&c, bytes_of(p, n), why, sizeof why);
    if (e != ERR_OK && why[0] == '\0')
        abort(); /* a person must learn what is wrong */
    if (e != ERR_OK)
        return 0;
    for (size_t i = 0; (row = config_limit(i)) != NULL; i++) {
        int64_t v = *(const int64_t *)(const void *)((const char *)&c.limits + row->at);
        if (v < row->min || v > row->max)
            abort();
    }
    return 0;
}

/* SPDX-License-Identifier: ISC */
/* Foreign text to what may be shown, named, logged or used as a file's name. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void must(bool held)
{
    if (!held)
        abort();
}

static void check(struct bytes in, enum utf8_use use)
{
    struct buf once, twice;

    buf_init(&once, 1u << 20);
    buf_init(&twice, 1u << 20);
    utf8_clean(&once, in, use);
    must(buf_end(&once) != ERR_OK || utf8_valid(buf_view(&once)));
    for (size_t i = 0; i < once.n; i++)
        must(
            (once.p[i] >= 0x20 || once.p[i] == '\n' || once.p[i] == '\t') && once.p[i] != 0x7f);
    if (buf_end(&once) == ERR_OK && use != UTF8_LOG) {
        utf8_clean(&twice, buf_view(&once), use); /* clean is clean */
        must(buf_end(&twice) == ERR_OK && bytes_eq(buf_view(&once), buf_view(&twice)));
    }
    buf_free(&once);
    buf_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct bytes in = bytes_of(p, n);
    struct buf folded;

    if (n > 4096)
        return 0;
    check(in, UTF8_DISPLAY);
    check(in, UTF8_NAME);
    check(in, UTF8_FILENAME);
    check(in, UTF8_LOG);
    buf_init(&folded, 1u << 20);
    if (utf8_is_name(in))
        must(utf8_fold(&folded, in) == ERR_OK && utf8_valid(buf_view(&folded)));
    buf_free(&folded);
    return 0;
}

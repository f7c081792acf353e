/* SPDX-License-Identifier: ISC */
/* Private messages: as they come, as a plaintext that a member seals, or as content that a
 * member signs and seals. What is refused changes nothing, and may come again. */
#include "mls/wire.h"
#include "support/mlsfuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct mls_group *g = mlsfuzz()->p.m[0]->g;
    struct mls_event event;
    struct buf message;

    if (n == 0)
        return 0;
    struct bytes rest = bytes_of(p + 1, n - 1);
    uint8_t type = (uint8_t)(MLS_APPLICATION + p[0] / 3 % 3);
    buf_init(&message, WIRE_MAX);
    if (p[0] % 3 == 0)
        buf_bytes(&message, rest);
    else if (p[0] % 3 == 1)
        mlsfuzz_seal(type, rest, &message);
    else
        mlsfuzz_private(type, rest, &message);
    mls_event_init(&event);
    enum err e = mls_process(g, buf_view(&message), &event);
    if (e == ERR_OK && event.kind == MLS_EVENT_COMMIT)
        mlsfuzz_must(mls_apply(g) == ERR_OK, "a staged commit is not applied");
    mlsfuzz_settle(e);
    mls_event_clear(&event);
    buf_free(&message);
    return 0;
}

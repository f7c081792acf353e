/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "mls/label.h"
#include "mls/schedule.h"

#define SCHEDULE_EXTERNAL_INIT "MLS 1.0 external init secret"

enum err schedule_external_key(
    const struct suite *s, const struct schedule *e, struct dh_key **out)
{
    return hpke_derive_key(&s->hpke, bytes_of(e->external, SUITE_HASH), out);
}

enum err schedule_external_send(const struct suite *s, struct bytes external_pub,
    const uint8_t drawn[SUITE_DRAWN], uint8_t *kem_output, uint8_t init[SUITE_HASH])
{
    const struct hpke_call how = {.suite = &s->hpke};
    struct hpke_context c = {0};
    enum err e =
        hpke_setup_sender(&c, &how, external_pub, bytes_of(drawn, SUITE_DRAWN), kem_output);

    if (e == ERR_OK)
        e = hpke_export(&c, bytes_str(SCHEDULE_EXTERNAL_INIT), init, SUITE_HASH);
    hpke_fini(&c);
    return e;
}

enum err schedule_external_receive(const struct suite *s, const struct dh_key *external,
    struct bytes kem_output, uint8_t init[SUITE_HASH])
{
    const struct hpke_call how = {.suite = &s->hpke};
    struct hpke_context c = {0};
    enum err e = hpke_setup_receiver(&c, &how, external, kem_output);

    if (e == ERR_OK)
        e = hpke_export(&c, bytes_str(SCHEDULE_EXTERNAL_INIT), init, SUITE_HASH);
    hpke_fini(&c);
    return e;
}

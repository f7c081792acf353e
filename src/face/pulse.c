/* SPDX-License-Identifier: ISC */
#include "face/pulse.h"

#include <string.h>

#include "base/mem.h"

struct pulse_row {
    uint8_t key[EVENT_KEY];
    enum transfer_state state;
    char why[TRANSFER_WHY];
    unsigned percent;
    int64_t wall_ms;
};

static struct pulse_row *find(const struct pulse *p, const uint8_t key[EVENT_KEY])
{
    for (size_t i = 0; i < p->n; i++) {
        if (memcmp(p->rows[i].key, key, EVENT_KEY) == 0)
            return &p->rows[i];
    }
    return NULL;
}

static struct pulse_row *add(struct pulse *p, const struct transfer *t)
{
    if (p->n == 2 * (size_t)TRANSFERS_KEPT) /* the model does not keep them all either */
        memmove(p->rows, p->rows + 1, --p->n * sizeof *p->rows);
    if (p->n == p->cap) {
        p->cap = p->cap != 0 ? 2 * p->cap : 8;
        p->rows = mem_realloc(p->rows, p->cap * sizeof *p->rows);
    }
    struct pulse_row *r = &p->rows[p->n++];
    *r = (struct pulse_row){0};
    memcpy(r->key, t->key, sizeof r->key);
    return r;
}

static void tell(struct pulse_row *r, const struct transfer *t, int64_t wall_ms)
{
    r->state = t->state;
    (void)bytes_copy(r->why, sizeof r->why, bytes_str(t->why));
    r->percent = transfer_percent(t);
    r->wall_ms = wall_ms;
}

/* A clock that was set back would keep it silent. */
static bool is_time(const struct pulse_row *r, int64_t wall_ms, int64_t ms)
{
    return wall_ms < r->wall_ms || wall_ms - r->wall_ms >= ms;
}

static bool is_far(const struct pulse_row *r, const struct transfer *t, unsigned step)
{
    return step == 0 || transfer_percent(t) / step != r->percent / step;
}

enum pulse_news pulse_take(
    struct pulse *p, const struct transfer *t, int64_t wall_ms, const struct pulse_pace *pace)
{
    struct pulse_row *r = find(p, t->key);
    bool fresh = r == NULL;

    if (fresh)
        r = add(p, t);
    if (fresh || r->state != t->state || strcmp(r->why, t->why) != 0) {
        tell(r, t, wall_ms);
        return PULSE_STATE;
    }
    if (transfer_over(t) || !is_time(r, wall_ms, pace->ms) || !is_far(r, t, pace->percent))
        return PULSE_NONE;
    tell(r, t, wall_ms);
    return PULSE_FAR;
}

void pulse_fini(struct pulse *p)
{
    mem_free(p->rows);
    *p = (struct pulse){0};
}

/* SPDX-License-Identifier: ISC */
#include "client/upload_show.h"

#include "client/files.h"

#define NO_LINE "no connection to the relay"

struct tally {
    unsigned moving, paused, lost;
    uint64_t slowest;
    const struct transfer_person *who; /* one that pauses, or is lost */
};

static struct tally count(const struct transfer *t)
{
    struct tally n = {.slowest = UINT64_MAX};

    for (size_t i = 0; i < t->people_n; i++) {
        const struct transfer_person *p = &t->people[i];
        n.moving += p->state == TRANSFER_MOVING;
        n.paused += p->state == TRANSFER_PAUSED;
        n.lost += p->state == TRANSFER_LOST;
        if (p->state == TRANSFER_MOVING && p->done < n.slowest)
            n.slowest = p->done;
        if (p->state == TRANSFER_PAUSED || p->state == TRANSFER_LOST)
            n.who = p;
    }
    return n;
}

static void show(struct upload *u, enum transfer_state state, const char *why)
{
    files_show(u->e, u->shown, state, why);
}

void upload_show(struct upload *u)
{
    struct tally n = count(u->shown);
    char why[TRANSFER_WHY];

    if (u->over || !u->read)
        return;
    if (n.who != NULL)
        files_reason(why, n.lost != 0 ? "not connected: " : "pausing: ",
            bytes_of(n.who->name, n.who->name_n));
    if (!u->offered)
        show(u, files_has_line(u->e) ? TRANSFER_WAITING : TRANSFER_LOST,
            files_has_line(u->e) ? "" : NO_LINE);
    else if (u->shown->resting)
        show(u, TRANSFER_PAUSED, "paused by you");
    else if (n.moving != 0)
        show(u, TRANSFER_MOVING, "");
    else if (n.paused != 0 || n.lost != 0)
        show(u, n.paused != 0 ? TRANSFER_PAUSED : TRANSFER_LOST, why);
    else
        show(u, TRANSFER_OFFERED, "");
    if (n.moving != 0)
        files_move(u->e, u->shown, n.slowest);
}

void upload_show_lost(struct upload *u)
{
    show(u, TRANSFER_LOST, NO_LINE);
}

/* SPDX-License-Identifier: ISC */
#include "client/upload_show.h"

#include <string.h>

#include "client/files.h"

#define NO_LINE "no connection to the relay"

struct tally {
    unsigned moving, paused, lost;
    uint64_t slowest;
    const struct transfer_person *who;  /* one that pauses, or is lost */
    const struct transfer_person *gone; /* one that was dropped, or left */
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
        if (p->state == TRANSFER_FAILED)
            n.gone = p;
    }
    return n;
}

static void show(struct upload *u, enum transfer_state state, const char *why)
{
    files_show(u->e, u->shown, state, why);
}

/* Who was dropped was asked too, and may accept again while the relay holds the offer open. */
static void show_offered(struct upload *u, const struct transfer_person *gone)
{
    static const char WAYS[] = "; who was asked may take it yet. /cancel ends it";
    char why[TRANSFER_WHY] = "";

    if (gone != NULL) {
        files_reason(why, "gone: ", bytes_of(gone->name, gone->name_n));
        size_t n = strlen(why);
        if (n + sizeof WAYS <= sizeof why)
            memcpy(why + n, WAYS, sizeof WAYS);
    }
    show(u, TRANSFER_OFFERED, why);
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
        show_offered(u, n.gone);
    if (n.moving != 0)
        files_move(u->e, u->shown, n.slowest);
}

void upload_show_lost(struct upload *u)
{
    show(u, TRANSFER_LOST, NO_LINE);
}

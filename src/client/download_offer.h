/* SPDX-License-Identifier: ISC */
/* A file that somebody offers: shown, counted, and accepted where a rule says so. */
#ifndef CLIENT_DOWNLOAD_OFFER_H
#define CLIENT_DOWNLOAD_OFFER_H

#include "client/parcel.h"

#define DOWNLOADS_OPEN 100 /* offers that nobody answered; the oldest goes for a new one */

/* A sealed offer came; it is shown, and accepted where a rule says so. */
struct download_news {
    const uint8_t *id;
    struct bytes sealed; /* the offer, as client/offer.h reads it */
    const char *sender;  /* relay name */
    uint64_t history;
};
void download_offered(struct engine *e, struct talk *c, const struct talk_person *p,
    const struct download_news *news);

#endif

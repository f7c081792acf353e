/* SPDX-License-Identifier: ISC */
/* A file that somebody offers: shown, counted, and accepted where a rule says so. */
#ifndef CLIENT_DOWNLOAD_OFFER_H
#define CLIENT_DOWNLOAD_OFFER_H

#include "client/parcel.h"

/* Offers that nobody answered; for a new one goes the oldest of whoever has made most. */
#define DOWNLOADS_OPEN 100
/* As long as so many are on their way in no rule accepts one more: an honest relay lets
 * nobody send that many. */
#define DOWNLOADS_BY_RULE 64

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

/* SPDX-License-Identifier: ISC */
/*
 * What is inside of a sealed message: a kind, an id that stays the same however often it is
 * sent, and where it stands in the stream of its sender, so that whoever reads it sees when
 * one is missing, came twice or came late, without believing the relay. One table says the
 * shape of every kind. Decoding is strict; views borrow. A kind that is not known is
 * ERR_UNSUPPORTED: a newer sotto wrote it.
 */
#ifndef CLIENT_PAYLOAD_H
#define CLIENT_PAYLOAD_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "model/intent.h"
#include "net/schema.h"

#define PAYLOAD_ID    16
#define PAYLOAD_PRINT 32
#define PAYLOAD_TEXT  INTENT_SAID
#define PAYLOAD_HEARD 64
#define PAYLOAD_PAD   256

enum payload_kind {
    PAYLOAD_TEXT_KIND = 1, /* what was typed */
    PAYLOAD_RECEIPT,       /* how far each sender was heard */
    PAYLOAD_READ,          /* the same, and seen by the person */
    PAYLOAD_TYPING,
    PAYLOAD_NICK,
    PAYLOAD_TOPIC,
    PAYLOAD_PSK,    /* the secret of a password's generation, for members */
    PAYLOAD_TICKET, /* goodbye: whoever removes my leaf may show this */
    PAYLOAD_FILE,   /* a file is offered: client/offer.h reads the text; its id is the file's */
    PAYLOAD_TAKEN_BACK, /* a file that was offered is not any more; the text is its id */
    PAYLOAD_KINDS
};

struct payload_heard {
    uint8_t print[PAYLOAD_PRINT];
    uint64_t stream;
    uint64_t index;
};

struct payload {
    uint8_t kind;
    uint8_t id[PAYLOAD_ID];
    uint64_t stream;  /* drawn when the sender began to speak here; counts anew with it */
    uint64_t index;   /* 1, 2, ...; 0 for kinds that are not counted */
    uint64_t sent_ms; /* by the sender's clock */
    union {
        struct {
            struct bytes text;
        } text; /* TEXT, NICK, TOPIC, TICKET, FILE, TAKEN_BACK */
        struct {
            struct list heard;
        } receipt; /* RECEIPT, READ */
        struct {
            uint8_t on;
        } typing;
        struct {
            uint32_t generation;
            uint8_t psk[PAYLOAD_PRINT];
        } psk;
    };
};

extern const struct schema PAYLOAD_HEARD_ROW;

bool payload_counted(uint8_t kind); /* has an index, and is kept for whoever is away */
void payload_write(const struct payload *p, struct buf *out);
/* ERR_FORMAT, ERR_UNSUPPORTED (kind is set). */
enum err payload_read(struct bytes in, struct payload *out);

#endif

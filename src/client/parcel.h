/* SPDX-License-Identifier: ISC */
/*
 * A file on its way as the engine holds it: ours going out, somebody's coming in. Facts only:
 * client/upload.h and client/download.h say what is done about them. They live until the step
 * that reaps frees them, never while the worker has one; across turns only client/filing.h and
 * the worker hold them: all others find them by id, handle or what is shown of them.
 */
#ifndef CLIENT_PARCEL_H
#define CLIENT_PARCEL_H

#include "client/engine.h"
#include "client/file_reader.h"
#include "client/file_writer.h"

#define UPLOAD_PATH  1024
#define UPLOAD_READY 16 /* sealed chunks that wait for the link, at most */

struct upload {
    struct file_reader reader; /* first: who has it has this upload */
    struct engine *e;
    struct upload *next;
    struct transfer *shown;
    uint32_t talk; /* serial */
    uint8_t key[FILE_KEY];
    uint8_t hash[HASH_SHA256]; /* as it was offered; of one taken up again, before it is read */
    bool again;                /* it was offered by an earlier run */
    bool busy;                 /* with the worker */
    bool read;                 /* all of it: the hash is known */
    bool asked;                /* the relay is being offered it */
    bool offered;              /* the relay has it */
    bool said;                 /* the sealed message was put */
    bool over;
    bool careful; /* for people alone whose keys were compared */
    bool untold;  /* given up, and the relay has not said that it knows */
    bool telling; /* it was asked to, on this line */
    bool unsaid;  /* its message could not be said */
    char unsaid_why[TRANSFER_WHY];
    bool stale;        /* what the worker seals now is for a line that is gone */
    bool told_resting; /* the relay knows that we pause */
    uint64_t tag;      /* of the intent that waits for its end; 0: none */
    uint64_t wait_ms;  /* not offered again before */
    uint32_t handle;
    struct msg_range *due; /* credit that is not used, in order */
    size_t due_n, due_cap;
    struct span ready[UPLOAD_READY];
    size_t ready_n;
    struct buf note;
};

struct download {
    struct file_writer writer; /* first: its job is this download's */
    struct engine *e;
    struct download *next;
    struct transfer *shown;
    uint32_t talk; /* serial */
    uint8_t id[MSG_ID];
    uint8_t print[POLICY_PRINT]; /* whose signature the offer has */
    char sender[MSG_NAME + 1];   /* as the relay calls it */
    struct buf offer;            /* as it was sealed: with the key */
    bool accepted;
    bool busy;     /* with the worker */
    bool asked;    /* the relay was told that we accept, or is being told */
    bool standing; /* it has answered so, and sends */
    bool counting; /* its start has come */
    bool opening;
    bool checking;
    bool placed;     /* it is done, and the relay is still to be told */
    uint64_t ticket; /* of the row that says where it goes: not put there before */
    bool over;
    bool untold;          /* refused, and the relay has not said that it knows */
    uint8_t verdict;      /* what the newest answer of ours says */
    uint32_t answers_due; /* of the relay, to answers of ours */
    uint32_t handle;      /* 0: not known */
    uint32_t turn;
    uint32_t batch_turn; /* of the chunks that are with the worker */
    uint32_t window;     /* chunks */
    uint32_t taken, acked;
    uint64_t came_ms;        /* when the last chunk did */
    uint64_t wait_ms;        /* nothing is asked before */
    int64_t offered_ms;      /* by the clock */
    uint64_t history;        /* the row of its message */
    struct file_batch batch; /* what came and is not with the worker yet */
};

#endif

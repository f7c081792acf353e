/* SPDX-License-Identifier: ISC */
/*
 * What everything about files shares: who is who, when it is looked at next, and how it is
 * shown. It moves nothing: client/file_pump.h does.
 */
#ifndef CLIENT_FILES_H
#define CLIENT_FILES_H

#include "client/parcel.h"

#define FILES_TICK_MS 500u

void files_touch(struct engine *e);                   /* each takes its next step, soon */
void files_look_at(struct engine *e, uint64_t at_ms); /* and then */

/* The relay does not listen just now; later it may. */
static inline bool files_later(const struct msg_refusal *no)
{
    return no->code == CODE_TOO_FAST || no->code == CODE_BUSY;
}

/* As a line is lost, the state is not yet another one. */
static inline bool files_has_line(const struct engine *e)
{
    return e->state == ENGINE_READY && e->link != NULL;
}

/* NULL: none. */
struct upload *files_upload(struct engine *e, const uint8_t id[MSG_ID]);
struct upload *files_upload_at(struct engine *e, uint32_t handle);
struct download *files_download(struct engine *e, const uint8_t id[MSG_ID]);
struct download *files_download_at(struct engine *e, uint32_t handle);
struct upload *files_upload_shown(struct engine *e, const struct transfer *t);
struct download *files_download_shown(struct engine *e, const struct transfer *t);
/* The sealed message that offers it could not be said. */
void files_unsaid(struct engine *e, const uint8_t id[MSG_ID], const char *why);

/* It is there, in the state that it has: faces hear of it for the first time. */
void files_begin(struct engine *e, struct transfer *t);
/* What is shown changed: why may be NULL. */
void files_show(
    struct engine *e, struct transfer *t, enum transfer_state state, const char *why);
void files_move(struct engine *e, struct transfer *t, uint64_t done);
void files_hash(struct transfer *t, const uint8_t hash[HASH_SHA256]);
/* Who is meant, in the model's one way of saying it. */
void files_place(struct transfer *t, const struct talk *c);
/* What becomes of those on their way now that we go, for the person. */
void files_tell_parting(struct engine *e);
/* What somebody else says as the reason, fit to be shown: "WORDS: REASON". */
void files_reason(char out[TRANSFER_WHY], const char *words, struct bytes reason);
/* The name as one may stand on this disk, made of what a sender called it. */
void files_clean_name(struct bytes name, const uint8_t id[MSG_ID], char *out, size_t n);

#endif

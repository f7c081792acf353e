/* SPDX-License-Identifier: ISC */
/* What the files of the line share: clusters, and changes with what they leave to undo. */
#ifndef TUI_EDITLINE_IMPL_H
#define TUI_EDITLINE_IMPL_H

#include "tui/editline.h"

size_t editline_next(const struct editline *e, size_t at); /* the end of the cluster there */
size_t editline_before(const struct editline *e, size_t at);
size_t editline_target(const struct editline *e, enum editline_move to);
struct bytes editline_behind(const struct editline *e, size_t at);

/* Keeps the line as it is now, for undo. */
void editline_mark(struct editline *e);
void editline_put(struct editline *e, struct bytes text); /* in place of all, nothing kept */
void editline_cut(struct editline *e, size_t from, size_t to);
void editline_forget_undo(struct editline *e);
void editline_forget_kills(struct editline *e);
void editline_forget_past(struct editline *e);
void editline_forget_draft(struct editline *e);

struct editline_piece editline_piece_of(const uint8_t *p, size_t n, size_t at);
void editline_piece_free(struct editline_piece *p);

#endif

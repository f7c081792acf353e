/* SPDX-License-Identifier: ISC */
/*
 * What can look different: a slot for each kind of thing on the screen. Panes name a slot and
 * know nothing of colours; a theme says how each slot looks.
 */
#ifndef TUI_STYLE_H
#define TUI_STYLE_H

#include <stddef.h>

/* clang-format off */
#define STYLE_SLOTS(X)                                                                          \
    X(TEXT_NORMAL, "text.normal")   X(TEXT_DIM, "text.dim")         X(TEXT_BOLD, "text.bold")   \
    X(TEXT_LINK, "text.link")       X(TEXT_CODE, "text.code")       X(TEXT_QUOTE, "text.quote") \
    X(TEXT_ESCAPED, "text.escaped")                                                             \
    X(TIME_STAMP, "time.stamp")     X(LINE_DAY, "line.day")         X(LINE_UNREAD, "line.unread") \
    X(LINE_NOISE, "line.noise")     X(LINE_SYSTEM, "line.system")   X(LINE_ERROR, "line.error") \
    X(NICK_SELF, "nick.self")       X(NICK_OTHER, "nick.other")     X(NICK_OP, "nick.op")       \
    X(NICK_AWAY, "nick.away")       X(NICK_IGNORED, "nick.ignored")                             \
    X(MSG_OWN, "msg.own")           X(MSG_OTHER, "msg.other")       X(MSG_MENTION, "msg.mention") \
    X(MSG_ACTION, "msg.action")     X(MSG_PENDING, "msg.pending")   X(MSG_FAILED, "msg.failed") \
    X(MSG_DELETED, "msg.deleted")                                                               \
    X(ROOM_NORMAL, "room.normal")   X(ROOM_ACTIVE, "room.active")   X(ROOM_UNREAD, "room.unread") \
    X(ROOM_MENTION, "room.mention") X(ROOM_MUTED, "room.muted")     X(ROOM_HEADER, "room.header") \
    X(MEMBER_NORMAL, "member.normal") X(MEMBER_OP, "member.op")     X(MEMBER_VOICE, "member.voice") \
    X(MEMBER_AWAY, "member.away")   X(MEMBER_HEADER, "member.header")                           \
    X(BAR_TOPIC, "bar.topic")       X(BAR_STATUS, "bar.status")     X(BAR_HINT, "bar.hint")     \
    X(BAR_HINT_KEY, "bar.hint.key") X(BAR_ACTIVITY, "bar.activity")                             \
    X(BAR_ACTIVITY_MENTION, "bar.activity.mention")                                             \
    X(BAR_CONN_UP, "bar.conn.up")   X(BAR_CONN_DOWN, "bar.conn.down")                           \
    X(INPUT_TEXT, "input.text")     X(INPUT_PROMPT, "input.prompt") X(INPUT_GHOST, "input.ghost") \
    X(INPUT_SPELLERROR, "input.spellerror")                                                     \
    X(ENC_VERIFIED, "enc.verified") X(ENC_UNVERIFIED, "enc.unverified")                         \
    X(ENC_CHANGED, "enc.changed")   X(ENC_NONE, "enc.none")                                     \
    X(FILE_OFFER, "file.offer")     X(FILE_PROGRESS, "file.progress") X(FILE_DONE, "file.done") \
    X(FILE_FAILED, "file.failed")                                                               \
    X(UI_BORDER, "ui.border")       X(UI_BORDER_FOCUS, "ui.border.focus")                       \
    X(UI_SELECTED, "ui.selected")   X(UI_TITLE, "ui.title")         X(UI_BUTTON, "ui.button")   \
    X(UI_SEARCH_HIT, "ui.search.hit") X(UI_SEARCH_CURRENT, "ui.search.current")                 \
    X(UI_SCROLLBAR, "ui.scrollbar")
/* clang-format on */

enum style {
#define STYLE_ENUM(id, name) STYLE_##id,
    STYLE_SLOTS(STYLE_ENUM)
#undef STYLE_ENUM
        STYLE_COUNT
};

const char *style_name(enum style s);              /* "msg.mention" */
enum style style_find(const char *name, size_t n); /* STYLE_COUNT: there is none */

#endif

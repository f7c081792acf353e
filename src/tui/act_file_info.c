/* SPDX-License-Identifier: ISC */
#include "tui/act_file_info.h"

#include <stdio.h>

#include "base/utf8.h"
#include "tui/card.h"
#include "tui/log_view.h"
#include "tui/sheet.h"
#include "tui/state.h"

#define ONE_ROW 4096 /* columns: a sentence that is wrapped by who shows it */

static void put(struct buf *to, const char *label, struct bytes foreign)
{
    buf_fmt(to, "%-7s ", label);
    utf8_clean(to, foreign, UTF8_NAME);
    buf_u8(to, '\n');
}

static void put_whom(struct buf *to, const struct transfer *f)
{
    if (f->own) {
        put(to, "by", bytes_str("you"));
    } else {
        buf_fmt(to, "%-7s ", "from");
        utf8_clean(to, bytes_of(f->from, f->from_n), UTF8_NAME);
        if (f->tag[0] != '\0')
            buf_fmt(to, "  #%.*s, as the key's fingerprint begins", EVENT_TAG - 1, f->tag);
        buf_u8(to, '\n');
        put(to, "key",
            bytes_str(f->verified ? "verified: you have compared it"
                                  : "not verified: compare safety numbers with /verify"));
    }
    buf_fmt(to, "%-7s %s", "in", f->direct ? "the conversation with " : "#");
    utf8_clean(to, bytes_of(f->where, f->where_n), UTF8_NAME);
    buf_u8(to, '\n');
}

static void put_size(struct buf *to, const struct transfer *f)
{
    char size[TRANSFER_SIZE];

    transfer_size(size, f->bytes);
    buf_fmt(to, "%-7s %s", "size", size);
    if (f->bytes >= 1000)
        buf_fmt(to, " (%llu bytes)", (unsigned long long)f->bytes);
    buf_fmt(to, "\n%-7s %s\n", "kind", transfer_kind(f->name));
}

static void put_state(struct buf *to, const struct transfer *f, const struct card_look *look)
{
    buf_fmt(to, "%-7s ", "state");
    card_state(to, look, f, ONE_ROW);
    buf_u8(to, '\n');
}

static void put_people(struct buf *to, const struct transfer *f)
{
    for (size_t i = 0; i < f->people_n; i++) {
        const struct transfer_person *p = &f->people[i];
        buf_text(to, i == 0 ? "\n" : "");
        utf8_clean(to, bytes_of(p->name, p->name_n), UTF8_NAME);
        if (p->state == TRANSFER_MOVING)
            buf_fmt(to, "  %u%%\n", transfer_part(p->done, f->bytes));
        else
            buf_fmt(to, "  %s\n", card_person_words(p->state));
    }
}

void act_file_inform(struct tui *t, const struct transfer *f)
{
    struct card_look look;
    struct buf text;

    log_card_look(&t->v, &look);
    buf_init(&text, 1u << 18);
    put(&text, "file", bytes_str(f->name));
    put_size(&text, f);
    put_whom(&text, f);
    put_state(&text, f, &look);
    if (f->note[0] != '\0')
        put(&text, "note", bytes_str(f->note));
    if (f->path[0] != '\0')
        put(&text, f->own ? "read at" : "path", bytes_str(f->path));
    put(&text, "SHA-256", bytes_str(f->hash[0] != '\0' ? f->hash : "not known yet"));
    put_people(&text, f);
    while (text.n != 0 && text.p[text.n - 1] == '\n')
        text.n--;
    sheet_push(t, "File", buf_view(&text));
    buf_free(&text);
}

/* SPDX-License-Identifier: ISC */
#include "support/hostile.h"

#include "base/mem.h"
#include "base/utf8.h"

/* A literal may hold a NUL, so each has its length. */
#define S(text)                                                                                \
    {                                                                                          \
        (const uint8_t *)(text), sizeof(text) - 1                                              \
    }
#define FAMILY                                                                                 \
    "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"                 \
    "\xe2\x80\x8d\xf0\x9f\x91\xa6"
#define ZALGO  "\xcc\x80\xcc\x81\xcc\x82\xcd\xa2\xcc\xb6\xcc\x9b\xcc\x94"
#define RI(c)  "\xf0\x9f\x87" c
#define TAG(c) "\xf3\xa0\x81" c

static const struct bytes WRITTEN[] = {
    /* what a terminal obeys */
    S("\033[2J\033[H\033[31mred\033[0m"),
    S("\033]0;title\a\033]2;title\033\\"),
    S("\033]52;c;?\a\033]52;c;aGFoYQ==\a"),
    S("\033]8;;http://x.example/\033\\link\033]8;;\033\\"),
    S("\033]4;1;rgb:00/00/00\a\033]10;?\a\033]11;?\a\033]104\a"),
    S("\033]9;hello\a\033]777;notify;a;b\a\033]99;;x\033\\"),
    S("\033P$q\"p\033\\\033P+q544e\033\\\033P1$tx\033\\"),
    S("\033_Gf=100;AAAA\033\\\033^pm\033\\\033Xsos\033\\"),
    S("\033[?1049l\033[?2004l\033[?1000h\033[?25l\033c\033[!p"),
    S("\033[6n\033[c\033[>c\033[=c\033[5n\033[?6n\033[21t\033[18t\033[x\033Z"),
    S("\033[200~/quit\r\033[201~/quit\r"),
    S("\033(0qqq\033(B\016\017\033N\033O\033n\033o\033|"),
    S("\033#8\033D\033M\033E\0337\0338\033=\033>"),
    S("\033[1;1r\033[3;3H\033[9999;9999H\033[S\033[T\033[99L\033[99M\033[99@"),
    S("\033[\033[\033\033\033]\033]"),
    S("\x9b"
      "2J\x9d"
      "0;t\x9c\x90"
      "x\x9c\x9f\x9e\x98\x8d\x85\x84\x88"),
    S("\xc2\x9b"
      "2J\xc2\x9d"
      "0;t\xc2\x9c\xc2\x90x\xc2\x9c\xc2\x9f\xc2\x9e\xc2\x98\xc2\x85\xc2\xa0"),
    S("\0\1\2\3\4\5\6\a\b\v\f\r\016\017\020\021\022\023\024\025\026\027\030\031\032\034\035"
      "\036\037\177"),
    S("over\b\b\b\bunder\rback\vdown\fform\ttab\t\t\ttabs"),
    S("\xc0\x9b[2J\xe0\x80\x9b[2J\xf0\x80\x80\x9b[2J"),
    /* what is no UTF-8 */
    S("\x80\xbf\xc0\x80\xc1\xbf\xe0\x80\x80\xe0\x9f\xbf\xf0\x80\x80\x80\xf0\x8f\xbf\xbf"),
    S("\xed\xa0\x80\xed\xbf\xbf\xed\xa0\xbd\xed\xb8\x80\xf4\x90\x80\x80\xf7\xbf\xbf\xbf"),
    S("\xf8\x88\x80\x80\x80\xfc\x84\x80\x80\x80\x80\xfe\xff\xff\xfe"),
    S("cut\xf0\x9f\x98"),
    S("cut\xe2\x80"),
    S("cut\xc3"),
    S("\xf0\x9f\x98-\xe2\x80-\xc3-"),
    /* what moves other text about */
    S("abc\xe2\x80\xae"
      "fed\xe2\x80\xac ghi\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xad"),
    S("\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8open\xe2\x81\xa9\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f"),
    S("\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7 123 \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d (a) \xd8\xa8"),
    S("\xd7\xa9\xd7\xb8\xd7\x81\xd7\x9c\xd7\x95\xd6\xb9\xd7\x9d\xd8\x8c\xd9\x8e\xd9\x8f"),
    S("\xe2\x80\xa8line\xe2\x80\xa9paragraph\xc2\x85next\r\n\r\n\n\n\n"),
    /* what cannot be seen */
    S("a\xe2\x80\x8b\xe2\x80\x8c\xe2\x80\x8d\xe2\x81\xa0\xef\xbb\xbf\xc2\xad\xe3\x85\xa4\xef\xbe\xa0z"),
    S("\xe1\x85\x9f\xe1\x85\xa0\xe1\x9e\xb4\xe1\x9e\xb5\xe1\xa0\x8e\xe2\xa0\x80\xe3\x80\x80"),
    S("\xef\xbf\xb9\xef\xbf\xba\xef\xbf\xbb\xf0\x9d\x85\xb3\xf0\x9d\x85\xba\xf3\xa0\x80\x81"),
    /* marks */
    S("a" ZALGO ZALGO ZALGO ZALGO ZALGO ZALGO "b"),
    S(ZALGO "at the start"),
    S("\xcc\x81\n\xcc\x81\n \xcc\x81"),
    S("x\xe2\x83\x9d\xe2\x83\xa0\xe2\x83\xa3\xd2\x88\xd2\x89"),
    S("\xe4\xbd\xa0" ZALGO "\xf0\x9f\x98\x80" ZALGO),
    /* emoji */
    S(FAMILY " " FAMILY FAMILY " \xe2\x80\x8d" FAMILY "\xe2\x80\x8d"),
    S("\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd\xf0\x9f\x8f\xbd \xf0\x9f\x8f\xbf x\xf0\x9f\x8f\xbb"),
    S("\xe2\x9d\xa4\xef\xb8\x8f\xe2\x9d\xa4\xef\xb8\x8e\xe2\x9d\xa4 \xe2\x98\xba\xef\xb8\x8f"),
    S("\xe2\x9d\xa4\xef\xb8\x8f\xe2\x80\x8d\xf0\x9f\x94\xa5\xe2\x80\x8d\xe2\x9d\xa4"),
    S("\xf0\x9f\x8f\xb3\xef\xb8\x8f\xe2\x80\x8d\xf0\x9f\x8c\x88\xf0\x9f\x8f\xb4\xe2\x80\x8d\xe2\x98\xa0\xef\xb8\x8f"),
    S("1\xef\xb8\x8f\xe2\x83\xa3#\xe2\x83\xa3*\xef\xb8\x8f\xe2\x83\xa3 9\xef\xb8\x8f"),
    S(RI("\xa9") RI("\xaa") RI("\xab") RI("\xb7") " " RI("\xa6") RI("\xa6") RI("\xa6")),
    S(RI("\xa6") " " RI("\xa6") "a" RI("\xbf") ZALGO),
    S("\xf0\x9f\x8f\xb4" TAG("\xa7") TAG("\xa2") TAG("\xa5") TAG("\xae") TAG("\xa7")
            TAG("\xbf")),
    S("\xf0\x9f\xab\xa8\xf0\x9f\xab\xb7\xf0\x9f\xa9\xb5\xf0\x9f\xaa\xbf"),
    S("\xef\xb8\x8f\xef\xb8\x8e\xf3\xa0\x84\x80 a\xef\xb8\x8f \xe8\x91\x9b\xf3\xa0\x84\x80\xe8\x91\x9b\xef\xb8\x80"),
    /* letters that join */
    S("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab \xe1\x84\x92\xe1\x85\xa1 \xe1\x84\x92 \xe1\x85\xa1 \xe1\x86\xab"),
    S("\xe1\x84\x80\xe1\x84\x80\xe1\x84\x80\xe1\x85\xa1\xe1\x85\xa1\xe1\x86\xa8\xe1\x86\xa8"),
    S("\xea\xb0\x80\xe1\x86\xa8 \xea\xb0\x80\xe1\x85\xa1 \xea\xa5\xa0\xed\x9e\xb0\xed\x9f\x8b"),
    S("\xe0\xa4\xb9\xe0\xa4\xbf\xe0\xa4\xa8\xe0\xa5\x8d\xe0\xa4\xa6\xe0\xa5\x80 \xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4\xb7\xe0\xa5\x8d\xe2\x80\x8d"),
    S("\xe0\xb8\x99\xe0\xb9\x89\xe0\xb8\xb3 \xe0\xba\xb3 \xe1\x9e\x80\xe1\x9f\x92\xe1\x9e\x80 \xe0\xbd\x80\xe0\xbe\x90\xe0\xbe\xb5"),
    S("\xd8\x80"
      "1\xd8\x80\xd8\x81\xdb\x9d"
      "12\xf0\x91\x82\xbd\xd8\x80"),
    /* signs whose width is disputed or ambiguous */
    S("\xe4\xb7\x80\xe3\x89\x88\xe2\x94\x82\xe2\x80\xa6\xe2\x97\x8f\xc2\xb1\xc2\xa7\xe2\x93\x90\xd0\x96\xce\xa9"),
    S("\xef\xbc\xa1\xef\xbd\xb6\xef\xbe\x9e\xef\xbf\xa8\xe3\x82\xab\xe3\x82\x99\xf0\xa0\x80\x80\xf0\xb1\x8d\x90"),
    S("\xef\xb7\xbd\xf0\x92\xab\x99\xf0\x92\x88\x99\xe2\xb8\xbb\xea\xa7\x85"),
    S("\xef\xbf\xbe\xef\xbf\xbf\xef\xb7\x90\xf0\x9f\xbf\xbe\xf4\x8f\xbf\xbf\xee\x80\x80\xef\xa3\xbf\xf4\x80\x80\x80"),
    S("\xcd\xb8\xf0\xb0\x80\x80x\xf3\xb0\x80\x80\xf0\x9e\x80\x80"),
    /* what looks like ours */
    S("\xe2\x94\x82 09:41 alice  said\n\xe2\x94\x82 09:41 bob  heard"),
    S(" * alice left\n-- new messages --\n/quit\n/answer yes"),
    S("%s%s%n%d%x %1$s \\033[31m $(id) `id` ${HOME} && id; 'id' \"id\" | id"),
    S(""),
    S(" "),
};

struct span {
    uint32_t from, to, by;
};
/* Everything below the ideographs and the symbols; of what is many and alike, some. */
static const struct span SPANS[] = {{1, 0x3400, 1}, {0x3400, 0xa000, 61}, {0xa000, 0xac00, 1},
    {0xac00, 0xd7b0, 61}, {0xd7b0, 0xd800, 1}, {0xe000, 0xf900, 61}, {0xf900, 0x12000, 1},
    {0x12000, 0x1b000, 17}, {0x1b000, 0x1b400, 1}, {0x1bc00, 0x20000, 1},
    {0x20000, 0xe0000, 1021}, {0xe0000, 0xe0200, 1}, {0xe0200, 0x110000, 4099}};

#define EACH   40 /* code points in one text */
#define RANDOM 400

static size_t points(const struct span *s)
{
    return (s->to - s->from + s->by - 1) / s->by;
}

static size_t texts(const struct span *s)
{
    return (points(s) + EACH - 1) / EACH;
}

size_t hostile_written(void)
{
    return MEM_COUNT(WRITTEN);
}

size_t hostile_count(void)
{
    size_t n = MEM_COUNT(WRITTEN) + RANDOM;

    for (size_t i = 0; i < MEM_COUNT(SPANS); i++)
        n += texts(&SPANS[i]);
    return n;
}

/* In turns alone, behind a letter, behind a wide sign and behind one that is joined. */
static void put_points(struct buf *out, const struct span *s, size_t text)
{
    static const char *const BEFORE[] = {
        "", "a", "\xe4\xbd\xa0", "\xf0\x9f\x98\x80\xe2\x80\x8d"};
    uint8_t bytes[4];

    for (size_t i = text * EACH; i < (text + 1) * EACH && i < points(s); i++) {
        buf_text(out, BEFORE[i % 4]);
        buf_put(out, bytes, utf8_put(bytes, s->from + (uint32_t)i * s->by));
    }
}

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void put_random(struct buf *out, size_t i)
{
    uint32_t seed = (uint32_t)i * 2654435761u + 1;
    size_t n = next(&seed) % 120;

    for (size_t k = 0; k < n; k++) {
        const struct bytes *b = &WRITTEN[next(&seed) % MEM_COUNT(WRITTEN)];
        size_t from = b->n != 0 ? next(&seed) % b->n : 0;
        size_t len = b->n != 0 ? next(&seed) % (b->n - from) % 9 : 0;
        if (i % 2 == 0)
            buf_u8(out, (uint8_t)next(&seed));
        else
            buf_put(out, b->p + from, len);
    }
}

void hostile_put(struct buf *out, size_t i)
{
    if (i < MEM_COUNT(WRITTEN)) {
        buf_bytes(out, WRITTEN[i]);
        return;
    }
    i -= MEM_COUNT(WRITTEN);
    if (i < RANDOM) {
        put_random(out, i);
        return;
    }
    i -= RANDOM;
    for (size_t s = 0; s < MEM_COUNT(SPANS); i -= texts(&SPANS[s]), s++) {
        if (i < texts(&SPANS[s])) {
            put_points(out, &SPANS[s], i);
            return;
        }
    }
}

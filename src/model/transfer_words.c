/* SPDX-License-Identifier: ISC */
/* Files in words: how large, how long, of what kind. */
#include <stdio.h>
#include <strings.h>

#include "base/mem.h"
#include "model/transfer.h"

#define DAY_S 86400u

void transfer_size(char out[TRANSFER_SIZE], uint64_t bytes)
{
    static const char *const UNITS[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    double x = (double)bytes;
    size_t unit = 0;

    if (bytes < 1000) {
        (void)snprintf(out, TRANSFER_SIZE, "%u byte%s", (unsigned)bytes, bytes == 1 ? "" : "s");
        return;
    }
    for (x /= 1000; x >= 999.5 && unit + 1 < MEM_COUNT(UNITS); unit++)
        x /= 1000;
    (void)snprintf(out, TRANSFER_SIZE, "%.*f %s", x < 99.95 ? 1 : 0, x, UNITS[unit]);
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* The number at the front, which may have a fraction; and what is behind it. */
static bool read_number(struct bytes *text, double *out)
{
    double unit = 1;
    bool point = false;
    size_t i = 0;

    *out = 0;
    for (; i < text->n && (is_digit(text->p[i]) || (text->p[i] == '.' && !point)); i++) {
        if (text->p[i] == '.') {
            point = true;
            continue;
        }
        *out = *out * 10 + (text->p[i] - '0');
        unit *= point ? 10 : 1;
    }
    bool any = i != 0 && is_digit(text->p[i - 1]) && is_digit(text->p[0]);
    *out /= unit;
    *text = bytes_of(text->p + i, text->n - i);
    return any;
}

bool transfer_read_size(struct bytes text, uint64_t *out)
{
    static const char UNITS[] = "kMGTP";
    double x;

    *out = 0;
    if (!read_number(&text, &x))
        return false;
    while (text.n != 0 && text.p[0] == ' ')
        text = bytes_of(text.p + 1, text.n - 1);
    for (size_t i = 0; text.n != 0 && UNITS[i] != '\0'; i++) {
        x *= 1000;
        if ((text.p[0] | 0x20) == (UNITS[i] | 0x20)) {
            text = bytes_of(text.p + 1, text.n - 1);
            break;
        }
        if (UNITS[i + 1] == '\0') /* a unit that is none, or plain bytes */
            x /= 1e15;
    }
    if (text.n > 1 || (text.n == 1 && (text.p[0] | 0x20) != 'b') ||
        !(x <= 9e18)) /* nor what is no number any more */
        return false;
    *out = (uint64_t)(x + 0.5);
    return true;
}

void transfer_time(char out[TRANSFER_TIME], uint32_t s)
{
    if (s >= DAY_S)
        (void)snprintf(out, TRANSFER_TIME, "%u day%s", s / DAY_S, s / DAY_S == 1 ? "" : "s");
    else if (s >= 3600)
        (void)snprintf(out, TRANSFER_TIME, "%u:%02u:%02u", s / 3600, s / 60 % 60, s % 60);
    else
        (void)snprintf(out, TRANSFER_TIME, "%u:%02u", s / 60, s % 60);
}

const char *transfer_kind(const char *name)
{
    static const struct {
        const char *ends; /* with a space before and behind each */
        const char *kind;
    } KINDS[] = {
        {" png jpg jpeg gif webp bmp svg tif tiff avif heic ", "picture"},
        {" mp3 ogg oga opus flac wav m4a ", "sound"},
        {" mp4 mkv webm mov avi ", "film"},
        {" pdf ", "PDF document"},
        {" txt md log csv ", "text"},
        {" doc docx odt rtf ", "document"},
        {" xls xlsx ods ", "table"},
        {" ppt pptx odp ", "slides"},
        {" zip tar gz tgz bz2 xz zst 7z rar ", "archive"},
        {" c h cc cpp py rs go js ts java rb pl lua diff patch ", "source text"},
        {" sh bash zsh fish ps1 bat cmd ", "script: running it can do harm"},
        {" exe msi com scr appimage deb rpm apk dmg run jar desktop ",
            "program: running it can do harm"},
    };
    const char *dot = strrchr(name, '.');
    size_t n = dot != NULL ? strlen(dot + 1) : 0;

    for (size_t i = 0; n != 0 && i < MEM_COUNT(KINDS); i++) {
        for (const char *at = KINDS[i].ends; (at = strchr(at, ' ')) != NULL && at[1] != '\0';) {
            at++;
            if (strncasecmp(at, dot + 1, n) == 0 && at[n] == ' ')
                return KINDS[i].kind;
        }
    }
    return "file";
}

void transfer_words(char out[TRANSFER_WORDS], const char *name, uint64_t bytes)
{
    char size[TRANSFER_SIZE];

    transfer_size(size, bytes);
    (void)snprintf(out, TRANSFER_WORDS, "%s, %s, %s", name, size, transfer_kind(name));
}

/* SPDX-License-Identifier: ISC */
/* A person's config.json: what is taken can be set, and an edit leaves JSON or nothing. */
#include <stdlib.h>

#include "base/json.h"
#include "face/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void edit(struct bytes text, struct json_spot spot, const char *value)
{
    struct json_doc *doc;
    struct buf b;
    char why[256] = "";

    buf_init(&b, 2 * CONFIG_BYTES);
    buf_bytes(&b, text);
    enum err e = json_edit(&b, spot, bytes_str(value), why, sizeof why);
    if (e != ERR_OK && (why[0] == '\0' || !bytes_eq(buf_view(&b), text)))
        abort();
    if (e == ERR_OK) {
        if (json_parse(buf_view(&b), true, &doc, why, sizeof why) != ERR_OK)
            abort();
        json_free(doc);
    }
    buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct bytes text = bytes_of(p, n <= CONFIG_BYTES ? n : CONFIG_BYTES);
    struct model *m = model_new();
    struct config c;
    char why[512] = "";

    if (config_take(text, m, &c, why, sizeof why) != ERR_OK && why[0] == '\0')
        abort(); /* a person must learn what is wrong */
    for (size_t i = 0; i < PREFS; i++) {
        if (m->prefs.of[i].unsaved)
            abort(); /* reading alone must write nothing */
    }
    model_free(m);
    edit(text, (struct json_spot){NULL, "mouse"}, "true");
    edit(text, (struct json_spot){"keys", "f9"}, "\"help\"");
    edit(text, (struct json_spot){"keys", "f9"}, "");
    return 0;
}

/* SPDX-License-Identifier: ISC */
/* The tables as text, a row a line, fields between tabs, for the checks that hold documents to
 * them. A body is its fields in wire order: kind, name, least, most, shape of a list. */
#include <stdio.h>

#include "ctl/order.h"
#include "face/asked.h"
#include "face/doctor.h"
#include "face/objects.h"
#include "face/options.h"
#include "model/command.h"
#include "model/pref.h"
#include "net/opcode.h"
#include "server/config.h"
#include "tui/action.h"
#include "tui/style.h"
#include "tui/wardrobe.h"

static const char *const KINDS[] = {
    [FIELD_U8] = "u8",
    [FIELD_U16] = "u16",
    [FIELD_U32] = "u32",
    [FIELD_U64] = "u64",
    [FIELD_STR8] = "str8",
    [FIELD_BLOB16] = "blob16",
    [FIELD_BLOB32] = "blob32",
    [FIELD_FIX] = "fix",
    [FIELD_REST] = "rest",
    [FIELD_NAMES] = "names",
    [FIELD_LIST] = "list",
    [FIELD_OPTIONAL] = "optional",
};

static void dump_body(const char *opcode, const char *what, const struct schema *s)
{
    if (s == NULL)
        return;
    (void)printf("body\t%s\t%s\n", opcode, what);
    for (size_t i = 0; i < s->count; i++) {
        const struct field *f = &s->fields[i];
        (void)printf("field\t%s\t%s\t%u\t%u\n", KINDS[f->kind], f->name, f->empty == FIELD_MUST,
            (unsigned)f->max);
        for (size_t k = 0; f->of != NULL && k < f->of->count; k++) {
            const struct field *in = &f->of->fields[k];
            (void)printf("inner\t%s\t%s\t%u\t%u\n", KINDS[in->kind], in->name,
                in->empty == FIELD_MUST, (unsigned)in->max);
        }
    }
}

static void dump_opcodes(void)
{
    const struct opcode_row *r;

    for (size_t i = 0; (r = opcode_at(i)) != NULL; i++) {
        (void)printf("opcode\t0x%02x\t%s\t%u\t%u\t%u\t%s\n", r->op, r->name, r->from, r->silent,
            (unsigned)r->ceiling, r->help);
        dump_body(r->name, "ask", r->ask);
        dump_body(r->name, "tell", r->tell);
        dump_body(r->name, "answer", r->answer);
    }
}

static void dump_command_line(void)
{
    const struct verb_row *verb;
    const struct option_row *option;

    for (size_t i = 1; (verb = options_verb_at(i)) != NULL; i++)
        (void)printf("verb\t%s\t%s\t%s\n", verb->name, verb->args, verb->help);
    for (size_t i = 0; (option = options_row_at(i)) != NULL; i++)
        (void)printf("option\t%s\t%.1s\t%s\t%s\n", option->name, &option->letter,
            option->arg != NULL ? option->arg : "", option->help);
}

static void dump_objects(void)
{
    const struct request_row *request;
    const struct object_row *object;

    for (size_t i = 0; (request = asked_at(i)) != NULL; i++)
        (void)printf("request\t%s\t%s\t%s\t%s\n", request->name, request->keys, request->needs,
            request->gives);
    for (size_t i = 0; (object = objects_at(i)) != NULL; i++)
        (void)printf("event\t%s\t%s\t%s\n", object->name, object->keys, object->maybe);
    for (enum doctor_point p = 0; p < DOCTOR_POINTS; p++)
        (void)printf("point\t%s\n", doctor_point_name(p));
}

static void dump_screen(void)
{
    static const char *const PREF_KINDS[] = {
        [PREF_KIND_BOOL] = "bool",
        [PREF_KIND_CHOICE] = "choice",
        [PREF_KIND_NUMBER] = "number",
        [PREF_KIND_TEXT] = "text",
    };
    const struct pref_row *pref;
    const struct action_row *action;

    for (size_t i = 0; (pref = pref_at(i)) != NULL; i++)
        (void)printf("pref\t%s\t%s\t%s\t%s\t%s\n", pref->name, PREF_KINDS[pref->kind],
            pref->choices, pref->fallback, pref->help);
    for (size_t i = 0; (action = action_at(i)) != NULL; i++)
        (void)printf("action\t%s\t%s\t%s\t%s\n", action->name, action_group_str(action->group),
            action->keys, action->help);
}

static void dump_looks(void)
{
    for (int s = 0; s < STYLE_COUNT; s++)
        (void)printf("slot\t%s\n", style_name((enum style)s));
    for (const struct wardrobe_file *f = WARDROBE_BUILTIN; f->name != NULL; f++)
        (void)printf("theme\t%s\n", f->name);
}

int main(void)
{
    const struct limit_row *limit;
    const struct order_row *order;
    const struct command *command;
    const char *key;

    for (size_t i = 0; (key = config_key(i)) != NULL; i++)
        (void)printf("key\t%s\n", key);
    for (size_t i = 0; (limit = config_limit(i)) != NULL; i++)
        (void)printf("limit\t%s\t%lld\t%lld\t%lld\t%s\t%s\n", limit->name,
            (long long)limit->fallback, (long long)limit->min, (long long)limit->max,
            limit->unit, limit->help);
    for (size_t i = 0; (order = order_at(i)) != NULL; i++)
        (void)printf("order\t%s\t%s\t%s\t%s\n", order->command, order->args, order->options,
            order->help);
    for (size_t i = 0; (command = command_at(i)) != NULL; i++)
        (void)printf("command\t%s\t%s\t%s\n", command->name, command->args, command->help);
    dump_command_line();
    dump_objects();
    dump_screen();
    dump_looks();
    dump_opcodes();
    return 0;
}

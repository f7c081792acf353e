/* SPDX-License-Identifier: ISC */
/*
 * sotto doctor: walks from the relay's name to the seals of the rooms and says of each point
 * that it is fine, or what is wrong and what to do. It drives an ordinary session and watches
 * the model; what lies before the session (name, port, vault) the program has looked at and
 * hands in. The exit status is that of the first point that is wrong, nearest to the network.
 */
#ifndef FACE_DOCTOR_H
#define FACE_DOCTOR_H

#include "face/face.h"

#define DOCTOR_WORDS       400
#define DOCTOR_PATIENCE_MS 30000

enum doctor_point {
    DOCTOR_NAME,
    DOCTOR_PORT,
    DOCTOR_TLS,
    DOCTOR_PIN,
    DOCTOR_LOGIN,
    DOCTOR_CLOCK,
    DOCTOR_KEYS,
    DOCTOR_VAULT,
    DOCTOR_ROOM, /* one for each */
    DOCTOR_POINTS
};

enum doctor_verdict { DOCTOR_UNKNOWN, DOCTOR_FINE, DOCTOR_WRONG };

struct doctor_finding {
    enum doctor_verdict verdict;
    char words[DOCTOR_WORDS];
};

struct doctor_setup {
    bool json;
    struct doctor_finding name, port, vault; /* copied */
};

const char *doctor_point_name(enum doctor_point p); /* "name", "port", ... */
struct face *doctor_new(struct model *m, const struct doctor_setup *setup, int out_fd);
void doctor_free(struct face *f);

#endif

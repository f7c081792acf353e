/* SPDX-License-Identifier: ISC */
#include "server/bus.h"

#include <string.h>

#define TOPIC_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"

bool bus_topic_valid(const char *topic)
{
    size_t n = strspn(topic, TOPIC_LETTERS);

    return n != 0 && n <= BUS_TOPIC_MAX && topic[n] == '\0';
}

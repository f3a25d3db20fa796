/* The ways to get messages, typed, piped or as words, and what is done after the last one. */
#ifndef WAYS_H
#define WAYS_H

#include "sender.h"

enum { DONE = 0, UNDELIVERED = 1, FAILED = 2 }; /* exit status */

struct writer {
    struct publisher publisher;
    struct sender sender;
    uint32_t interval_ms;
    uint32_t timeout_ms;
    bool until_read, keep;
};

/* Writes the words, or what is piped or typed if there are none, and sees that it reaches somebody.
 * Returns the exit status; what goes wrong is reported. */
int writer_run(struct writer *writer, char **words);

#endif

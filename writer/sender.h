/* A line on its way into the mapping: encoded, or refused with a reason. */
#ifndef SENDER_H
#define SENDER_H

#include "publisher.h"

struct sender {
    struct publisher *publisher;
    bool refused; /* some line was */

    bool block;   /* the lock is held: messages were put, and readers not woken yet */
    char *stored; /* the text in its encoding */
    size_t stored_room;
};

/*
 * Puts one message of UTF-8 text into the mapping, taking the lock if it is not held. A text that
 * does not fit or cannot be encoded is refused whole: reported, with its line `number` if that is
 * not 0, and the mapping is not touched. Errors: those of publisher_begin and publisher_put.
 */
DWORD sender_send(struct sender *sender, const char *text, uint64_t bytes, uint64_t number);

/* Wakes the readers and lets the lock go, if it is held. */
DWORD sender_flush(struct sender *sender);

void sender_close(struct sender *sender);

#endif

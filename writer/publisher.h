/* The writing side of a mapping: its lock, its events, and the message. */
#ifndef PUBLISHER_H
#define PUBLISHER_H

#include "lock.h"
#include "mapping.h"
#include "message.h"
#include "notify.h"

struct publisher {
    /* Set before publisher_open. */
    const char *name;
    uint64_t size;     /* bytes of capacity that were asked for, 0: none in particular */
    UINT code_page;    /* of what is stored */
    bool plain;        /* touch nothing but the text and its NUL */
    bool share;        /* let other users read */
    bool acknowledged; /* be told of being read, and be able to hand the last message over */
    uint32_t lock_ms;  /* the longest wait for the lock, at least 2 s; INFINITE for no bound */

    struct mapping mapping;
    struct message_region region;
    struct notify notify;
    struct lock lock;
    HANDLE read; /* the event NAME.read, or NULL */
    uint32_t capacity;
    uint32_t published; /* messages published since publisher_open, modulo 2^32 */
    struct message last;
    char *last_text; /* a copy of the last message, for handing it over, if acknowledged */
    size_t last_room;
};

/*
 * Finds or creates the mapping and what belongs to it. Whatever goes wrong is reported in full;
 * then close it. Errors: WAIT_TIMEOUT if another writer held the lock all the time, and others.
 */
DWORD publisher_open(struct publisher *publisher);
void publisher_close(struct publisher *publisher);

/* Reports that another writer has held the lock for all of lock_ms. */
void publisher_report_lock(const struct publisher *publisher);

/* The most bytes that a text may have. */
uint32_t publisher_text_bytes(const struct publisher *publisher);

/*
 * Begin takes the lock, reporting a writer that holds it for too long; end wakes the readers and
 * lets the lock go. Between them any number of messages is put, of at most publisher_text_bytes
 * bytes each. Errors: WAIT_TIMEOUT after lock_ms, ERROR_INVALID_DATA if the control data was
 * destroyed.
 */
DWORD publisher_begin(struct publisher *publisher);
DWORD publisher_put(struct publisher *publisher, const char *text, size_t bytes);
DWORD publisher_end(struct publisher *publisher);

/* Waits until a reader tells that it has shown the last message. WAIT_TIMEOUT. */
DWORD publisher_wait_read(const struct publisher *publisher, uint32_t timeout_ms);

/*
 * Lets the mapping go and sees whether some other program holds it: if so the text stays there,
 * ERROR_SUCCESS. If not, the mapping is made anew with the last message in it: WAIT_TIMEOUT.
 */
DWORD publisher_let_go(struct publisher *publisher);

#endif

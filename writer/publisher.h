/* The writing side of a mapping: what is sent is encoded, put there under the writers' lock, and
 * handed over. */
#ifndef PUBLISHER_H
#define PUBLISHER_H

#include "mapping.h"

/* Bytes of the last text that are compared with what is there: a plain program overwrites it from
 * its beginning. */
#define PUBLISHER_KEPT 4096

struct publisher {
    /* Set before publisher_open. */
    const char *name;
    uint64_t size;       /* bytes of capacity that were asked for, 0: none in particular */
    uint32_t code_page;  /* of what is stored */
    uint32_t timeout_ms; /* the longest wait for anything; INFINITE for no bound */
    bool plain;          /* touch nothing but the text and its NUL */
    bool share;          /* let other users read */
    bool delivers;       /* will wait for a reader after the last message */
    bool until_read;     /* and for nobody else */

    struct mapping mapping;
    struct message_region region;
    struct notify notify;
    HANDLE lock, read; /* the mutex; the event NAME.read, NULL unless `delivers` */
    HANDLE shown;      /* the event NAME.read.N of the last message, NULL unless `delivers` */
    uint32_t number;   /* of the last message */
    unsigned char kept[PUBLISHER_KEPT + 2]; /* its beginning, or all of it and its NUL */
    size_t kept_bytes;
    uint32_t capacity;
    uint32_t published;  /* messages since publisher_open, modulo 2^32 */
    bool refused;        /* some text was */
    bool locked;         /* the lock is held: messages were put, and readers not woken yet */
    uint64_t begun;      /* when it was taken, as a FILETIME */
    const char *pending; /* the text that is put next, NULL if none is */
    size_t pending_bytes;
    char *stored[2]; /* that text in its encoding, and the present one, */
    size_t stored_room[2];
    int turn; /* at this place */
};

/*
 * Finds or creates the mapping and what belongs to it. Whatever goes wrong is reported in full;
 * then close it. Errors: WAIT_TIMEOUT, not reported, if another writer held the lock all the time.
 */
DWORD publisher_open(struct publisher *publisher);
void publisher_close(struct publisher *publisher);

/* The most bytes that a text may have. */
uint32_t publisher_text_bytes(const struct publisher *publisher);

/*
 * Puts one message of UTF-8 text into the mapping, taking the lock if it is not held yet; before
 * the next one, or in publisher_flush, until when it must stay valid: a reader is asked to answer
 * to the last one only, and whether it is the last is known by then. A text that is NULL, since it
 * was too long to be kept, does not fit or cannot be encoded is refused whole: reported, with its
 * line `number` if that is not 0, and the mapping is not touched. Errors: WAIT_TIMEOUT,
 * ERROR_INVALID_DATA if the control data was destroyed, ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD publisher_send(struct publisher *publisher, const char *text, uint64_t bytes,
                     uint64_t number);

/* Puts the text that is pending, wakes the readers and lets the lock go, if it is held. Errors: as
 * above, and those of object_create for the event of its answer. */
DWORD publisher_flush(struct publisher *publisher);

/* Whether the last message, or plain text, is still what is there. */
bool publisher_is_there(const struct publisher *publisher);

/*
 * Sees that the last message reaches somebody: waits until a reader tells that it has shown it or,
 * unless that is to be waited for (`until_read`), until another program holds the mapping, so that
 * its text outlives this one; says so if it has to wait. Writers that wait themselves do not count,
 * nor does one that merely passes by: a holder is there at each of many looks. A program that has
 * closed its handle and kept its view is not seen: then the wait is longer than it must be, and
 * nothing is lost. An empty plain text is as good as none. Errors: WAIT_TIMEOUT;
 * ERROR_CANCELLED if another text has taken the place of this one and no reader has shown it. In
 * handover.c.
 */
DWORD publisher_hand_over(const struct publisher *publisher);

#endif

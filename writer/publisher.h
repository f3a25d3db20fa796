/* The writing side of a mapping: a text is encoded and published under the lock NAME.writer.
 * delivery.h sees to it that it reaches a reader. */
#ifndef PUBLISHER_H
#define PUBLISHER_H

#include "mapping.h"
#include "wait.h"

struct publisher_options {
    const char *name;
    uint64_t size;      /* bytes of capacity that were asked for, 0: none in particular */
    uint64_t text_room; /* bytes that a new mapping should have room for all the same, 0: unknown */
    uint32_t code_page; /* of what is stored */
    bool plain;         /* write a bare NUL-terminated string and no control data */
    bool share;         /* let other users read */
};

struct publisher {
    const struct publisher_options *options;
    struct mapping mapping;
    struct message_region region;
    struct notify notify;
    HANDLE lock; /* NAME.writer */
    uint32_t capacity;
    uint32_t number;   /* of the last message */
    bool locked;       /* the lock is held */
    ULONGLONG since;   /* when it was taken, in milliseconds of GetTickCount64, */
    uint64_t time;     /* and as a FILETIME */
    DWORD shown_error; /* why there is no NAME.shown, or ERROR_SUCCESS */
    char *encoded;     /* the present text in its encoding */
    size_t encoded_room;
};

/* One text, as it is read and as it is stored. */
struct text_to_send {
    const char *bytes; /* NULL: it was too long to be kept */
    uint64_t count;    /* bytes */
    uint64_t line;     /* its number in the input, 0: it is none of several */
    bool is_encoded;   /* it is stored as it is */
};

/*
 * Finds or creates the mapping and what belongs to it. Close it also after an error. Errors, which
 * are reported in full: those of mapping_create, object_create, ERROR_BAD_LENGTH,
 * ERROR_INVALID_DATA, WAIT_TIMEOUT if another writer held the lock all the time. */
DWORD publisher_open(struct publisher *publisher, const struct publisher_options *options,
                     deadline_time deadline);
void publisher_close(struct publisher *publisher);

/* The most bytes that a text may have. */
uint32_t publisher_text_bytes(const struct publisher *publisher);

/* Encodes UTF-8, in memory that is the publisher's until the next call. Errors:
 * ERROR_NO_UNICODE_TRANSLATION, after reporting why the text is rejected; ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD publisher_encode(struct publisher *publisher, struct text_to_send *text);

/*
 * Puts one encoded text into the mapping, taking the lock if it is not held yet, and wakes the
 * readers. `awaits` tells that the caller holds NAME.turn and will wait for an acknowledgement.
 * Errors: ERROR_BAD_LENGTH, after reporting that the text does not fit and is rejected;
 * WAIT_TIMEOUT; ERROR_INVALID_DATA if the control data was destroyed; those of SetEvent.
 */
DWORD publisher_put(struct publisher *publisher, const struct text_to_send *text, bool awaits,
                    deadline_time deadline);

/* Gives the lock back, if it is held: before anything that may block, and at least every 10 ms. */
DWORD publisher_unlock(struct publisher *publisher);
DWORD publisher_unlock_in_time(struct publisher *publisher);

/* Reports that a text is rejected, and why; " has ..." follows what it is. */
void publisher_reject(struct publisher *publisher, uint64_t line, const char *why);

/* "line 7" or "the text". */
#define TEXT_NAME_ROOM 32
const char *publisher_text_name(char name[TEXT_NAME_ROOM], uint64_t line);

#endif

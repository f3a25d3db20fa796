/* The reading side of a mapping: what is there now, whether it is new, and waiting for what comes.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "mapping.h"

/* What was seen at one time. */
struct sight {
    bool ours;              /* a message of ours, whole; else a plain program's text */
    bool fresh;             /* another message or text than the last time */
    uint32_t missed;        /* messages between that one and this, overwritten unseen */
    uint64_t digest;        /* of a plain program's text */
    struct message message; /* meaningful if `ours`; its number also otherwise */
    const void *bytes;      /* of the text, in the source's memory until the next call */
    size_t count;
    uint32_t code_page; /* of the text: recorded, asked for, or guessed */
};

/* Bytes of a dump that are copied out at a time; a multiple of 16. */
#define SOURCE_BLOCK (1u << 18)

struct source {
    /* Set before the first call. */
    const char *name;
    bool may_create;    /* as the documented program does */
    bool ranged;        /* look at offset and length only, whoever wrote there */
    uint32_t code_page; /* ENCODING_AUTO or what to take the text for */
    uint64_t offset, length;

    uint32_t recorded;      /* code page of the message that the range is in, or ENCODING_AUTO */
    struct mapping mapping; /* open if its view is not NULL */
    struct message_region region;
    struct notify notify;
    uint32_t signals; /* counted when the last look began */
    unsigned vain;    /* waits in a row that a signal made needless */
    uint64_t look_us; /* when the last look began, by the performance counter */
    DWORD cost_ms;    /* of waiting, that the last look is worth */
    struct {
        unsigned char *bytes;
        size_t room, count;
    } taken; /* in the present look */

    struct seen {
        bool any;        /* there was a look: messages after `number` count as missed */
        bool ours;       /* the text was a message of ours */
        uint32_t number; /* of the last message of ours */
        uint64_t digest; /* of a plain program's text, or of a dump */
    } seen;
};

/* Opens the mapping, or creates it if it may. Errors: those of mapping_open and mapping_create. */
DWORD source_open(struct source *source);
void source_close(struct source *source);

/* Looks again for a Global\ mapping while a Local\ one, in which nothing was written, stands in. */
void source_refresh(struct source *source);

/*
 * Takes what is there, and remembers it for the next time. A plain program's text is taken once two
 * looks agree, or after a while as it is; none is there if `count` is 0 and it is not ours. Errors:
 * ERROR_BUSY if it changes all the time, ERROR_NOT_ENOUGH_MEMORY (also for a message in a mapping
 * that is too large for the address space: a range of it can be read).
 */
DWORD source_take(struct source *source, struct sight *sight);

/* Tells a waiting writer that its message was shown, or its plain text, if that is still there; not
 * if only a range was. */
void source_acknowledge(struct source *source, const struct sight *sight);

/* Whether the range holds something else than at the last call, or this is the first. Errors: those
 * of mapping_copy. */
DWORD source_has_changed(struct source *source, bool *changed);

/* Waits until there may be something new, at most `timeout_ms`. */
void source_wait(struct source *source, DWORD timeout_ms);

/* The part of the view that offset and length name, clamped to it. */
void source_range(const struct source *source, uint64_t *offset, uint64_t *bytes);

#endif

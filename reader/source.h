/* The reading side of a mapping: what is there now, and waiting for what comes. */
#ifndef SOURCE_H
#define SOURCE_H

#include "mapping.h"
#include "message.h"
#include "notify.h"

/* What was seen at one time. */
struct sight {
    bool ours;              /* a message of ours, whole; else a plain program's text */
    struct message message; /* meaningful if `ours`; its number also otherwise */
    const void *bytes;      /* of the text, in the source's memory until the next call */
    size_t count;
    UINT code_page; /* of the text: recorded, asked for, or guessed */
};

struct source {
    /* Set before the first call. */
    const char *name;
    bool may_create; /* as the documented program does */
    UINT code_page;  /* ENCODING_AUTO or what to take the text for */
    uint64_t offset, length;
    bool ranged; /* look at offset and length only, whoever wrote there */

    struct mapping mapping; /* open if its view is not NULL */
    struct message_region region;
    struct notify notify;
    uint32_t signals; /* counted when the last look began */
    struct copy {
        unsigned char *bytes;
        size_t room, count;
    } taken, earlier, shown; /* the present look, the one before, the last that was marked */
    struct sight last;       /* as marked; its bytes are `shown` */
    bool marked;
};

/* Opens the mapping, or creates it if it may. Errors: those of mapping_open. Where a writer is
 * alive that holds no mapping just now, its return is awaited for a moment. */
DWORD source_open(struct source *source);
void source_close(struct source *source);

/* Looks again for a Global\ mapping while a Local\ one, in which nothing was written, stands in. */
void source_refresh(struct source *source);

/*
 * Takes what is there. A plain program's text is taken once two looks agree, or after a while as it
 * is; none is there if `count` is 0 and it is not ours. Errors: ERROR_BUSY if it changes all the
 * time, ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD source_take(struct source *source, struct sight *sight);

/* True if this is another message or text than the one marked last. */
bool source_is_new(const struct source *source, const struct sight *sight);

/* Remembers what was shown. Errors: ERROR_NOT_ENOUGH_MEMORY. */
DWORD source_mark(struct source *source, const struct sight *sight);

/* Tells a waiting writer that its message was shown, if it is still the current one. */
void source_acknowledge(const struct source *source, const struct sight *sight);

/* Waits until there may be something new, at most `timeout_ms`. */
void source_wait(struct source *source, DWORD timeout_ms);

/* A number that tells one content of the range from another. */
uint64_t source_digest(const struct source *source);

/* The part of the view that offset and length name, clamped to it. */
void source_range(const struct source *source, size_t *offset, size_t *bytes);

#endif

/*
 * The reading side of a mapping: what is there now, whether it is new, and waiting for what comes.
 *
 * A mapping of ours is held open, since its events are needed. Any other program's is opened for
 * each look and closed before sleeping, so that looking keeps nothing alive.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "mapping.h"
#include "wait.h"

/* For offset, length and interval. */
#define SOURCE_NOT_GIVEN UINT64_MAX

/* A part of the view, one of several. */
struct source_part {
    uint64_t offset;
    uint64_t bytes;     /* SOURCE_NOT_GIVEN: to the end of the view */
    uint32_t code_page; /* of a text, which ends at its NUL; 0: bytes that are no text */
};
#define SOURCE_MOST_PARTS 64

struct source_options {
    const char *name;
    bool may_create;         /* create and hold it, as the documented program does */
    bool repeats;            /* changes are to be told: large ranges are compared, too */
    uint32_t code_page;      /* ENCODING_AUTO or what to take the text for */
    uint64_t offset, length; /* of the view, in bytes; SOURCE_NOT_GIVEN: all of it */
    uint64_t interval_ms;    /* between two looks; SOURCE_NOT_GIVEN: as often as is cheap */
    const struct source_part *parts;
    size_t part_count;
};

/* What a look has found. */
struct sight {
    bool ours;              /* a message of ours, whole; else what some other program wrote */
    bool fresh;             /* it is another than that of the last sight that was fresh */
    bool unsettled;         /* it may just be being written: look again soon */
    uint32_t missed;        /* messages between that one and this, overwritten unseen */
    struct message message; /* meaningful if `ours`; its number also otherwise */
    const void *bytes;      /* of the text or range: in the source's memory until the next look */
    size_t count;
    uint32_t code_page; /* of the text: recorded, asked for, or guessed */
};

struct source {
    const struct source_options *options;
    struct mapping mapping; /* open if its view is not NULL */
    struct message_region region;
    struct notify notify;
    HANDLE taker;     /* NAME.taker, held while a message was taken and not acknowledged */
    uint32_t signals; /* counted when the last look began */
    uint32_t number;  /* of the last message when the last look began */
    uint32_t cost_us; /* of the last look */
    bool unsettled;   /* what the last look found */
    bool busy;        /* something was found since the last wait: more may be coming */
    bool writer_seen; /* a writer of ours, or a message */
    unsigned char *copy;
    size_t room;
    size_t part_bytes[SOURCE_MOST_PARTS]; /* of each part, as it was copied */
    size_t beyond;                        /* the first part beyond the view, after an error */

    /* What was seen before. */
    bool looked;             /* messages after `seen_number` count as missed */
    bool seen_ours;          /* the last fresh sight was a message */
    uint32_t seen_number;    /* of the last message */
    uint64_t seen_digest;    /* of the last text or range of another program */
    uint64_t pending_digest; /* of one that is not settled yet, 0: none is */
    ULONGLONG pending_since; /* in milliseconds of GetTickCount64 */
};

void source_start(struct source *source, const struct source_options *options);
void source_close(struct source *source);

/* Opens the mapping unless it is open, or creates it if it may. Errors: those of mapping_open and
 * mapping_create. */
DWORD source_open(struct source *source);

/*
 * Looks at the text: a message, or what another program has written at the offset up to its NUL.
 * Nothing is there if `count` is 0 and it is not ours. Errors: those of source_open, ERROR_BUSY if
 * the control data changes all the time, ERROR_HANDLE_EOF if the view ends before the offset,
 * ERROR_INVALID_ADDRESS if its page is not committed, ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD source_look(struct source *source, struct sight *sight);

/* Looks at the bytes of the range. Up to 64 KiB are copied out; more are shown as they are in the
 * view, and may be changing. Errors: as above. */
DWORD source_look_at_range(struct source *source, struct sight *sight);

/* Looks at the parts: their bytes come one behind the other, `part_bytes` of each. Errors: as
 * above; ERROR_HANDLE_EOF if a part, `beyond`, is not in the view. */
DWORD source_look_at_parts(struct source *source, struct sight *sight);

/* The part of the view that offset and length name, as far as it can be read. */
void source_range(const struct source *source, size_t *offset, size_t *count);

/* True if nothing but zeros, or our control data, can be read of the mapping, which is open. */
bool source_is_blank(const struct source *source);

/* True if only a part is to be shown. */
bool source_is_ranged(const struct source *source);

/* Takes a message for this reader alone; `*taken` is false if it was shown or taken before. Waits
 * while another reader takes one. Errors: WAIT_TIMEOUT, those of mapping_open_shown and of
 * object_create. */
DWORD source_take(struct source *source, const struct sight *sight, DWORD timeout_ms, bool *taken);

/* Tells the writer that its message was shown. */
void source_acknowledge(struct source *source, const struct sight *sight);

/* True if a writer or a message was seen and no program has NAME.writer open any more. What it has
 * sent by then is found by one more look. */
bool source_has_ended(struct source *source);

/* Before a wait of the caller's own: closes a mapping that is not held. */
void source_rest(struct source *source);

/* Waits until there may be something new, at most `timeout_ms`. */
void source_wait(struct source *source, DWORD timeout_ms);

#endif

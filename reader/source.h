/*
 * The reading side of a mapping: what is there now, whether it is new, and waiting for what comes.
 *
 * A mapping of ours is held open, since its events are needed. Any other program's is opened for
 * each look and closed before sleeping, so that looking keeps nothing alive.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "view.h"
#include "wait.h"

struct source_options {
    const char *name;
    bool may_create;          /* create and hold it, as the documented program does */
    bool repeats;             /* changes are to be told: large ranges are compared, too */
    bool takes;               /* source_take will be called */
    bool until_end;           /* source_has_ended will be asked */
    uint64_t interval_ms;     /* between two looks; NOT_GIVEN: as often as is cheap */
    struct view_options view; /* what to look at */
};

struct source {
    const struct source_options *options;
    struct view view;
    struct notify notify;
    HANDLE began[2];  /* NAME.began, in each namespace that NAME may be found in */
    HANDLE taker;     /* NAME.taker, held while a message was taken and not acknowledged */
    uint32_t signals; /* counted when the last look began */
    uint32_t number;  /* of the last message when the last look began */
    uint32_t cost_us; /* of the last look */
    bool unsettled;   /* what the last look found */
    bool busy;        /* something was found since the last wait: more may be coming */
    bool writer_seen; /* a writer of ours, or a message */

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

/* Takes a message for this reader alone; `*taken` is false if it was shown or taken before. Waits
 * while another reader takes one. Errors: WAIT_TIMEOUT,
 * those of mapping_open_shown and of object_create. */
DWORD source_take(struct source *source, const struct sight *sight, DWORD timeout_ms, bool *taken);

/* Tells the writer that its message was shown. */
void source_acknowledge(struct source *source, const struct sight *sight);

/* True if a writer or a message was seen and no program has NAME.writer open any more. What it has
 * sent by then is found by one more look. */
bool source_has_ended(struct source *source);

/* Before a wait of the caller's own: closes a mapping that is not held. */
void source_rest(struct source *source);

/* Milliseconds until the next look: --interval, else as often as costs 1 % of a core, but at least
 * `usual_ms`. */
DWORD source_pause_ms(const struct source *source, DWORD usual_ms);

/* Waits until there may be something new, at most `timeout_ms`. */
void source_wait(struct source *source, DWORD timeout_ms);

#endif

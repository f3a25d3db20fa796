/*
 * An open mapping of any program, and how what is there is copied out of it: a message, a plain
 * string, a range of bytes, or several parts.
 */
#ifndef VIEW_H
#define VIEW_H

#include "mapping.h"

/* For numbers that an option may give. */
#define NOT_GIVEN UINT64_MAX

/* Larger ranges are not copied, and not waited for until they are settled. */
#define SETTLE_BYTES 65536

/* A part of the view, one of several. */
struct view_part {
    uint64_t offset;
    uint64_t bytes;     /* NOT_GIVEN: to the end of the view */
    uint32_t code_page; /* of a text, which ends at its NUL; 0: bytes that are no text */
};
#define VIEW_MOST_PARTS 64

/* What is to be looked at. */
struct view_options {
    uint32_t code_page;      /* ENCODING_AUTO or what to take the text for */
    uint64_t offset, length; /* in bytes; NOT_GIVEN: all of it */
    const struct view_part *parts;
    size_t part_count;
};

/* What a look has found. */
struct sight {
    bool ours;              /* a message of ours, whole; else what some other program wrote */
    bool fresh;             /* it is another than that of the last sight that was fresh */
    bool unsettled;         /* it may just be being written: look again soon */
    uint32_t missed;        /* messages between that one and this, overwritten unseen */
    struct message message; /* meaningful if `ours`; its number also otherwise */
    const void *bytes;      /* of the text or range: in the view's memory until the next copy */
    size_t count;
    uint32_t code_page; /* of the text: recorded, asked for, or guessed */
};

struct view {
    const struct view_options *options;
    struct mapping mapping; /* open if its view is not NULL */
    struct message_region region;
    unsigned char *copy;
    size_t room;
    size_t part_bytes[VIEW_MOST_PARTS]; /* of each part, as it was copied */
    size_t beyond;                      /* the part that could not be copied, after an error */
};

/* Closes the mapping; frees the memory. */
void view_close(struct view *view);
void view_free(struct view *view);

/* True if offset or length was given. */
bool view_is_range(const struct view *view);

/* The part of the view that offset and length name, as far as it can be read. */
void view_range(const struct view *view, size_t *offset, size_t *count);

/* True if nothing but zeros, or our control data, can be read of the mapping, which is open. */
bool view_is_blank(const struct view *view);

/*
 * Each copies what is there and sets the sight's `bytes` and `count`.
 * view_copy_text also sets `ours`, `message` and `code_page`: a message, or what another program
 * has written at the offset up to its NUL. view_copy_range copies up to SETTLE_BYTES; more are
 * shown as they are in the mapping, and may be changing. view_copy_parts copies the parts one
 * behind the other and sets `part_bytes`. The mapping is open. Errors: ERROR_HANDLE_EOF (beyond the
 * view), ERROR_INVALID_ADDRESS (not committed), ERROR_BUSY (the control data changes all the time),
 * ERROR_NOT_ENOUGH_MEMORY.
 */
DWORD view_copy_text(struct view *view, struct sight *sight);
DWORD view_copy_range(struct view *view, struct sight *sight);
DWORD view_copy_parts(struct view *view, struct sight *sight);

#endif

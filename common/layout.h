/*
 * The file mapping that writer and reader share: its name, its size and its layout.
 *
 * A section is whole pages, so a mapping of 256 bytes is a region of 4,096. The text lies at its
 * start, where any program expects it; our control data and the second copy of the text lie at its
 * end, found by the size of the region alone:
 *
 *     0                            text       `capacity` bytes: the message and its NUL
 *     ...                          unused
 *     region - 68 - capacity'      standby    the second copy; capacity' is a multiple of 4
 *     region - 68                  control    struct mapping_control
 *
 * All shared fields are 32-bit words on their natural alignment: alike for 32- and 64-bit programs,
 * atomic on x86, x64 and ARM64, and loadable from a read-only view. message.h describes how they
 * pass a message.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The documented mapping; both programs use it unless --name says otherwise. */
#define MAPPING_NAME "Global\\MyFileMappingObject"

/* Its size in bytes: at most 255 bytes of text and a NUL. */
#define MAPPING_SIZE 256

/* A word of shared memory. A model checker may bring an instrumented type of its own. */
#ifndef SHARED_WORD
#include <stdatomic.h>
#define SHARED_WORD _Atomic uint32_t
#endif
typedef SHARED_WORD shared_word;

/* Values of mapping_control.magic; anything else belongs to somebody else. */
#define MAPPING_UNUSED  UINT32_C(0)          /* nobody of ours has written yet: all is zero */
#define MAPPING_CLAIMED UINT32_C(0x57526333) /* a writer prepares its first message */
#define MAPPING_READY   UINT32_C(0x57526d33) /* holds a message; layout version 3 */

/* What is known of one copy of the message. Written by the writer that holds the lock. */
struct mapping_copy {
    shared_word length;     /* bytes of text, without the NUL; less than the capacity */
    shared_word code_page;  /* Windows' number: 65001 UTF-8, 1200 UTF-16LE, 28591 Latin-1, ... */
    shared_word process_id; /* of the writer */
    shared_word time_low;   /* time of writing as a FILETIME: units of 100 ns since 1601, UTC */
    shared_word time_high;
    shared_word hash; /* of the text; no longer fits once a plain program has written over it */
};

/* The last bytes of the region. Written only by a writer that holds the lock. */
struct mapping_control {
    shared_word magic;    /* MAPPING_UNUSED, _CLAIMED or _READY; never leaves _READY again */
    shared_word capacity; /* bytes for the text and its NUL; fixed once the magic is not 0 */
    shared_word holder;   /* process id of the writer at work, 0 if none; told, never trusted */
    shared_word sequence; /* of the latch; even: `text` is the message, odd: `standby` is */
    shared_word signals;  /* how often readers were woken; selects the event (objects.h) */
    struct mapping_copy text;
    struct mapping_copy standby;
};

#define MAPPING_WORD sizeof(shared_word)
static_assert(offsetof(struct mapping_copy, length) == 0 * MAPPING_WORD, "layout");
static_assert(offsetof(struct mapping_copy, code_page) == 1 * MAPPING_WORD, "layout");
static_assert(offsetof(struct mapping_copy, process_id) == 2 * MAPPING_WORD, "layout");
static_assert(offsetof(struct mapping_copy, time_low) == 3 * MAPPING_WORD, "layout");
static_assert(offsetof(struct mapping_copy, time_high) == 4 * MAPPING_WORD, "layout");
static_assert(offsetof(struct mapping_copy, hash) == 5 * MAPPING_WORD, "layout");
static_assert(offsetof(struct mapping_control, magic) == 0 * MAPPING_WORD, "layout");
static_assert(offsetof(struct mapping_control, capacity) == 1 * MAPPING_WORD, "layout");
static_assert(offsetof(struct mapping_control, holder) == 2 * MAPPING_WORD, "layout");
static_assert(offsetof(struct mapping_control, sequence) == 3 * MAPPING_WORD, "layout");
static_assert(offsetof(struct mapping_control, signals) == 4 * MAPPING_WORD, "layout");
static_assert(offsetof(struct mapping_control, text) == 5 * MAPPING_WORD, "layout");
static_assert(offsetof(struct mapping_control, standby) == 11 * MAPPING_WORD, "layout");
static_assert(sizeof(struct mapping_control) == 17 * MAPPING_WORD, "layout");

/*
 * The page NAME.shown, which readers may write: what was acknowledged, and who is asleep. It is
 * described in acknowledge.h. A message number n is stored as n | 0x80000000, and 0 means none.
 */
struct shown_page {
    shared_word awaited; /* number of the message whose writer waits for an acknowledgement */
    shared_word shown;   /* number of the latest message that was shown or taken */
    shared_word asleep;  /* 1 if a reader may be blocked until it is signalled, else 0 */
    shared_word waiting; /* 1 while the writer that waits is blocked, else 0 */
};

static_assert(offsetof(struct shown_page, awaited) == 0 * MAPPING_WORD, "layout");
static_assert(offsetof(struct shown_page, shown) == 1 * MAPPING_WORD, "layout");
static_assert(offsetof(struct shown_page, asleep) == 2 * MAPPING_WORD, "layout");
static_assert(offsetof(struct shown_page, waiting) == 3 * MAPPING_WORD, "layout");
static_assert(sizeof(struct shown_page) == 4 * MAPPING_WORD, "layout");
#ifdef _WIN32
static_assert(sizeof(shared_word) == 4, "a shared word is a plain 32-bit word");
#endif

#endif

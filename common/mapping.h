/*
 * The file mapping that writer and reader share: its name, its size, its layout and how it is
 * opened.
 *
 * A section is whole pages, so a mapping of 256 bytes is a region of 4,096. The text lies at its
 * start, where any program expects it; our control data and the second copy of the text lie at its
 * end, found by the size of the region alone:
 *
 *     0                            text       `capacity` bytes: the message and its NUL
 *     ...                          unused
 *     region - 72 - capacity'      standby    the second copy; capacity' is a multiple of 4
 *     region - 72                  control    struct mapping_control
 *
 * All shared fields are 32-bit words on their natural alignment: alike for 32- and 64-bit programs,
 * atomic on x86, x64 and ARM64, and loadable from a read-only view. How they are used to pass a
 * message is told in message.h.
 */
#ifndef MAPPING_H
#define MAPPING_H

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
#define MAPPING_CLAIMED UINT32_C(0x57526c63) /* a writer prepares its first message */
#define MAPPING_READY   UINT32_C(0x57526d31) /* holds a message; layout version 1 */

/* What is known of one copy of the message. Written by the writer that holds the lock. */
struct mapping_copy {
    shared_word length;     /* bytes of text, without the NUL; less than the capacity */
    shared_word code_page;  /* Windows' number: 65001 UTF-8, 1200 UTF-16LE, 28591 Latin-1, ... */
    shared_word process_id; /* of the writer */
    shared_word time_low;   /* time of writing as a FILETIME: units of 100 ns since 1601, UTC */
    shared_word time_high;
    shared_word hash; /* of the text; no longer fits once a plain program has written over it */
};

/* The last bytes of the region. Written only by a writer that holds the lock, or takes it. */
struct mapping_control {
    shared_word magic;    /* MAPPING_UNUSED, _CLAIMED or _READY; never leaves _READY again */
    shared_word capacity; /* bytes for the text and its NUL; fixed once the magic is not 0 */
    shared_word holder;   /* the lock (lock.h): process id of the writer that has it, 0 if none */
    shared_word waiting;  /* 1 while a writer waits its turn for the lock */
    shared_word sequence; /* of the latch; even: `text` is the message, odd: `standby` is */
    shared_word signals;  /* how often readers were woken; selects the event (notify.h) */
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
static_assert(offsetof(struct mapping_control, waiting) == 3 * MAPPING_WORD, "layout");
static_assert(offsetof(struct mapping_control, sequence) == 4 * MAPPING_WORD, "layout");
static_assert(offsetof(struct mapping_control, signals) == 5 * MAPPING_WORD, "layout");
static_assert(offsetof(struct mapping_control, text) == 6 * MAPPING_WORD, "layout");
static_assert(offsetof(struct mapping_control, standby) == 12 * MAPPING_WORD, "layout");
static_assert(sizeof(struct mapping_control) == 18 * MAPPING_WORD, "layout");
#ifdef _WIN32
#include <windows.h>

static_assert(sizeof(shared_word) == 4, "a shared word is a plain 32-bit word");

/* Room for a mapping's name in UTF-8, and for that of an object made from it, such as NAME.writer.
 */
#define MAPPING_NAME_ROOM 1024

/* Windows' limit for names is MAX_PATH characters; this leaves room for the suffixes. */
#define MAPPING_NAME_MAX (MAX_PATH - 20)

enum mapping_access { MAPPING_READ, MAPPING_WRITE };

struct mapping {
    HANDLE section;
    void *view;                   /* of the whole section */
    size_t bytes;                 /* of the view: whole pages */
    char name[MAPPING_NAME_ROOM]; /* the name under which it was found or created */
    bool created;                 /* by us; false: some program had it already */
    bool stand_in;                /* Local\ in place of the Global\ that was asked for */
};

/*
 * Opens an existing mapping of any program and size and maps all of it, read-only or also for
 * writing. A Global\ name that does not exist is looked for under Local\ too.
 * Errors: ERROR_FILE_NOT_FOUND, ERROR_ACCESS_DENIED, ERROR_INVALID_HANDLE (the name belongs to
 * another kind of object), ERROR_PATH_NOT_FOUND (a backslash behind no namespace),
 * ERROR_NOT_ENOUGH_MEMORY (no room for the view), ERROR_INVALID_ADDRESS (its first page is reserved
 * and not committed), ERROR_FILENAME_EXCED_RANGE.
 */
DWORD mapping_open(struct mapping *mapping, const char *name, enum mapping_access access);

/*
 * Opens as above, else creates a mapping of `bytes` bytes, zeroed, backed by the paging file. Where
 * Global\ needs a privilege that this process lacks, it is created under Local\: see `stand_in`.
 * Everybody may read it if `share` is set (see security.h).
 * Errors: as above, and ERROR_COMMITMENT_LIMIT.
 */
DWORD mapping_create(struct mapping *mapping, const char *name, uint32_t bytes, bool share,
                     enum mapping_access access);

/* Unmaps and closes; harmless for a mapping that is zeroed or closed. The last program to do so
 * takes the mapping and its text away. */
void mapping_close(struct mapping *mapping);

/* Writes the wide form of `name` and `suffix` for a call; ERROR_FILENAME_EXCED_RANGE if it is too
 * long, ERROR_INVALID_NAME if it is empty. */
DWORD mapping_object_name(wchar_t wide[MAX_PATH], const char *name, const char *suffix);

/* True if the name starts with "Global\", as written. */
bool mapping_is_global(const char *name);

/* The name without its namespace. */
const char *mapping_base_name(const char *name);

#endif
#endif

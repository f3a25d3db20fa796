/*
 * The mapping as kernel objects: the section NAME, found or created and mapped, and beside it
 * NAME.shown, the page on which readers acknowledge. layout.h has their layout.
 */
#ifndef MAPPING_H
#define MAPPING_H

#include "layout.h"
#include "message.h"
#include "names.h"
#include "objects.h"

enum mapping_access {
    MAPPING_READ = FILE_MAP_READ,
    MAPPING_WRITE = FILE_MAP_READ | FILE_MAP_WRITE
};

struct mapping {
    HANDLE section;
    void *view;       /* NULL: not open */
    size_t bytes;     /* of the view: whole pages */
    size_t committed; /* of them, from the start on, that can be read: all, but for SEC_RESERVE */
    HANDLE shown_section;
    struct shown_page *shown; /* NULL: not open */
    char name[NAME_ROOM];     /* the name under which it was found or created */
    bool exists;              /* it was there, also if it could not be opened or mapped */
    bool created;             /* it was not, and we have created it */
    bool stand_in;            /* Local\ in place of the Global\ that was asked for */
};

/*
 * Opens an existing mapping of any program and size and maps all of it, read-only or also for
 * writing. If Global\NAME does not exist, Local\NAME is used instead. Errors: those of object_open,
 * ERROR_NOT_ENOUGH_MEMORY (the address space has no room for the view), ERROR_INVALID_ADDRESS (to
 * be written, but its first page is reserved and not committed).
 */
DWORD mapping_open(struct mapping *mapping, const char *name, enum mapping_access access);

/* The same, under this name alone. */
DWORD mapping_open_exactly(struct mapping *mapping, const char *name, enum mapping_access access);

/*
 * Opens as above, else creates a mapping of `bytes` bytes and, before it, its NAME.shown unless it
 * is `plain`. If creating in Global\ is refused, since that needs a privilege that this process
 * lacks, it is created under Local\: see `stand_in`. With `share`, other users may read it and
 * acknowledge. Errors: as above, and those of object_create.
 */
DWORD mapping_create(struct mapping *mapping, const char *name, uint32_t bytes, bool plain,
                     bool share, enum mapping_access access);

/* Maps the section of a mapping whose other members are zero; close it also after an error. Errors:
 * as mapping_open. */
DWORD mapping_map(struct mapping *mapping, enum mapping_access access);

/* Bytes that can be read from `offset` on, 0 if there are none: its page, and those behind it
 * without a gap, are committed. */
size_t mapping_readable(const struct mapping *mapping, uint64_t offset);

/* Opens NAME.shown of an open mapping, unless it is open. Errors: those of object_open,
 * ERROR_INVALID_DATA (another program's data lies there). */
DWORD mapping_open_shown(struct mapping *mapping);

/* The same, but creates it if it does not exist, and replaces what does not belong there. Errors:
 * those of object_create; ERROR_ACCESS_DENIED in Global\ without the privilege. */
DWORD mapping_create_shown(struct mapping *mapping, bool share);

/* Unmaps and closes; harmless for a mapping that is zeroed or closed. When the last program does
 * so, the mapping and its text are gone. */
void mapping_close(struct mapping *mapping);

/* What can be read from its start on, as the latch takes it. */
struct message_region mapping_region(const struct mapping *mapping);

#endif

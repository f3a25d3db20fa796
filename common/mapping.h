/*
 * The mapping as a kernel object: found under its name or created, and mapped. Its layout is told
 * in layout.h.
 */
#ifndef MAPPING_H
#define MAPPING_H

#include "layout.h"
#include "message.h"
#include "objects.h"

enum mapping_access {
    MAPPING_READ = FILE_MAP_READ,
    MAPPING_WRITE = FILE_MAP_READ | FILE_MAP_WRITE
};

struct mapping {
    HANDLE section;
    uint64_t bytes; /* of the section: whole pages */
    void *view;     /* of all of it, or of its end: see mapping_open */
    size_t view_bytes;
    char name[OBJECT_NAME_ROOM]; /* the name under which it was found or created */
    bool created;                /* by us; false: some program had it already */
    bool stand_in;               /* Local\ in place of the Global\ that was asked for */
};

/*
 * Opens an existing mapping of any program and size and maps all of it, read-only or also for
 * writing. One that is too large for the address space is mapped at its end only, if it is to be
 * read. A Global\ name that does not exist is looked for under Local\ too.
 * Errors: those of object_open, ERROR_NOT_ENOUGH_MEMORY (no room for the view),
 * ERROR_INVALID_ADDRESS (its first page is reserved and not committed), ERROR_WRITE_PROTECT.
 */
DWORD mapping_open(struct mapping *mapping, const char *name, enum mapping_access access);

/*
 * Opens as above, else creates a mapping of `bytes` bytes. Where Global\ needs a privilege that
 * this process lacks, it is created under Local\: see `stand_in`. Everybody may read it if `share`
 * is set. Errors: as above, and those of object_create.
 */
DWORD mapping_create(struct mapping *mapping, const char *name, uint32_t bytes, bool share,
                     enum mapping_access access);

/* Maps the section of a mapping whose other members are zero, as mapping_open does; close it also
 * after an error. Errors: as above. */
DWORD mapping_map(struct mapping *mapping, enum mapping_access access);

/* Unmaps and closes; harmless for a mapping that is zeroed or closed. The last program to do so
 * takes the mapping and its text away. */
void mapping_close(struct mapping *mapping);

/* The view as the latch takes it. */
struct message_region mapping_region(const struct mapping *mapping);

/* As message_copy, but of any part of the section: what is not in the view is mapped for as long as
 * it takes. Errors: those of MapViewOfFile. */
DWORD mapping_copy(const struct mapping *mapping, uint64_t offset, void *buffer, size_t bytes);

/* True if the name starts with "Global\", as written. */
bool mapping_is_global(const char *name);

/* The name without its namespace. */
const char *mapping_base_name(const char *name);

/* The same name in the other namespace: Local\ for Global\, Global\ for any other. */
void mapping_other_name(char other[OBJECT_NAME_ROOM], const char *name);

#endif

/* The mapping as kernel objects: find, create, map. */
#include "mapping.h"

#include <stdio.h>

#include "acknowledge.h"

/* Rights for the users of --share. */
#define READ_SECTION  (READ_CONTROL | SECTION_QUERY | SECTION_MAP_READ)
#define WRITE_SECTION (READ_SECTION | SECTION_MAP_WRITE)

struct message_region mapping_region(const struct mapping *mapping)
{
    return (struct message_region){mapping->view, mapping->committed / sizeof(shared_word)};
}

/* Bytes of the view from `at` on whose pages are in the same state, which VirtualQuery tells; 0
 * beyond its end. */
static size_t same_pages(const struct mapping *mapping, size_t at, DWORD *state)
{
    MEMORY_BASIC_INFORMATION memory;
    const char *address = (const char *)mapping->view + at;
    if (VirtualQuery(address, &memory, sizeof memory) == 0 ||
        memory.AllocationBase != mapping->view)
        return 0;
    *state = memory.State;
    return memory.RegionSize - (size_t)(address - (const char *)memory.BaseAddress);
}

size_t mapping_readable(const struct mapping *mapping, uint64_t offset)
{
    if (offset >= mapping->bytes)
        return 0;
    DWORD state;
    size_t at = (size_t)offset, run;
    while ((run = same_pages(mapping, at, &state)) > 0 && state == MEM_COMMIT)
        at += run;
    return at - (size_t)offset;
}

/* No call of Win32 tells the size of a section, but its view ends where its pages end. */
DWORD mapping_map(struct mapping *mapping, enum mapping_access access)
{
    mapping->view = MapViewOfFile(mapping->section, access, 0, 0, 0);
    if (mapping->view == NULL) {
        DWORD error = GetLastError();
        /* So 32-bit Wine refuses a view of more than 4 GiB. */
        return error == ERROR_INVALID_PARAMETER ? ERROR_NOT_ENOUGH_MEMORY : error;
    }
    DWORD state;
    size_t run;
    while ((run = same_pages(mapping, mapping->bytes, &state)) > 0)
        mapping->bytes += run;
    if (mapping->bytes == 0)
        return GetLastError();
    mapping->committed = mapping_readable(mapping, 0);
    return mapping->committed == 0 && access == MAPPING_WRITE ? ERROR_INVALID_ADDRESS
                                                              : ERROR_SUCCESS;
}

static DWORD closed_after(struct mapping *mapping, DWORD error)
{
    if (error != ERROR_SUCCESS)
        mapping_close(mapping);
    return error;
}

DWORD mapping_open_exactly(struct mapping *mapping, const char *name, enum mapping_access access)
{
    *mapping = (struct mapping){0};
    snprintf(mapping->name, sizeof mapping->name, "%s", name);
    DWORD error = object_open(&mapping->section, OBJECT_SECTION, access, name, "");
    mapping->exists = error == ERROR_SUCCESS || error == ERROR_ACCESS_DENIED;
    return error != ERROR_SUCCESS ? error : closed_after(mapping, mapping_map(mapping, access));
}

DWORD mapping_open(struct mapping *mapping, const char *name, enum mapping_access access)
{
    DWORD error = mapping_open_exactly(mapping, name, access);
    if (error != ERROR_FILE_NOT_FOUND || !name_is_global(name))
        return error;
    char local[NAME_ROOM];
    name_other(local, name);
    error = mapping_open_exactly(mapping, local, access);
    mapping->stand_in = error == ERROR_SUCCESS;
    return error;
}

/* Maps NAME.shown, whose section is open. */
static DWORD map_shown(struct mapping *mapping)
{
    mapping->shown = MapViewOfFile(mapping->shown_section, MAPPING_WRITE, 0, 0, 0);
    if (mapping->shown != NULL)
        return ERROR_SUCCESS;
    DWORD error = GetLastError();
    object_close(&mapping->shown_section);
    return error;
}

static void close_shown(struct mapping *mapping)
{
    if (mapping->shown != NULL)
        UnmapViewOfFile(mapping->shown);
    mapping->shown = NULL;
    object_close(&mapping->shown_section);
}

DWORD mapping_open_shown(struct mapping *mapping)
{
    if (mapping->shown != NULL)
        return ERROR_SUCCESS;
    DWORD error = object_open(&mapping->shown_section, OBJECT_SECTION, MAPPING_WRITE, mapping->name,
                              ".shown");
    if (error == ERROR_SUCCESS)
        error = map_shown(mapping);
    if (error == ERROR_SUCCESS && !acknowledge_is_valid(mapping->shown)) {
        close_shown(mapping);
        error = ERROR_INVALID_DATA;
    }
    return error;
}

DWORD mapping_create_shown(struct mapping *mapping, bool share)
{
    DWORD error = mapping_open_shown(mapping);
    if (error != ERROR_FILE_NOT_FOUND && error != ERROR_INVALID_DATA)
        return error;
    error = object_create(&mapping->shown_section, OBJECT_SECTION, sizeof(struct shown_page),
                          share ? WRITE_SECTION : 0, mapping->name, ".shown", NULL);
    if (error == ERROR_SUCCESS)
        error = map_shown(mapping);
    if (error == ERROR_SUCCESS && !acknowledge_is_valid(mapping->shown))
        acknowledge_reset(mapping->shown);
    return error;
}

/* NAME.shown first: whoever finds the mapping finds that too. */
static DWORD create(struct mapping *mapping, const char *name, uint32_t bytes, bool plain,
                    bool share)
{
    bool existed = false;
    *mapping = (struct mapping){0};
    snprintf(mapping->name, sizeof mapping->name, "%s", name);
    DWORD error = plain ? ERROR_SUCCESS : mapping_create_shown(mapping, share);
    if (error == ERROR_SUCCESS)
        error = object_create(&mapping->section, OBJECT_SECTION, bytes, share ? READ_SECTION : 0,
                              name, "", &existed);
    mapping->created = error == ERROR_SUCCESS && !existed;
    return closed_after(mapping, error);
}

DWORD mapping_create(struct mapping *mapping, const char *name, uint32_t bytes, bool plain,
                     bool share, enum mapping_access access)
{
    DWORD error = mapping_open(mapping, name, access);
    if (error != ERROR_FILE_NOT_FOUND)
        return error;
    error = create(mapping, name, bytes, plain, share);
    /* Creating in Global\ needs SeCreateGlobalPrivilege, which an ordinary terminal lacks. Or
     * another user has created it since it was not found: then opening it says so. */
    if (error == ERROR_ACCESS_DENIED && name_is_global(name)) {
        error = mapping_open_exactly(mapping, name, access);
        if (error != ERROR_FILE_NOT_FOUND)
            return error;
        char local[NAME_ROOM];
        name_other(local, name);
        error = create(mapping, local, bytes, plain, share);
        mapping->stand_in = error == ERROR_SUCCESS;
    }
    return error != ERROR_SUCCESS ? error : closed_after(mapping, mapping_map(mapping, access));
}

void mapping_close(struct mapping *mapping)
{
    if (mapping->view != NULL)
        UnmapViewOfFile(mapping->view);
    mapping->view = NULL;
    mapping->bytes = mapping->committed = 0;
    object_close(&mapping->section);
    close_shown(mapping); /* last, as it was created first */
}

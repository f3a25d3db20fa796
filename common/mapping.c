/* The mapping as a kernel object: find, create, map. */
#include "mapping.h"

#include <stdio.h>
#include <string.h>

#define GLOBAL "Global\\"
#define LOCAL  "Local\\"

#define GRANULARITY 65536u              /* bytes: of the offsets at which a view may begin */
#define LARGEST     (UINT64_C(1) << 47) /* bytes that any Windows maps */

/* Rights for the users of --share. */
#define READ_SECTION (READ_CONTROL | SECTION_QUERY | SECTION_MAP_READ)

bool mapping_is_global(const char *name)
{
    return strncmp(name, GLOBAL, strlen(GLOBAL)) == 0;
}

const char *mapping_base_name(const char *name)
{
    if (mapping_is_global(name))
        return name + strlen(GLOBAL);
    return strncmp(name, LOCAL, strlen(LOCAL)) == 0 ? name + strlen(LOCAL) : name;
}

void mapping_other_name(char other[OBJECT_NAME_ROOM], const char *name)
{
    snprintf(other, OBJECT_NAME_ROOM, "%s%s", mapping_is_global(name) ? LOCAL : GLOBAL,
             mapping_base_name(name));
}

struct message_region mapping_region(const struct mapping *mapping)
{
    uint64_t words = (mapping->bytes - mapping->view_bytes) / sizeof(shared_word);
    size_t missing = words < SIZE_MAX / 4 ? (size_t)words : SIZE_MAX / 4; /* far more than counts */
    return (struct message_region){mapping->view, mapping->view_bytes / sizeof(shared_word),
                                   missing};
}

static DWORD open_section(struct mapping *mapping, const char *name, enum mapping_access access)
{
    snprintf(mapping->name, sizeof mapping->name, "%s", name);
    return object_open(&mapping->section, OBJECT_SECTION, access, name, "");
}

static DWORD create_section(struct mapping *mapping, const char *name, uint32_t bytes, bool share)
{
    bool existed = false;
    snprintf(mapping->name, sizeof mapping->name, "%s", name);
    DWORD error = object_create(&mapping->section, OBJECT_SECTION, bytes, share ? READ_SECTION : 0,
                                name, "", &existed);
    mapping->created = error == ERROR_SUCCESS && !existed;
    return error;
}

/* Maps from `offset`, a multiple of GRANULARITY, to the end, which VirtualQuery tells. A section of
 * SEC_RESERVE shows the committed pages at its start. One whose pages may not be written is refused
 * by Windows as denied, though its handle has the right; one of SEC_IMAGE is not. */
static DWORD map_from(struct mapping *mapping, uint64_t offset, enum mapping_access access)
{
    mapping->view =
        MapViewOfFile(mapping->section, access, (DWORD)(offset >> 32), (DWORD)offset, 0);
    if (mapping->view == NULL) {
        DWORD error = GetLastError();
        bool sealed = access == MAPPING_WRITE && error == ERROR_ACCESS_DENIED;
        return sealed ? ERROR_WRITE_PROTECT : error;
    }
    MEMORY_BASIC_INFORMATION memory;
    if (VirtualQuery(mapping->view, &memory, sizeof memory) == 0)
        return GetLastError();
    if (memory.State != MEM_COMMIT)
        return ERROR_INVALID_ADDRESS;
    if (access == MAPPING_WRITE && memory.Protect != PAGE_READWRITE &&
        memory.Protect != PAGE_EXECUTE_READWRITE)
        return ERROR_WRITE_PROTECT;
    mapping->view_bytes = memory.RegionSize;
    mapping->bytes = offset + memory.RegionSize;
    return ERROR_SUCCESS;
}

/* The last offset that can be mapped, by halves: no call of Win32 tells a section's size. */
static uint64_t find_end(HANDLE section)
{
    uint64_t low = 0, high = LARGEST / GRANULARITY;
    while (high - low > 1) {
        uint64_t middle = (low + high) / 2, offset = middle * GRANULARITY;
        void *view = MapViewOfFile(section, FILE_MAP_READ, (DWORD)(offset >> 32), (DWORD)offset, 1);
        if (view != NULL)
            UnmapViewOfFile(view);
        *(view != NULL ? &low : &high) = middle;
    }
    return low * GRANULARITY;
}

DWORD mapping_map(struct mapping *mapping, enum mapping_access access)
{
    DWORD error = map_from(mapping, 0, access);
    /* A view larger than any address is refused as one beyond the end of its section. */
    if (access == MAPPING_READ &&
        (error == ERROR_NOT_ENOUGH_MEMORY || error == ERROR_ACCESS_DENIED ||
         error == ERROR_INVALID_PARAMETER)) /* 32-bit Wine, over 4 GiB */
        error = map_from(mapping, find_end(mapping->section), access);
    return error;
}

DWORD mapping_copy(const struct mapping *mapping, uint64_t offset, void *buffer, size_t bytes)
{
    uint64_t in_front = mapping->bytes - mapping->view_bytes;
    if (offset >= in_front) {
        message_copy(mapping_region(mapping), (size_t)(offset - in_front), buffer, bytes);
        return ERROR_SUCCESS;
    }
    size_t part = bytes < in_front - offset ? bytes : (size_t)(in_front - offset);
    uint64_t from = offset - offset % GRANULARITY;
    size_t skip = (size_t)(offset - from);
    void *view = MapViewOfFile(mapping->section, FILE_MAP_READ, (DWORD)(from >> 32), (DWORD)from,
                               skip + part);
    if (view == NULL)
        return GetLastError();
    message_copy((struct message_region){.words = view}, skip, buffer, part);
    UnmapViewOfFile(view);
    return part == bytes ? ERROR_SUCCESS
                         : mapping_copy(mapping, in_front, (char *)buffer + part, bytes - part);
}

static DWORD finish(struct mapping *mapping, DWORD error, enum mapping_access access)
{
    if (error == ERROR_SUCCESS)
        error = mapping_map(mapping, access);
    if (error != ERROR_SUCCESS)
        mapping_close(mapping);
    return error;
}

DWORD mapping_open(struct mapping *mapping, const char *name, enum mapping_access access)
{
    *mapping = (struct mapping){0};
    DWORD error = open_section(mapping, name, access);
    if (error == ERROR_FILE_NOT_FOUND && mapping_is_global(name)) {
        char local[OBJECT_NAME_ROOM];
        mapping_other_name(local, name);
        error = open_section(mapping, local, access);
        mapping->stand_in = error == ERROR_SUCCESS;
    }
    return finish(mapping, error, access);
}

DWORD mapping_create(struct mapping *mapping, const char *name, uint32_t bytes, bool share,
                     enum mapping_access access)
{
    DWORD error = mapping_open(mapping, name, access);
    if (error != ERROR_FILE_NOT_FOUND)
        return error;
    error = create_section(mapping, name, bytes, share);
    /* Creating in Global\ needs SeCreateGlobalPrivilege, which an ordinary terminal lacks; opening
     * there does not, so "denied" after "not found" means just that. */
    if (error == ERROR_ACCESS_DENIED && mapping_is_global(name)) {
        char local[OBJECT_NAME_ROOM];
        mapping_other_name(local, name);
        error = create_section(mapping, local, bytes, share);
        mapping->stand_in = error == ERROR_SUCCESS;
    }
    return finish(mapping, error, access);
}

void mapping_close(struct mapping *mapping)
{
    if (mapping->view != NULL)
        UnmapViewOfFile(mapping->view);
    object_close(&mapping->section);
    mapping->view = NULL;
    mapping->bytes = mapping->view_bytes = 0;
}

/* The mapping as a kernel object: find, create, map. */
#include "mapping.h"

#include <stdio.h>
#include <string.h>

#define GLOBAL "Global\\"
#define LOCAL  "Local\\"

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
    return (struct message_region){mapping->view, mapping->bytes / sizeof(shared_word)};
}

static DWORD rights_of(enum mapping_access access)
{
    return access == MAPPING_WRITE ? FILE_MAP_READ | FILE_MAP_WRITE : FILE_MAP_READ;
}

static DWORD open_section(struct mapping *mapping, const char *name, enum mapping_access access)
{
    snprintf(mapping->name, sizeof mapping->name, "%s", name);
    return object_open(&mapping->section, OBJECT_SECTION, rights_of(access), name, "");
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

/* Maps the whole section; its size is known to VirtualQuery only. A section of SEC_RESERVE shows
 * the committed pages at its start. */
static DWORD map_view(struct mapping *mapping, enum mapping_access access)
{
    mapping->view = MapViewOfFile(mapping->section, rights_of(access), 0, 0, 0);
    if (mapping->view == NULL)
        return GetLastError();
    MEMORY_BASIC_INFORMATION memory;
    if (VirtualQuery(mapping->view, &memory, sizeof memory) == 0)
        return GetLastError();
    if (memory.State != MEM_COMMIT)
        return ERROR_INVALID_ADDRESS;
    mapping->bytes = memory.RegionSize;
    return ERROR_SUCCESS;
}

static DWORD find_section(struct mapping *mapping, const char *name, enum mapping_access access)
{
    DWORD error = open_section(mapping, name, access);
    if (error != ERROR_FILE_NOT_FOUND || !mapping_is_global(name))
        return error;
    char local[OBJECT_NAME_ROOM];
    mapping_other_name(local, name);
    error = open_section(mapping, local, access);
    mapping->stand_in = error == ERROR_SUCCESS;
    return error;
}

static DWORD finish(struct mapping *mapping, DWORD error, enum mapping_access access)
{
    if (error == ERROR_SUCCESS)
        error = map_view(mapping, access);
    if (error != ERROR_SUCCESS)
        mapping_close(mapping);
    return error;
}

DWORD mapping_open(struct mapping *mapping, const char *name, enum mapping_access access)
{
    *mapping = (struct mapping){0};
    return finish(mapping, find_section(mapping, name, access), access);
}

DWORD mapping_create(struct mapping *mapping, const char *name, uint32_t bytes, bool share,
                     enum mapping_access access)
{
    *mapping = (struct mapping){0};
    DWORD error = find_section(mapping, name, access);
    if (error != ERROR_FILE_NOT_FOUND)
        return finish(mapping, error, access);
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
    mapping->bytes = 0;
}

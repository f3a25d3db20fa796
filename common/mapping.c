/* The mapping as kernel objects: find, create, map. */
#include "mapping.h"

#include <stdio.h>
#include <string.h>

#include "encoding.h"
#include "security.h"

#define GLOBAL "Global\\"
#define LOCAL  "Local\\"

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

DWORD mapping_object_name(wchar_t wide[MAX_PATH], const char *name, const char *suffix)
{
    char whole[MAPPING_NAME_ROOM];
    int length = snprintf(whole, sizeof whole, "%s%s", name, suffix);
    if (mapping_base_name(name)[0] == '\0')
        return ERROR_INVALID_NAME;
    if (length < 0 || (size_t)length >= sizeof whole || !encoding_to_wide(whole, wide, MAX_PATH) ||
        (suffix[0] == '\0' && wcslen(wide) > MAPPING_NAME_MAX))
        return ERROR_FILENAME_EXCED_RANGE;
    return ERROR_SUCCESS;
}

static DWORD open_section(struct mapping *mapping, const char *name, enum mapping_access access)
{
    wchar_t wide[MAX_PATH];
    DWORD error = mapping_object_name(wide, name, "");
    if (error != ERROR_SUCCESS)
        return error;
    DWORD rights = access == MAPPING_WRITE ? FILE_MAP_READ | FILE_MAP_WRITE : FILE_MAP_READ;
    mapping->section = OpenFileMappingW(rights, FALSE, wide);
    if (mapping->section == NULL)
        return GetLastError();
    snprintf(mapping->name, sizeof mapping->name, "%s", name);
    return ERROR_SUCCESS;
}

static DWORD create_section(struct mapping *mapping, const char *name, uint32_t bytes, bool share)
{
    wchar_t wide[MAX_PATH];
    DWORD error = mapping_object_name(wide, name, "");
    if (error != ERROR_SUCCESS)
        return error;
    SECURITY_ATTRIBUTES security;
    error = security_make(&security, share ? SECURITY_READ_SECTION : 0, false);
    if (error != ERROR_SUCCESS)
        return error;
    mapping->section =
        CreateFileMappingW(INVALID_HANDLE_VALUE, &security, PAGE_READWRITE, 0, bytes, wide);
    error = GetLastError(); /* also tells of a success whether it was there already */
    if (mapping->section == NULL)
        return error;
    mapping->created = error != ERROR_ALREADY_EXISTS;
    snprintf(mapping->name, sizeof mapping->name, "%s", name);
    return ERROR_SUCCESS;
}

/* Maps the whole section; its size is known to VirtualQuery only. A section of SEC_RESERVE shows
 * the committed pages at its start. */
static DWORD map_view(struct mapping *mapping, enum mapping_access access)
{
    DWORD rights = access == MAPPING_WRITE ? FILE_MAP_READ | FILE_MAP_WRITE : FILE_MAP_READ;
    mapping->view = MapViewOfFile(mapping->section, rights, 0, 0, 0);
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

/* The name under Local\ that stands in for one under Global\. */
static void local_name(char local[MAPPING_NAME_ROOM], const char *name)
{
    snprintf(local, MAPPING_NAME_ROOM, "%s%s", LOCAL, mapping_base_name(name));
}

static DWORD find_section(struct mapping *mapping, const char *name, enum mapping_access access)
{
    DWORD error = open_section(mapping, name, access);
    if (error != ERROR_FILE_NOT_FOUND || !mapping_is_global(name))
        return error;
    char local[MAPPING_NAME_ROOM];
    local_name(local, name);
    DWORD local_error = open_section(mapping, local, access);
    mapping->stand_in = local_error == ERROR_SUCCESS;
    return local_error;
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
    memset(mapping, 0, sizeof *mapping);
    return finish(mapping, find_section(mapping, name, access), access);
}

DWORD mapping_create(struct mapping *mapping, const char *name, uint32_t bytes, bool share,
                     enum mapping_access access)
{
    memset(mapping, 0, sizeof *mapping);
    DWORD error = find_section(mapping, name, access);
    if (error == ERROR_FILE_NOT_FOUND)
        error = create_section(mapping, name, bytes, share);
    else
        return finish(mapping, error, access);

    /* Creating in Global\ needs SeCreateGlobalPrivilege, which an ordinary terminal lacks; opening
     * there does not, so "denied" after "not found" means just that. */
    if (error == ERROR_ACCESS_DENIED && mapping_is_global(name)) {
        char local[MAPPING_NAME_ROOM];
        local_name(local, name);
        error = create_section(mapping, local, bytes, share);
        mapping->stand_in = error == ERROR_SUCCESS;
    }
    return finish(mapping, error, access);
}

void mapping_close(struct mapping *mapping)
{
    if (mapping->view != NULL)
        UnmapViewOfFile(mapping->view);
    if (mapping->section != NULL)
        CloseHandle(mapping->section);
    mapping->view = NULL;
    mapping->section = NULL;
    mapping->bytes = 0;
}

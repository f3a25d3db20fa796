/*
 * The named mappings that exist. Only the native calls NtOpenDirectoryObject and
 * NtQueryDirectoryObject list names; Microsoft documents them, and every Windows from 2000 on has
 * them. They are declared here, as no header of the SDK does.
 */
#include "info.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winternl.h>

#include "encoding.h"
#include "print.h"

#define DIRECTORY_QUERY 0x0001
#define NO_MORE_ENTRIES ((NTSTATUS)0x8000001A)
#define BUFFER_BYTES    65536

struct directory_entry {
    UNICODE_STRING name, type;
};

NTSYSAPI NTSTATUS NTAPI NtOpenDirectoryObject(HANDLE *directory, ACCESS_MASK access,
                                              OBJECT_ATTRIBUTES *attributes);
NTSYSAPI NTSTATUS NTAPI NtQueryDirectoryObject(HANDLE directory, void *buffer, ULONG room,
                                               BOOLEAN single, BOOLEAN restart, ULONG *context,
                                               ULONG *bytes);

struct names {
    char **at;
    size_t count, room;
    const char *pattern;
};

static bool keep_name(struct names *names, const char *prefix, const UNICODE_STRING *name)
{
    wchar_t wide[MAX_PATH];
    size_t length = name->Length / sizeof(wchar_t);
    if (length >= MAX_PATH)
        return true; /* no Win32 program can open it */
    memcpy(wide, name->Buffer, name->Length);
    wide[length] = L'\0';
    char base[OBJECT_NAME_ROOM], full[OBJECT_NAME_ROOM + 8];
    encoding_from_wide(wide, base, sizeof base);
    snprintf(full, sizeof full, "%s%s", prefix, base);
    if (names->pattern != NULL && !text_matches(names->pattern, base) &&
        !text_matches(names->pattern, full))
        return true;
    if (names->count == names->room) {
        size_t room = 2 * names->room + 64;
        char **larger = realloc(names->at, room * sizeof *larger);
        if (larger == NULL)
            return false;
        names->at = larger;
        names->room = room;
    }
    char *copy = malloc(strlen(full) + 1);
    if (copy == NULL)
        return false;
    names->at[names->count++] = strcpy(copy, full);
    return true;
}

/* Adds the sections of one directory of the object manager. */
static DWORD read_directory(struct names *names, wchar_t *path, const char *prefix)
{
    UNICODE_STRING name = {(USHORT)(2 * wcslen(path)), (USHORT)(2 * wcslen(path)), path};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes, .ObjectName = &name};
    HANDLE directory;
    NTSTATUS status = NtOpenDirectoryObject(&directory, DIRECTORY_QUERY, &attributes);
    if (status < 0)
        return RtlNtStatusToDosError(status);
    static struct directory_entry buffer[BUFFER_BYTES / sizeof(struct directory_entry)];
    ULONG context = 0, bytes;
    DWORD error = ERROR_SUCCESS;
    /* One entry a call: what several of them look like when the buffer is full is not documented.
     */
    while (error == ERROR_SUCCESS &&
           (status = NtQueryDirectoryObject(directory, buffer, sizeof buffer, TRUE, context == 0,
                                            &context, &bytes)) >= 0 &&
           status != NO_MORE_ENTRIES) {
        const UNICODE_STRING *type = &buffer[0].type;
        if (type->Length == 2 * strlen("Section") &&
            memcmp(type->Buffer, L"Section", 2 * strlen("Section")) == 0 &&
            !keep_name(names, prefix, &buffer[0].name))
            error = ERROR_NOT_ENOUGH_MEMORY;
    }
    NtClose(directory);
    if (error == ERROR_SUCCESS && status < 0 && status != NO_MORE_ENTRIES)
        error = RtlNtStatusToDosError(status);
    return error;
}

static DWORD read_directories(struct names *names)
{
    wchar_t global[] = L"\\BaseNamedObjects";
    char path[64];
    wchar_t local[64];
    DWORD session = 0;
    DWORD error = read_directory(names, global, "Global\\");
    if (error == ERROR_SUCCESS && !ProcessIdToSessionId(GetCurrentProcessId(), &session))
        error = GetLastError();
    /* In session 0, that of services, both namespaces are one directory. */
    if (error != ERROR_SUCCESS || session == 0)
        return error;
    snprintf(path, sizeof path, "\\Sessions\\%lu\\BaseNamedObjects", session);
    encoding_to_wide(path, local, 64);
    return read_directory(names, local, "Local\\");
}

static int compare(const void *a, const void *b)
{
    return _stricmp(*(char *const *)a, *(char *const *)b);
}

static void add_entry(struct print *output, const char *name)
{
    struct mapping mapping;
    char size[24] = "-", line[40];
    bool is_open = mapping_open(&mapping, name, MAPPING_READ) == ERROR_SUCCESS;
    if (is_open)
        snprintf(size, sizeof size, "%" PRIu64, mapping.bytes);
    snprintf(line, sizeof line, "%14s  ", size);
    if (!output->json) {
        print_string(output, line);
        print_string(output, name);
        print_string(output, "\r\n");
    } else {
        print_field(output, "name", name);
        print_field(output, "namespace", mapping_is_global(name) ? "Global" : "Local");
        if (is_open)
            print_number(output, "size", mapping.bytes);
        else
            print_field(output, "size", NULL);
        print_object_end(output);
    }
    mapping_close(&mapping);
}

DWORD list_print(const char *pattern, bool json, size_t *found)
{
    struct names names = {.pattern = pattern};
    DWORD error = read_directories(&names);
    *found = error == ERROR_SUCCESS ? names.count : 0;
    struct print output = {.json = json};
    if (error == ERROR_SUCCESS && names.count > 0)
        qsort(names.at, names.count, sizeof *names.at, compare);
    for (size_t i = 0; i < names.count; i++) {
        if (error == ERROR_SUCCESS)
            add_entry(&output, names.at[i]);
        free(names.at[i]);
    }
    free(names.at);
    DWORD output_error = print_end(&output);
    return error != ERROR_SUCCESS ? error : output_error;
}

/*
 * The named mappings that exist. Only the native calls NtOpenDirectoryObject and
 * NtQueryDirectoryObject list names; Microsoft documents them ("may be altered or unavailable"), so
 * they are looked up when they are needed. All of that is declared here and nowhere else.
 */
#include "inspect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winternl.h>

#include "encoding.h"
#include "late.h"
#include "output.h"

#define DIRECTORY_QUERY 0x0001
#define NO_MORE_ENTRIES ((NTSTATUS)0x8000001A)
#define BUFFER_BYTES    65536
#define NTDLL           L"ntdll.dll"

struct directory_entry {
    UNICODE_STRING name, type;
};

typedef NTSTATUS(NTAPI *open_directory_call)(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *);
typedef NTSTATUS(NTAPI *query_directory_call)(HANDLE, void *, ULONG, BOOLEAN, BOOLEAN, ULONG *,
                                              ULONG *);
typedef ULONG(NTAPI *status_to_error_call)(NTSTATUS);

static struct {
    open_directory_call open;
    query_directory_call query;
    status_to_error_call error;
    void(NTAPI *close)(HANDLE);
} native;

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
    char base[MAPPING_NAME_ROOM], full[MAPPING_NAME_ROOM + 8];
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
    NTSTATUS status = native.open(&directory, DIRECTORY_QUERY, &attributes);
    if (status < 0)
        return native.error(status);
    static struct directory_entry buffer[BUFFER_BYTES / sizeof(struct directory_entry)];
    ULONG context = 0, bytes;
    DWORD error = ERROR_SUCCESS;
    /* One entry a call: what several of them look like when the buffer is full is not documented.
     */
    while (error == ERROR_SUCCESS &&
           (status = native.query(directory, buffer, sizeof buffer, TRUE, context == 0, &context,
                                  &bytes)) >= 0 &&
           status != NO_MORE_ENTRIES) {
        const UNICODE_STRING *type = &buffer[0].type;
        if (type->Length == 2 * strlen("Section") &&
            memcmp(type->Buffer, L"Section", 2 * strlen("Section")) == 0 &&
            !keep_name(names, prefix, &buffer[0].name))
            error = ERROR_NOT_ENOUGH_MEMORY;
    }
    native.close(directory);
    if (error == ERROR_SUCCESS && status < 0 && status != NO_MORE_ENTRIES)
        error = native.error(status);
    return error;
}

static DWORD read_directories(struct names *names)
{
    if (!late_find(&native.open, NTDLL, "NtOpenDirectoryObject") ||
        !late_find(&native.query, NTDLL, "NtQueryDirectoryObject") ||
        !late_find(&native.close, NTDLL, "NtClose") ||
        !late_find(&native.error, NTDLL, "RtlNtStatusToDosError"))
        return ERROR_PROC_NOT_FOUND;
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

static void add_entry(struct output *output, const char *name, bool json)
{
    struct mapping mapping;
    DWORD error = mapping_open(&mapping, name, MAPPING_READ);
    char digits[TEXT_DECIMAL] = "-", line[32];
    if (error == ERROR_SUCCESS)
        text_decimal(digits, mapping.bytes);
    mapping_close(&mapping);
    if (json) {
        output_string(output, "{\"name\":");
        output_json_string(output, name);
        output_string(output, mapping_is_global(name) ? ",\"namespace\":\"Global\",\"size\":"
                                                      : ",\"namespace\":\"Local\",\"size\":");
        output_string(output, error == ERROR_SUCCESS ? digits : "null");
        output_string(output, "}\r\n");
        return;
    }
    snprintf(line, sizeof line, "%14s  ", digits);
    output_string(output, line);
    output_string(output, name);
    output_string(output, "\r\n");
}

DWORD inspect_list(const char *pattern, bool json, size_t *found)
{
    struct names names = {.pattern = pattern};
    DWORD error = read_directories(&names);
    *found = error == ERROR_SUCCESS ? names.count : 0;
    struct output output = {0};
    if (error == ERROR_SUCCESS && names.count > 0)
        qsort(names.at, names.count, sizeof *names.at, compare);
    for (size_t i = 0; i < names.count; i++) {
        if (error == ERROR_SUCCESS)
            add_entry(&output, names.at[i], json);
        free(names.at[i]);
    }
    free(names.at);
    DWORD output_error = output_end(&output);
    return error != ERROR_SUCCESS ? error : output_error;
}

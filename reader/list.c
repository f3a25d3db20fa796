/*
 * The named mappings that exist. Only the native calls NtOpenDirectoryObject and
 * NtQueryDirectoryObject list names; Microsoft documents them, and every Windows from 2000 on has
 * them. They are declared here, as no header of the SDK does.
 */
#include "list.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winternl.h>

#include "encoding.h"

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

/* Names as the object manager has them, behind their namespaces: not all are well-formed UTF-16,
 * and the namespace may make one longer than Win32 allows. */
struct names {
    wchar_t **at;
    size_t count, room;
    const char *pattern;
};

static bool keep_name(struct names *names, const wchar_t *prefix, const UNICODE_STRING *name)
{
    wchar_t wide[MAX_PATH + 8];
    size_t length = name->Length / sizeof(wchar_t), before = wcslen(prefix);
    if (length >= MAX_PATH)
        return true; /* no Win32 program can open it */
    memcpy(wide, prefix, before * sizeof *wide);
    memcpy(wide + before, name->Buffer, name->Length);
    wide[before + length] = L'\0';
    char full[NAME_ROOM];
    encoding_from_wide(wide, full, sizeof full);
    if (names->pattern != NULL && !text_matches(names->pattern, full + before) &&
        !text_matches(names->pattern, full))
        return true;
    if (names->count == names->room) {
        size_t room = 2 * names->room + 64;
        wchar_t **larger = realloc(names->at, room * sizeof *larger);
        if (larger == NULL)
            return false;
        names->at = larger;
        names->room = room;
    }
    wchar_t *copy = malloc((before + length + 1) * sizeof *copy);
    if (copy == NULL)
        return false;
    wcscpy(copy, wide);
    names->at[names->count++] = copy;
    return true;
}

/* Adds the sections of one directory of the object manager. */
static DWORD read_directory(struct names *names, wchar_t *path, const wchar_t *prefix)
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
                                            &context, &bytes)) >= 0) {
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
    wchar_t local[64];
    DWORD session = 0;
    DWORD error = read_directory(names, global, L"Global\\");
    if (error == ERROR_SUCCESS && !ProcessIdToSessionId(GetCurrentProcessId(), &session))
        error = GetLastError();
    /* In session 0, that of services, both namespaces are one directory. */
    if (error != ERROR_SUCCESS || session == 0)
        return error;
    _snwprintf(local, 64, L"\\Sessions\\%lu\\BaseNamedObjects", session);
    return read_directory(names, local, L"Local\\");
}

/* Names that differ in case only are two. */
static int compare(const void *a, const void *b)
{
    const wchar_t *first = *(wchar_t *const *)a, *second = *(wchar_t *const *)b;
    int order = _wcsicmp(first, second);
    return order != 0 ? order : wcscmp(first, second);
}

/* Not all names can be given to mapping_open. Errors: ERROR_FILE_NOT_FOUND (it is gone by now), and
 * others: its size is not to be known. */
static DWORD find_size(const wchar_t *name, uint64_t *size)
{
    struct mapping mapping = {.section = OpenFileMappingW(FILE_MAP_READ, FALSE, name)};
    DWORD error = mapping.section == NULL ? GetLastError() : mapping_map(&mapping, MAPPING_READ);
    *size = mapping.bytes;
    mapping_close(&mapping);
    return error;
}

/* False if there is no mapping of that name any more. */
static bool add_entry(struct print *output, const wchar_t *wide)
{
    char name[NAME_ROOM];
    uint64_t bytes;
    DWORD error = find_size(wide, &bytes);
    if (error == ERROR_FILE_NOT_FOUND)
        return false;
    bool known = error == ERROR_SUCCESS;
    encoding_from_wide(wide, name, sizeof name);
    if (!output->options->json) {
        char column[32];
        if (known)
            snprintf(column, sizeof column, "%14" PRIu64 "  ", bytes);
        else
            snprintf(column, sizeof column, "%14s  ", "-");
        const unsigned char *start = (const unsigned char *)wide;
        print_string(output, column);
        print_in_line(output,
                      (struct text){start, start + wcslen(wide) * sizeof *wide, TEXT_UTF16});
        print_string(output, "\r\n");
    } else {
        print_field(output, "name", name);
        print_field(output, "namespace", name_is_global(name) ? "Global" : "Local");
        if (known)
            print_number(output, "size", bytes);
        else
            print_field(output, "size", NULL);
        print_object_end(output);
    }
    return true;
}

DWORD list_print(const struct print_options *options, const char *pattern, size_t *found)
{
    struct names names = {.pattern = pattern};
    DWORD error = read_directories(&names);
    struct print output = {.options = options};
    *found = 0;
    if (names.count > 0)
        qsort(names.at, names.count, sizeof *names.at, compare);
    for (size_t i = 0; i < names.count; i++) {
        if (error == ERROR_SUCCESS && add_entry(&output, names.at[i]))
            ++*found;
        free(names.at[i]);
    }
    free(names.at);
    DWORD output_error = print_end(&output);
    return error != ERROR_SUCCESS ? error : output_error;
}

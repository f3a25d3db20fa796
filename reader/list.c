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
#define MOST_DEPTH      4 /* of directories in directories */

struct directory_entry {
    UNICODE_STRING name, type;
};

NTSYSAPI NTSTATUS NTAPI NtOpenDirectoryObject(HANDLE *directory, ACCESS_MASK access,
                                              OBJECT_ATTRIBUTES *attributes);
NTSYSAPI NTSTATUS NTAPI NtQueryDirectoryObject(HANDLE directory, void *buffer, ULONG room,
                                               BOOLEAN single, BOOLEAN restart, ULONG *context,
                                               ULONG *bytes);

/* Names as Win32 takes them; not all are well-formed UTF-16. */
struct names {
    wchar_t **at;
    size_t count, room;
};

/* NULL if there is no memory. */
static wchar_t *join(const wchar_t *front, const wchar_t *back, size_t units, const wchar_t *end)
{
    size_t before = wcslen(front), after = wcslen(end);
    wchar_t *whole = malloc((before + units + after + 1) * sizeof *whole);
    if (whole == NULL)
        return NULL;
    memcpy(whole, front, before * sizeof *whole);
    memcpy(whole + before, back, units * sizeof *whole);
    memcpy(whole + before + units, end, (after + 1) * sizeof *whole);
    return whole;
}

static DWORD keep_name(struct names *names, const wchar_t *prefix, const UNICODE_STRING *name)
{
    if (names->count == names->room) {
        size_t room = 2 * names->room + 64;
        wchar_t **larger = realloc(names->at, room * sizeof *larger);
        if (larger == NULL)
            return ERROR_NOT_ENOUGH_MEMORY;
        names->at = larger;
        names->room = room;
    }
    wchar_t *whole = join(prefix, name->Buffer, name->Length / sizeof(wchar_t), L"");
    if (whole == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    names->at[names->count++] = whole;
    return ERROR_SUCCESS;
}

static bool is_type(const struct directory_entry *entry, const wchar_t *type)
{
    return entry->type.Length == 2 * wcslen(type) &&
           memcmp(entry->type.Buffer, type, entry->type.Length) == 0;
}

/* A directory of the object manager that is being read. */
struct walk {
    HANDLE directory;
    ULONG context;
    struct directory_entry *entry; /* in memory of BUFFER_BYTES; its names lie behind it */
};

/* Close it also after an error. Errors: those of NtOpenDirectoryObject, ERROR_NOT_ENOUGH_MEMORY. */
static DWORD walk_open(struct walk *walk, const wchar_t *path)
{
    UNICODE_STRING name = {(USHORT)(2 * wcslen(path)), (USHORT)(2 * wcslen(path)), (wchar_t *)path};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes, .ObjectName = &name};
    *walk = (struct walk){.entry = malloc(BUFFER_BYTES)};
    if (walk->entry == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    NTSTATUS status = NtOpenDirectoryObject(&walk->directory, DIRECTORY_QUERY, &attributes);
    return status < 0 ? RtlNtStatusToDosError(status) : ERROR_SUCCESS;
}

static void walk_close(struct walk *walk)
{
    if (walk->directory != NULL)
        NtClose(walk->directory);
    free(walk->entry);
}

/* One entry a call: what several of them look like when the buffer is full is not documented.
 * Errors: ERROR_NO_MORE_ITEMS, those of NtQueryDirectoryObject. */
static DWORD walk_next(struct walk *walk)
{
    ULONG bytes;
    NTSTATUS status = NtQueryDirectoryObject(walk->directory, walk->entry, BUFFER_BYTES, TRUE,
                                             walk->context == 0, &walk->context, &bytes);
    if (status == NO_MORE_ENTRIES)
        return ERROR_NO_MORE_ITEMS;
    return status < 0 ? RtlNtStatusToDosError(status) : ERROR_SUCCESS;
}

static DWORD read_directory(struct names *names, const wchar_t *path, const wchar_t *prefix,
                            int depth);

/* What may not be read is passed over. */
static DWORD read_if_allowed(struct names *names, const wchar_t *path, const wchar_t *prefix,
                             int depth)
{
    DWORD error = path == NULL || prefix == NULL ? ERROR_NOT_ENOUGH_MEMORY
                                                 : read_directory(names, path, prefix, depth);
    return error == ERROR_NOT_ENOUGH_MEMORY ? error : ERROR_SUCCESS;
}

/* A directory below another: its name becomes a part of the path and of the names. */
static DWORD read_below(struct names *names, const wchar_t *path, const wchar_t *prefix,
                        const UNICODE_STRING *name, int depth)
{
    size_t units = name->Length / sizeof(wchar_t);
    wchar_t *slashed = join(path, L"\\", 1, L"");
    wchar_t *below = slashed != NULL ? join(slashed, name->Buffer, units, L"") : NULL;
    wchar_t *longer = join(prefix, name->Buffer, units, L"\\");
    DWORD error = read_if_allowed(names, below, longer, depth + 1);
    free(slashed);
    free(below);
    free(longer);
    return error;
}

/* Adds the sections of a directory and of those below it. */
static DWORD read_directory(struct names *names, const wchar_t *path, const wchar_t *prefix,
                            int depth)
{
    struct walk walk;
    DWORD error = walk_open(&walk, path);
    while (error == ERROR_SUCCESS && (error = walk_next(&walk)) == ERROR_SUCCESS)
        if (is_type(walk.entry, L"Section"))
            error = keep_name(names, prefix, &walk.entry->name);
        else if (is_type(walk.entry, L"Directory") && depth < MOST_DEPTH)
            error = read_below(names, path, prefix, &walk.entry->name, depth);
    walk_close(&walk);
    return error == ERROR_NO_MORE_ITEMS ? ERROR_SUCCESS : error;
}

/* 0 if the name is no number. */
static DWORD session_number(const UNICODE_STRING *name)
{
    DWORD number = 0;
    for (size_t i = 0; i < name->Length / sizeof(wchar_t); i++) {
        if (name->Buffer[i] < L'0' || name->Buffer[i] > L'9')
            return 0;
        number = 10 * number + (DWORD)(name->Buffer[i] - L'0');
    }
    return number;
}

/* The directory of each session has its number for a name. Session 0 is Global\. */
static DWORD read_other_sessions(struct names *names, DWORD own)
{
    struct walk walk;
    DWORD error = walk_open(&walk, L"\\Sessions");
    while (error == ERROR_SUCCESS && (error = walk_next(&walk)) == ERROR_SUCCESS) {
        wchar_t path[64], prefix[32];
        DWORD session = session_number(&walk.entry->name);
        if (session == 0 || session == own)
            continue;
        _snwprintf(path, 64, L"\\Sessions\\%lu\\BaseNamedObjects", session);
        _snwprintf(prefix, 32, L"Session\\%lu\\", session);
        error = read_if_allowed(names, path, prefix, 0);
    }
    walk_close(&walk);
    return error == ERROR_NOT_ENOUGH_MEMORY ? error : ERROR_SUCCESS;
}

/* Global\ first, whose error counts; then Local\, unless it is the same, as in the session of
 * services; the packaged programs of this session; and what other sessions let be read. */
static DWORD read_directories(struct names *names)
{
    wchar_t path[64];
    DWORD session = 0;
    DWORD error = read_directory(names, L"\\BaseNamedObjects", L"Global\\", 0);
    if (error == ERROR_SUCCESS && !ProcessIdToSessionId(GetCurrentProcessId(), &session))
        error = GetLastError();
    _snwprintf(path, 64, L"\\Sessions\\%lu\\BaseNamedObjects", session);
    if (error == ERROR_SUCCESS && session != 0)
        error = read_directory(names, path, L"Local\\", 0);
    _snwprintf(path, 64, L"\\Sessions\\%lu\\AppContainerNamedObjects", session);
    if (error == ERROR_SUCCESS)
        error = read_if_allowed(names, path, L"AppContainerNamedObjects\\", 0);
    return error == ERROR_SUCCESS ? read_other_sessions(names, session) : error;
}

/* Names that differ in case only are two. */
static int compare(const void *a, const void *b)
{
    const wchar_t *first = *(wchar_t *const *)a, *second = *(wchar_t *const *)b;
    int order = _wcsicmp(first, second);
    return order != 0 ? order : wcscmp(first, second);
}

static DWORD read_names(struct names *names)
{
    DWORD error = read_directories(names);
    if (names->count > 0)
        qsort(names->at, names->count, sizeof *names->at, compare);
    return error;
}

static void free_names(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->at[i]);
    free(names->at);
}

/* NAME.shown beside NAME belongs to it. */
static bool is_companion(const struct names *names, const wchar_t *name)
{
    static const wchar_t suffix[] = L".shown";
    size_t length = wcslen(name), end = wcslen(suffix);
    if (length <= end || wcscmp(name + length - end, suffix) != 0)
        return false;
    wchar_t *base = join(L"", name, length - end, L"");
    bool found =
        base != NULL && bsearch(&base, names->at, names->count, sizeof *names->at, compare) != NULL;
    free(base);
    return found;
}

/* As it is, or as it is shown. */
static bool matches(const char *pattern, const wchar_t *wide, const char *name)
{
    char shown[NAME_ROOM];
    const unsigned char *start = (const unsigned char *)wide;
    struct text text = {start, start + wcslen(wide) * sizeof *wide, TEXT_UTF16};
    size_t count = 0;
    while (text.at < text.end && count < sizeof shown - TEXT_PUT_MAX)
        count += text_put_in_line(text_next(&text, NULL), shown + count);
    shown[count] = '\0';
    return pattern == NULL || text_matches(pattern, name) ||
           text_matches(pattern, name_base(name)) || text_matches(pattern, shown) ||
           text_matches(pattern, name_base(shown));
}

/* What is known of a mapping; not all names can be given to mapping_open. Errors:
 * ERROR_FILE_NOT_FOUND (it is gone by now); after others its size, 0, is not to be known. */
static DWORD measure(const wchar_t *name, uint64_t *size, ULONG *handles)
{
    struct mapping mapping = {.section = OpenFileMappingW(FILE_MAP_READ, FALSE, name)};
    DWORD error = mapping.section == NULL ? GetLastError() : mapping_map(&mapping, MAPPING_READ);
    *size = mapping.bytes;
    *handles = 0;
    if (mapping.section != NULL && object_handles(mapping.section, handles) == ERROR_SUCCESS)
        --*handles; /* ours */
    mapping_close(&mapping);
    return error;
}

/* False if there is no mapping of that name any more. */
static bool add_entry(struct print *output, const wchar_t *wide, const char *name)
{
    uint64_t bytes;
    ULONG handles;
    if (measure(wide, &bytes, &handles) == ERROR_FILE_NOT_FOUND)
        return false;
    if (output->options->json) {
        char space[NAME_ROOM];
        name_space(space, name);
        print_field(output, "name", name);
        print_field(output, "namespace", space);
        if (bytes != 0)
            print_number(output, "size", bytes);
        else
            print_field(output, "size", NULL);
        print_number(output, "handles", handles);
        print_object_end(output);
        return true;
    }
    char columns[48];
    const unsigned char *start = (const unsigned char *)wide;
    if (bytes != 0)
        snprintf(columns, sizeof columns, "%14" PRIu64 " %7lu  ", bytes, handles);
    else
        snprintf(columns, sizeof columns, "%14s %7s  ", "-", "-");
    print_string(output, columns);
    print_in_line(output, (struct text){start, start + wcslen(wide) * sizeof *wide, TEXT_UTF16});
    print_string(output, "\r\n");
    return true;
}

DWORD list_print(const struct print_options *options, const char *pattern, size_t *found)
{
    struct names names = {NULL, 0, 0};
    DWORD error = read_names(&names);
    struct print output = {.options = options};
    *found = 0;
    for (size_t i = 0; i < names.count && error == ERROR_SUCCESS; i++) {
        char name[NAME_ROOM];
        encoding_from_wide(names.at[i], name, sizeof name);
        if (matches(pattern, names.at[i], name) && !is_companion(&names, names.at[i]) &&
            add_entry(&output, names.at[i], name))
            ++*found;
    }
    free_names(&names);
    DWORD output_error = print_end(&output);
    return error != ERROR_SUCCESS ? error : output_error;
}

bool list_find_alike(const char *name, char alike[NAME_ROOM])
{
    struct names names = {NULL, 0, 0};
    bool found = false;
    read_names(&names);
    for (size_t i = 0; i < names.count && !found; i++) {
        encoding_from_wide(names.at[i], alike, NAME_ROOM);
        found = _stricmp(name_base(alike), name_base(name)) == 0 &&
                strcmp(name_base(alike), name_base(name)) != 0;
    }
    free_names(&names);
    return found;
}

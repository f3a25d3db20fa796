/* What is known of a mapping besides its text. */
#include "info.h"

#include <aclapi.h>
#include <inttypes.h>
#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"

/* The account's name, or its security identifier where it has none. */
static void account_name(PSID sid, char *name, size_t room)
{
    wchar_t account[128], domain[128], *digits;
    DWORD account_room = 128, domain_room = 128;
    SID_NAME_USE use;
    char account_utf8[384], domain_utf8[384];
    if (LookupAccountSidW(NULL, sid, account, &account_room, domain, &domain_room, &use)) {
        encoding_from_wide(account, account_utf8, sizeof account_utf8);
        encoding_from_wide(domain, domain_utf8, sizeof domain_utf8);
        snprintf(name, room, "%s%s%s", domain_utf8, domain_utf8[0] != '\0' ? "\\" : "",
                 account_utf8);
    } else if (ConvertSidToStringSidW(sid, &digits)) {
        encoding_from_wide(digits, name, room);
        LocalFree(digits);
    } else {
        snprintf(name, room, "unknown");
    }
}

/* Who has one of the rights, by the entries of the DACL one by one; a later one may repeat or take
 * back what an earlier one says, as in the DACL itself. Windows maps generic rights when the object
 * is made, Wine does not. */
static void add_holders(struct print *output, const char *key, PACL dacl, ACCESS_MASK rights)
{
    char line[2048] = "";
    size_t at = 0;
    for (DWORD i = 0; dacl != NULL && i < dacl->AceCount; i++) {
        ACCESS_ALLOWED_ACE *entry; /* a denying entry has the same layout */
        if (!GetAce(dacl, i, (void **)&entry)) {
            print_field(output, key, "unknown");
            return;
        }
        if (entry->Header.AceType > ACCESS_DENIED_ACE_TYPE ||
            (entry->Header.AceFlags & INHERIT_ONLY_ACE) != 0 || (entry->Mask & rights) == 0)
            continue;
        char name[768];
        account_name(&entry->SidStart, name, sizeof name);
        if (at + strlen(name) + sizeof "; ; and more (denied)" > sizeof line) {
            snprintf(line + at, sizeof line - at, "; and more");
            break;
        }
        at += (size_t)snprintf(line + at, sizeof line - at, "%s%s%s", at > 0 ? "; " : "", name,
                               entry->Header.AceType == ACCESS_DENIED_ACE_TYPE ? " (denied)" : "");
    }
    print_field(output, key, dacl == NULL ? "everybody" : at > 0 ? line : "nobody");
}

static void add_descriptor(struct print *output, PSECURITY_DESCRIPTOR descriptor)
{
    wchar_t *wide;
    char sddl[4096];
    if (!ConvertSecurityDescriptorToStringSecurityDescriptorW(
            descriptor, SDDL_REVISION_1, DACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION,
            &wide, NULL)) {
        print_field(output, "dacl", "unknown");
        return;
    }
    bool fits = encoding_from_wide(wide, sddl, sizeof sddl);
    print_field(output, "dacl",
                !fits             ? "too long to show"
                : sddl[0] == '\0' ? "none" /* Wine, of a NULL DACL */
                                  : sddl);
    LocalFree(wide);
}

static void add_security(struct print *output, const char *name)
{
    struct mapping mapping = {NULL};
    object_open(&mapping.section, OBJECT_SECTION, MAPPING_WRITE, name, "");
    bool writable =
        mapping.section != NULL && mapping_map(&mapping, MAPPING_WRITE) == ERROR_SUCCESS;
    print_field(output, "access", writable ? "read, write" : "read");
    mapping_close(&mapping);

    HANDLE section;
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PSID owner = NULL;
    PACL dacl = NULL;
    DWORD error = object_open(&section, OBJECT_SECTION, READ_CONTROL, name, "");
    if (error == ERROR_SUCCESS)
        error = GetSecurityInfo(section, SE_KERNEL_OBJECT,
                                OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION |
                                    LABEL_SECURITY_INFORMATION,
                                &owner, NULL, &dacl, NULL, &descriptor);
    if (error == ERROR_SUCCESS) {
        char account[768];
        account_name(owner, account, sizeof account);
        print_field(output, "owner", account);
        add_holders(output, "may_read", dacl, SECTION_MAP_READ | GENERIC_READ | GENERIC_ALL);
        add_holders(output, "may_write", dacl, SECTION_MAP_WRITE | GENERIC_WRITE | GENERIC_ALL);
        add_descriptor(output, descriptor);
        LocalFree(descriptor);
    } else {
        print_field(output, "owner", "access denied");
    }
    object_close(&section);
}

/* Whether the process of that id is another one than at that time: ids are used again. */
static bool is_newer(HANDLE process, uint64_t time)
{
    FILETIME created, exited, kernel, user;
    return GetProcessTimes(process, &created, &exited, &kernel, &user) &&
           (created.dwLowDateTime | (uint64_t)created.dwHighDateTime << 32) > time;
}

/* The file name of the program that has sent a message, "has ended" if it has. */
static void program_name(const struct message *message, char *name, size_t room)
{
    wchar_t path[1024];
    DWORD length = sizeof path / sizeof path[0];
    HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, message->process_id);
    if (process == NULL) {
        DWORD error = GetLastError();
        snprintf(name, room,
                 error == ERROR_ACCESS_DENIED       ? "another user's"
                 : error == ERROR_INVALID_PARAMETER ? "has ended"
                                                    : "unknown");
        return;
    }
    DWORD code = STILL_ACTIVE;
    GetExitCodeProcess(process, &code);
    if (code != STILL_ACTIVE || is_newer(process, message->time)) {
        snprintf(name, room, "has ended");
    } else if (QueryFullProcessImageNameW(process, 0, path, &length)) {
        const wchar_t *base = path + length;
        while (base > path && base[-1] != L'\\')
            base--;
        encoding_from_wide(base, name, room);
    } else {
        snprintf(name, room, "unknown");
    }
    CloseHandle(process);
}

static void add_age(struct print *output, uint64_t time)
{
    FILETIME now_time;
    GetSystemTimeAsFileTime(&now_time);
    uint64_t now = now_time.dwLowDateTime | (uint64_t)now_time.dwHighDateTime << 32;
    uint64_t seconds = now > time ? (now - time) / 10000000 : 0;
    if (output->options->json) {
        print_number(output, "age_seconds", seconds);
        return;
    }
    char words[40];
    const char *unit = seconds < 120      ? "s"
                       : seconds < 7200   ? "min"
                       : seconds < 172800 ? "h"
                                          : "days";
    uint64_t size = seconds < 120 ? 1 : seconds < 7200 ? 60 : seconds < 172800 ? 3600 : 86400;
    snprintf(words, sizeof words, "%" PRIu64 " %s ago", seconds / size, unit);
    print_field(output, "age", words);
}

/* Only with its text can it be told whether a message is still there. */
static enum message_result look(struct print *output, struct message_region region,
                                struct message *message)
{
    enum message_result result = message_snapshot(region, message, NULL, 0);
    if (result != MESSAGE_TOO_LONG)
        return result;
    size_t room = (size_t)message->length + 1;
    void *text = malloc(room);
    output->failed |= text == NULL;
    if (text != NULL)
        result = message_snapshot(region, message, text, room);
    free(text);
    return result;
}

static void add_message(struct print *output, const struct source *source)
{
    bool ready;
    uint32_t capacity = message_capacity(source->view.region, &ready);
    struct message message = {0};
    enum message_result result = look(output, source->view.region, &message);
    print_field(output, "kind", capacity == 0 ? "plain" : "writer");
    if (capacity == 0)
        return;
    print_bytes_field(output, "capacity", capacity);
    print_number(output, "messages", message_number(source->view.region));
    if (!ready || result == MESSAGE_PLAIN || result == MESSAGE_BUSY)
        return;
    char program[768];
    program_name(&message, program, sizeof program);
    print_bytes_field(output, "length", message.length);
    print_number(output, "code_page", message.code_page);
    print_number(output, "process_id", message.process_id);
    print_field(output, "program", program);
    print_time(output, "time", message.time);
    add_age(output, message.time);
}

DWORD info_print(const struct print_options *options, const struct source *source)
{
    struct print output = {.options = options};
    const struct mapping *mapping = &source->view.mapping;
    char space[NAME_ROOM];
    ULONG handles;
    print_field(&output, "name", mapping->name);
    name_space(space, mapping->name);
    print_field(&output, "namespace", space);
    print_bytes_field(&output, "size", mapping->bytes);
    if (mapping->committed != mapping->bytes)
        print_bytes_field(&output, "committed", mapping->committed); /* at its start */
    if (object_handles(mapping->section, &handles) == ERROR_SUCCESS)
        print_number(&output, "handles", handles - 1); /* without ours */
    add_security(&output, mapping->name);
    add_message(&output, source);
    print_object_end(&output);
    return print_end(&output);
}

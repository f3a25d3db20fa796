/* What is known of a mapping besides its text. */
#include "inspect.h"

#include <aclapi.h>
#include <sddl.h>
#include <stdio.h>
#include <string.h>

#include "encoding.h"
#include "late.h"
#include "output.h"

/* Fields one by one, as lines for people or as members of a JSON object. */
struct fields {
    struct output output;
    bool json;
};

static void add_key(struct fields *fields, const char *key)
{
    if (fields->json) {
        output_string(&fields->output, fields->output.count == 0 ? "{" : ",");
        output_json_string(&fields->output, key);
        output_string(&fields->output, ":");
        return;
    }
    char column[32];
    int width = snprintf(column, sizeof column, "%s:", key);
    for (char *at = column; *at != '\0'; at++)
        *at = *at == '_' ? ' ' : *at;
    snprintf(column + width, sizeof column - (size_t)width, "%*s", width < 16 ? 16 - width : 1, "");
    output_string(&fields->output, column);
}

static void end_value(struct fields *fields)
{
    if (!fields->json)
        output_string(&fields->output, "\r\n");
}

static void add_string(struct fields *fields, const char *key, const char *value)
{
    add_key(fields, key);
    if (fields->json)
        output_json_string(&fields->output, value);
    else
        output_string(&fields->output, value);
    end_value(fields);
}

static void add_number(struct fields *fields, const char *key, uint64_t value)
{
    add_key(fields, key);
    output_number(&fields->output, value);
    end_value(fields);
}

/* ADVAPI32's, whose loading would be a tenth of each start of this program. */
static struct {
    __typeof__(&ConvertSidToStringSidA) sid_to_string;
    __typeof__(&GetAce) get_entry;
    __typeof__(&GetSecurityInfo) get_security;
    __typeof__(&LookupAccountSidW) look_up_account;
} security;

static bool find_security_calls(void)
{
    static const wchar_t dll[] = L"advapi32.dll";
    return late_find(&security.sid_to_string, dll, "ConvertSidToStringSidA") &&
           late_find(&security.get_entry, dll, "GetAce") &&
           late_find(&security.get_security, dll, "GetSecurityInfo") &&
           late_find(&security.look_up_account, dll, "LookupAccountSidW");
}

/* The account's name, or its security identifier where it has none. */
static void account_name(PSID sid, char *name, size_t room)
{
    wchar_t account[128], domain[128];
    DWORD account_room = 128, domain_room = 128;
    SID_NAME_USE use;
    char account_utf8[384], domain_utf8[384], *digits;
    if (security.look_up_account(NULL, sid, account, &account_room, domain, &domain_room, &use)) {
        encoding_from_wide(account, account_utf8, sizeof account_utf8);
        encoding_from_wide(domain, domain_utf8, sizeof domain_utf8);
        snprintf(name, room, "%s%s%s", domain_utf8, domain_utf8[0] != '\0' ? "\\" : "",
                 account_utf8);
    } else if (security.sid_to_string(sid, &digits)) {
        snprintf(name, room, "%s", digits);
        LocalFree(digits);
    } else {
        snprintf(name, room, "unknown");
    }
}

/* "read, write" for the rights of an entry. Generic rights were mapped when the object was made. */
static void rights_in_words(ACCESS_MASK rights, char *words, size_t room)
{
    static const struct {
        ACCESS_MASK mask;
        const char *word;
    } names[] = {
        {SECTION_MAP_READ, "read"},       {SECTION_MAP_WRITE, "write"},
        {SECTION_MAP_EXECUTE, "execute"}, {WRITE_DAC, "change rights"},
        {WRITE_OWNER, "take over"},       {DELETE, "delete"},
    };
    if ((rights & SECTION_ALL_ACCESS) == SECTION_ALL_ACCESS || (rights & GENERIC_ALL) != 0) {
        snprintf(words, room, "everything");
        return;
    }
    size_t at = 0;
    words[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if ((rights & names[i].mask) != 0 && at < room)
            at +=
                (size_t)snprintf(words + at, room - at, "%s%s", at > 0 ? ", " : "", names[i].word);
    if (at == 0)
        snprintf(words, room, "no use");
}

static void add_dacl(struct fields *fields, PACL dacl)
{
    if (dacl == NULL) {
        add_string(fields, "dacl", "none: everybody may do everything");
        return;
    }
    char line[2048] = "";
    size_t at = 0;
    for (DWORD i = 0; i < dacl->AceCount && at < sizeof line; i++) {
        ACCESS_ALLOWED_ACE *entry; /* a denying entry has the same layout */
        if (!security.get_entry(dacl, i, (void **)&entry)) {
            add_string(fields, "dacl", "unknown");
            return;
        }
        if (entry->Header.AceType > ACCESS_DENIED_ACE_TYPE)
            continue;
        char name[768], words[128];
        account_name(&entry->SidStart, name, sizeof name);
        rights_in_words(entry->Mask, words, sizeof words);
        int count =
            snprintf(line + at, sizeof line - at, "%s%s%s: %s", at > 0 ? "; " : "", name,
                     entry->Header.AceType == ACCESS_DENIED_ACE_TYPE ? " denied" : "", words);
        at += count > 0 ? (size_t)count : sizeof line;
    }
    add_string(fields, "dacl", at > 0 ? line : "empty: nobody may do anything");
}

/* The mandatory label; an object without one counts as medium. */
static const char *integrity(PACL sacl)
{
    SYSTEM_MANDATORY_LABEL_ACE *label;
    if (sacl == NULL || sacl->AceCount == 0 || !security.get_entry(sacl, 0, (void **)&label) ||
        label->Header.AceType != SYSTEM_MANDATORY_LABEL_ACE_TYPE)
        return "medium (no label)";
    DWORD level = ((const SID *)&label->SidStart)->SubAuthority[0];
    return level >= SECURITY_MANDATORY_SYSTEM_RID   ? "system"
           : level >= SECURITY_MANDATORY_HIGH_RID   ? "high"
           : level >= SECURITY_MANDATORY_MEDIUM_RID ? "medium"
           : level >= SECURITY_MANDATORY_LOW_RID    ? "low"
                                                    : "untrusted";
}

static HANDLE open_for(const char *name, DWORD rights)
{
    wchar_t wide[MAX_PATH];
    if (mapping_object_name(wide, name, "") != ERROR_SUCCESS)
        return NULL;
    return OpenFileMappingW(rights, FALSE, wide);
}

static void add_security(struct fields *fields, const char *name)
{
    HANDLE writable = open_for(name, FILE_MAP_READ | FILE_MAP_WRITE);
    add_string(fields, "access", writable != NULL ? "read, write" : "read");
    if (writable != NULL)
        CloseHandle(writable);

    HANDLE section = open_for(name, READ_CONTROL);
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PSID owner = NULL;
    PACL dacl = NULL, sacl = NULL;
    DWORD error =
        section == NULL || !find_security_calls()
            ? ERROR_ACCESS_DENIED
            : security.get_security(section, SE_KERNEL_OBJECT,
                                    OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION |
                                        LABEL_SECURITY_INFORMATION,
                                    &owner, NULL, &dacl, &sacl, &descriptor);
    if (error == ERROR_SUCCESS) {
        char account[768];
        account_name(owner, account, sizeof account);
        add_string(fields, "owner", account);
        add_dacl(fields, dacl);
        add_string(fields, "integrity", integrity(sacl));
        LocalFree(descriptor);
    } else {
        add_string(fields, "owner", "not for this user to know");
    }
    if (section != NULL)
        CloseHandle(section);
}

/* The file name of a process' program, "has ended" if there is no such process. */
static void program_name(DWORD process_id, char *name, size_t room)
{
    wchar_t path[1024];
    DWORD length = sizeof path / sizeof path[0];
    HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process_id);
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
    if (code != STILL_ACTIVE) {
        snprintf(name, room, "has ended");
    } else if (QueryFullProcessImageNameW(process, 0, path, &length)) {
        const wchar_t *base = wcsrchr(path, L'\\');
        encoding_from_wide(base != NULL ? base + 1 : path, name, room);
    } else {
        snprintf(name, room, "unknown");
    }
    CloseHandle(process);
}

static void add_age(struct fields *fields, uint64_t time)
{
    FILETIME now_time;
    GetSystemTimeAsFileTime(&now_time);
    uint64_t now = now_time.dwLowDateTime | (uint64_t)now_time.dwHighDateTime << 32;
    uint64_t seconds = now > time ? (now - time) / 10000000 : 0;
    if (fields->json) {
        add_number(fields, "age_seconds", seconds);
        return;
    }
    char digits[TEXT_DECIMAL], words[TEXT_DECIMAL + 8];
    const char *unit = seconds < 120      ? "s"
                       : seconds < 7200   ? "min"
                       : seconds < 172800 ? "h"
                                          : "days";
    uint64_t size = seconds < 120 ? 1 : seconds < 7200 ? 60 : seconds < 172800 ? 3600 : 86400;
    snprintf(words, sizeof words, "%s %s ago", text_decimal(digits, seconds / size), unit);
    add_string(fields, "age", words);
}

static void add_message(struct fields *fields, const struct source *source)
{
    bool ready;
    uint32_t capacity = message_capacity(source->region, &ready);
    struct message message = {0};
    enum message_result result = message_snapshot(source->region, &message, NULL, 0);
    add_string(fields, "kind", capacity == 0 ? "plain" : "writer");
    if (capacity == 0)
        return;
    add_number(fields, "capacity", capacity);
    add_number(fields, "messages", ready ? message.number : 0);
    if (!ready || result == MESSAGE_PLAIN || result == MESSAGE_BUSY)
        return;
    char program[384];
    program_name(message.process_id, program, sizeof program);
    add_number(fields, "length", message.length);
    add_number(fields, "code_page", message.code_page);
    add_number(fields, "process_id", message.process_id);
    add_string(fields, "program", program);
    add_key(fields, "time");
    output_string(&fields->output, fields->json ? "\"" : "");
    output_time(&fields->output, message.time);
    output_string(&fields->output, fields->json ? "\"" : "");
    end_value(fields);
    add_age(fields, message.time);
}

DWORD inspect_print(const struct source *source, bool json)
{
    struct fields fields = {.json = json};
    const struct mapping *mapping = &source->mapping;
    add_string(&fields, "name", mapping->name);
    add_string(&fields, "namespace", mapping_is_global(mapping->name) ? "Global" : "Local");
    add_number(&fields, "size", mapping->bytes);
    add_security(&fields, mapping->name);
    add_message(&fields, source);
    if (json)
        output_string(&fields.output, "}\r\n");
    return output_end(&fields.output);
}

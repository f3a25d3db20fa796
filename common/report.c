/* Notes and errors on stderr. */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <winternl.h>

#include "console.h"
#include "encoding.h"
#include "mapping.h"

#define LINE_BYTES 2048 /* of a message, which may have two names; a longer one is cut */

static const char *program_name = "";
static bool at_prompt; /* the cursor is behind one. Race: the watch may tell of an end meanwhile */
bool report_is_quiet;

/* A failure to write to stderr has nowhere to be told. What came from outside, such as a name,
 * makes no line of its own. */
static void put_line(const char *format, va_list arguments, const char *end)
{
    char message[LINE_BYTES], line[2 * LINE_BYTES], shown[4 * sizeof line];
    vsnprintf(message, sizeof message, format, arguments);
    snprintf(line, sizeof line, "%s: %s%s", program_name, message, end);
    const unsigned char *start = (const unsigned char *)line;
    struct text text = {start, start + strlen(line), TEXT_UTF8};
    size_t count = 0;
    while (text.at < text.end)
        count += text_put_in_line(text_next(&text, NULL), shown + count);
    memcpy(shown + count, "\r\n", 2);
    report_prompt("");
    console_write(GetStdHandle(STD_ERROR_HANDLE), shown, count + 2);
}

void report_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (!report_is_quiet)
        put_line(format, arguments, "");
    va_end(arguments);
}

void report_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    put_line(format, arguments, "");
    va_end(arguments);
}

void report_system(DWORD error, const char *format, ...)
{
    wchar_t wide[256];
    DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS |
                  FORMAT_MESSAGE_MAX_WIDTH_MASK; /* blanks for line ends */
    DWORD length = FormatMessageW(flags, NULL, error, 0, wide, sizeof wide / sizeof wide[0], NULL);
    while (length > 0 && wide[length - 1] == L' ')
        length--;
    wide[length < 255 ? length : 255] = L'\0';
    char system[3 * 256], end[3 * 256 + 32];
    encoding_from_wide(wide, system, sizeof system);
    snprintf(end, sizeof end, ": %s%s(error %lu)", system, length > 0 ? " " : "", error);
    va_list arguments;
    va_start(arguments, format);
    put_line(format, arguments, end);
    va_end(arguments);
}

/* Whoever touches a page of a view whose file cannot be read gets an exception, and nothing else
 * tells of it ("Reading and Writing From a File View", Microsoft Learn). */
static LONG WINAPI end_at_bad_page(EXCEPTION_POINTERS *at)
{
    const EXCEPTION_RECORD *record = at->ExceptionRecord;
    if (record->ExceptionCode != (DWORD)EXCEPTION_IN_PAGE_ERROR)
        return EXCEPTION_CONTINUE_SEARCH;
    report_system(RtlNtStatusToDosError((NTSTATUS)record->ExceptionInformation[2]),
                  "cannot read a page of the mapping");
    report_error("the file behind it is damaged, or its disk or network does not answer");
    console_restore();
    ExitProcess(2);
}

void report_start(const char *program)
{
    program_name = program;
    SetUnhandledExceptionFilter(end_at_bad_page);
}

/* Wine tells of a closed handle by ERROR_INVALID_FUNCTION where a shell has closed it. */
void report_input(DWORD error, const char *advice)
{
    if (error == ERROR_INVALID_HANDLE || error == ERROR_INVALID_FUNCTION)
        report_error("standard input is closed: %s", advice);
    else
        report_system(error, "cannot read the input");
}

void report_prompt(const char *text)
{
    HANDLE handle = GetStdHandle(STD_ERROR_HANDLE);
    if (at_prompt)
        console_write(handle, "\r\n", 2);
    at_prompt = text[0] != '\0' && !report_is_quiet;
    if (at_prompt)
        console_write(handle, text, strlen(text));
}

void report_answered(void)
{
    at_prompt = false;
}

static bool exists(enum object_kind kind, DWORD rights, const char *name)
{
    HANDLE object;
    DWORD error = object_open(&object, kind, rights, name, "");
    object_close(&object);
    return error == ERROR_SUCCESS || error == ERROR_ACCESS_DENIED;
}

/* What kind of object the name belongs to. */
static const char *kind_of(const char *name)
{
    static const char *const kinds[OBJECT_KINDS] = {[OBJECT_EVENT] = "an event",
                                                    [OBJECT_MUTEX] = "a mutex",
                                                    [OBJECT_SEMAPHORE] = "a semaphore",
                                                    [OBJECT_TIMER] = "a waitable timer",
                                                    [OBJECT_JOB] = "a job object"};
    for (int kind = OBJECT_EVENT; kind < OBJECT_KINDS; kind++)
        if (exists((enum object_kind)kind, READ_CONTROL, name))
            return kinds[kind];
    return "another kind of object";
}

/* "Global\" or "Local\" if the name starts with it but for the case or a slash for the backslash.
 */
static const char *intended_namespace(const char *name)
{
    static const char *const prefixes[] = {"Global\\", "Local\\"};
    for (int i = 0; i < 2; i++) {
        size_t length = strlen(prefixes[i]);
        if (strncmp(name, prefixes[i], length) != 0 &&
            _strnicmp(name, prefixes[i], length - 1) == 0 &&
            (name[length - 1] == '\\' || name[length - 1] == '/'))
            return prefixes[i];
    }
    return NULL;
}

static void advise_name(const char *name)
{
    const char *prefix = intended_namespace(name);
    if (prefix != NULL)
        report_error("write the namespace exactly as %s, with a backslash: --name %s%s", prefix,
                     prefix, name + strlen(prefix));
    else
        report_error("a backslash may only end the namespace: Global\\NAME or Local\\NAME");
}

static void advise_not_found(const char *name)
{
    char other[OBJECT_NAME_ROOM];
    mapping_other_name(other, name);
    if (exists(OBJECT_SECTION, FILE_MAP_READ, other))
        report_error("there is a mapping %s: use --name %s", other, other);
    else if (intended_namespace(name) != NULL)
        advise_name(name);
    else
        report_error("no program holds it now; start its writer, or wait for a text by --wait; "
                     "--list shows those that exist");
}

void report_mapping(DWORD error, const char *action, const char *name)
{
    report_system(error, "cannot %s the mapping %s", action, name);
    switch (error) {
    case ERROR_ACCESS_DENIED:
        report_error("it belongs to another user or an elevated program: run as that user or as "
                     "administrator, or let its writer --share it");
        break;
    case ERROR_FILE_NOT_FOUND:
        advise_not_found(name);
        break;
    case ERROR_PATH_NOT_FOUND:
    case ERROR_BAD_PATHNAME:
        advise_name(name);
        break;
    case ERROR_INVALID_NAME:
        report_error("give it a name: --name NAME, without it %s is used", MAPPING_NAME);
        break;
    case ERROR_INVALID_HANDLE:
        report_error(
            "the name belongs to %s; mappings share one namespace with events, mutexes and "
            "others: use another name",
            kind_of(name));
        break;
    case ERROR_FILENAME_EXCED_RANGE:
        report_error("a name has at most %d characters, for writer %d", OBJECT_NAME_MAX,
                     WRITER_NAME_MAX);
        break;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_COMMITMENT_LIMIT:
        report_error("there is not that much memory: %send other programs, or use the 64-bit "
                     "program",
                     strcmp(action, "create") == 0 ? "use a smaller --size, " : "");
        break;
    case ERROR_WRITE_PROTECT:
        report_error("its owner has made its pages read-only: reader can show it, nobody write it");
        break;
    case ERROR_INVALID_ADDRESS:
        report_error("its owner has reserved the memory and not committed it yet: try again later");
        break;
    default:
        break;
    }
}

void report_stand_in(const char *wanted, const char *found)
{
    report_note("%s needs administrator rights to create; using %s, which only programs of this "
                "logon session see (run as administrator for all sessions)",
                wanted, found);
}

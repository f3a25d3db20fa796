/* What to do about an error, where the cause is known. */
#include "advice.h"

#include <stdio.h>
#include <string.h>

#include "mapping.h"
#include "report.h"

static bool exists_as_mapping(const char *name)
{
    wchar_t wide[MAX_PATH];
    if (mapping_object_name(wide, name, "") != ERROR_SUCCESS)
        return false;
    HANDLE section = OpenFileMappingW(FILE_MAP_READ, FALSE, wide);
    DWORD error = GetLastError();
    if (section != NULL)
        CloseHandle(section);
    return section != NULL || error == ERROR_ACCESS_DENIED;
}

const char *advice_kind(const char *name)
{
    static const char *const kinds[] = {"an event", "a mutex", "a semaphore", "a waitable timer",
                                        "a job object"};
    HANDLE(WINAPI * open[])
    (DWORD, BOOL, LPCWSTR) = {OpenEventW, OpenMutexW, OpenSemaphoreW, OpenWaitableTimerW,
                              OpenJobObjectW};
    wchar_t wide[MAX_PATH];
    if (mapping_object_name(wide, name, "") != ERROR_SUCCESS)
        return NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        HANDLE object = open[i](READ_CONTROL, FALSE, wide);
        DWORD error = GetLastError();
        if (object != NULL)
            CloseHandle(object);
        if (object != NULL || error == ERROR_ACCESS_DENIED)
            return kinds[i];
    }
    return NULL;
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
    char other[MAPPING_NAME_ROOM];
    snprintf(other, sizeof other, "%s%s", mapping_is_global(name) ? "Local\\" : "Global\\",
             mapping_base_name(name));
    if (exists_as_mapping(other))
        report_error("there is a mapping %s: use --name %s", other, other);
    else if (intended_namespace(name) != NULL)
        advise_name(name);
    else
        report_error("no program holds it now; start its writer, or use --wait; --list shows those "
                     "that exist");
}

void advice_report(DWORD error, const char *action, const char *name)
{
    report_system(error, "cannot %s the mapping %s", action, name);
    const char *kind;
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
        kind = advice_kind(name);
        report_error(
            "the name belongs to %s; mappings share one namespace with events, mutexes and "
            "others: use another name",
            kind != NULL ? kind : "another kind of object");
        break;
    case ERROR_FILENAME_EXCED_RANGE:
        report_error("a name has at most %d characters", MAPPING_NAME_MAX);
        break;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_COMMITMENT_LIMIT:
        report_error("there is not that much memory: use a smaller --size, end other programs, or "
                     "use the 64-bit program");
        break;
    case ERROR_INVALID_ADDRESS:
        report_error("its owner has reserved the memory and not committed it yet: try again later");
        break;
    default:
        break;
    }
}

void advice_stand_in(const char *wanted, const char *found)
{
    report_note("%s needs administrator rights to create; using %s, which only programs of this "
                "logon session see (run as administrator for all sessions)",
                wanted, found);
}

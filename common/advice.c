/* What to do about an error of a mapping. */
#include "advice.h"

#include <string.h>

#include "layout.h"
#include "names.h"
#include "objects.h"
#include "report.h"

static bool exists(const char *name)
{
    HANDLE section;
    DWORD error = object_open(&section, OBJECT_SECTION, FILE_MAP_READ, name, "");
    object_close(&section);
    return error == ERROR_SUCCESS || error == ERROR_ACCESS_DENIED;
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
    const char *doubled = strstr(name, "\\\\");
    if (doubled != NULL)
        report_error("write one backslash: --name %.*s%s", (int)(doubled - name), name,
                     doubled + 1);
    else if (prefix != NULL)
        report_error("write the namespace exactly as %s, with a backslash: --name %s%s", prefix,
                     prefix, name + strlen(prefix));
    else if (strncmp(name, "Session\\", 8) == 0 ||
             strncmp(name, "AppContainerNamedObjects\\", 25) == 0)
        report_error("there is no such session or container: --list shows the names that exist");
    else
        report_error("a backslash may only end the namespace: Global\\NAME or Local\\NAME");
}

static void advise_not_found(const char *name)
{
    char other[NAME_ROOM];
    name_other(other, name);
    if (exists(other))
        report_error("there is a mapping %s: use --name %s", other, other);
    else if (intended_namespace(name) != NULL)
        advise_name(name);
    else
        report_error("no program has it open: start the program that makes it, use --wait, or "
                     "--list to see which mappings exist");
}

void advice_mapping(DWORD error, const char *action, const char *name)
{
    bool reads = strcmp(action, "open") == 0;
    report_system(error, "cannot %s the mapping %s", action, name);
    switch (error) {
    case ERROR_ACCESS_DENIED:
        report_error(reads ? "it belongs to another user or an elevated program: run as that user "
                             "or as administrator, or start its writer with --share"
                           : "it belongs to another user or an elevated program, or is read-only: "
                             "run as that user or as administrator, or use another --name");
        break;
    case ERROR_FILE_NOT_FOUND:
        advise_not_found(name);
        break;
    case ERROR_PATH_NOT_FOUND:
    case ERROR_BAD_PATHNAME:
        advise_name(name);
        break;
    case ERROR_INVALID_NAME:
        if (strstr(name, "\\\\") != NULL)
            advise_name(name);
        else
            report_error("give it a name: --name NAME; without --name it is %s", MAPPING_NAME);
        break;
    case ERROR_INVALID_HANDLE:
        report_error("another kind of object has that name (an event, a mutex or the like): use "
                     "another --name");
        break;
    case ERROR_FILENAME_EXCED_RANGE:
        report_error("use a shorter --name");
        break;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_COMMITMENT_LIMIT:
        report_error("there is not that much memory: %send other programs, or use the 64-bit "
                     "program",
                     strcmp(action, "create") == 0 ? "use a smaller --size, " : "");
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

/* Names of mappings and of the objects that belong to them. */
#include "names.h"

#include <stdio.h>
#include <string.h>

#include "encoding.h"

#define GLOBAL "Global\\"
#define LOCAL  "Local\\"

bool name_is_global(const char *name)
{
    return strncmp(name, GLOBAL, strlen(GLOBAL)) == 0;
}

const char *name_base(const char *name)
{
    if (name_is_global(name))
        return name + strlen(GLOBAL);
    return strncmp(name, LOCAL, strlen(LOCAL)) == 0 ? name + strlen(LOCAL) : name;
}

void name_other(char other[NAME_ROOM], const char *name)
{
    snprintf(other, NAME_ROOM, "%s%s", name_is_global(name) ? LOCAL : GLOBAL, name_base(name));
}

DWORD name_to_wide(wchar_t wide[NAME_WIDE_ROOM], const char *name, const char *suffix)
{
    char whole[NAME_ROOM];
    const char *base = name_base(name);
    size_t most = (suffix[0] != '\0' ? WRITER_NAME_MAX_UNITS : NAME_MAX_UNITS) +
                  (size_t)(base - name) + strlen(suffix);
    if (base[0] == '\0')
        return ERROR_INVALID_NAME;
    int length = snprintf(whole, sizeof whole, "%s%s", name, suffix);
    if (length < 0 || (size_t)length >= sizeof whole ||
        !encoding_to_wide(whole, wide, NAME_WIDE_ROOM) || wcslen(wide) > most)
        return ERROR_FILENAME_EXCED_RANGE;
    return ERROR_SUCCESS;
}

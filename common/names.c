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

void name_space(char space[NAME_ROOM], const char *name)
{
    const char *end = strrchr(name, '\\');
    snprintf(space, NAME_ROOM, "%.*s", end != NULL ? (int)(end - name) : 5,
             end != NULL ? name : "Local");
}

DWORD name_to_wide(wchar_t wide[NAME_WIDE_ROOM], const char *name, const char *suffix)
{
    char whole[NAME_ROOM];
    if (name_base(name)[0] == '\0')
        return ERROR_INVALID_NAME;
    int length = snprintf(whole, sizeof whole, "%s%s", name, suffix);
    if (length < 0 || (size_t)length >= sizeof whole ||
        !encoding_to_wide(whole, wide, NAME_WIDE_ROOM))
        return ERROR_FILENAME_EXCED_RANGE;
    return ERROR_SUCCESS;
}

/* The character that an escape at `at` stands for, and its length; 0 if it is none. */
static size_t read_escape(const wchar_t *at, wchar_t *character)
{
    size_t digits = at[0] != L'\\' ? 0 : at[1] == L'x' ? 2 : at[1] == L'u' ? 4 : 0;
    char written[TEXT_PUT_MAX];
    *character = 0;
    for (size_t i = 0; i < digits; i++) {
        wchar_t digit = at[2 + i];
        bool decimal = digit >= L'0' && digit <= L'9';
        if (!decimal && !(digit >= L'a' && digit <= L'f'))
            return 0;
        *character = (wchar_t)(*character << 4 | (decimal ? digit - L'0' : digit - L'a' + 10));
    }
    bool escaped =
        digits > 0 && text_put_in_line(*character, written) == 2 + digits && written[0] == '\\';
    return escaped ? 2 + digits : 0;
}

bool name_unescape(wchar_t *wide)
{
    wchar_t *to = wide;
    bool found = false;
    for (const wchar_t *from = wide; *from != L'\0'; to++) {
        wchar_t character;
        size_t length = read_escape(from, &character);
        found |= length > 0;
        *to = length > 0 ? character : *from;
        from += length > 0 ? length : 1;
    }
    *to = L'\0';
    return found;
}

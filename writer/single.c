/* One message from words, an environment variable or the whole input. */
#include "single.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "encoding.h"
#include "input.h"
#include "typed.h"

#define NAME_UNITS                                                                                 \
    32767 /* no variable's name is longer ("Environment Variables", Microsoft Learn) */

DWORD single_from_words(char **words, char **text, size_t *bytes)
{
    size_t room = 1;
    for (char **word = words; *word != NULL; word++)
        room += strlen(*word) + 1;
    char *at = *text = malloc(room);
    if (*text == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    for (char **word = words; *word != NULL; word++) {
        size_t length = strlen(*word);
        if (word != words)
            *at++ = ' ';
        memcpy(at, *word, length);
        at += length;
    }
    *bytes = (size_t)(at - *text);
    return ERROR_SUCCESS;
}

DWORD single_from_variable(const char *name, char **text, size_t *bytes)
{
    static wchar_t wide_name[NAME_UNITS], value[NAME_UNITS]; /* the longest value, too */
    *text = NULL;
    if (!encoding_to_wide(name, wide_name, NAME_UNITS))
        return ERROR_ENVVAR_NOT_FOUND;
    SetLastError(ERROR_SUCCESS); /* an empty value is no error, and has no length */
    DWORD units = GetEnvironmentVariableW(wide_name, value, NAME_UNITS);
    if (units == 0 && GetLastError() != ERROR_SUCCESS)
        return GetLastError();
    if (units >= NAME_UNITS)
        return ERROR_INSUFFICIENT_BUFFER;
    size_t room = 3 * (size_t)units + 5;
    *text = malloc(room);
    if (*text == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    encoding_from_wide(value, *text, room);
    *bytes = strlen(*text);
    return ERROR_SUCCESS;
}

static DWORD append(char **text, size_t *bytes, const char *more, size_t count)
{
    char *larger = realloc(*text, *bytes + count + 1);
    if (larger == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    *text = larger;
    memcpy(larger + *bytes, more, count);
    *bytes += count;
    return ERROR_SUCCESS;
}

static DWORD read_console(HANDLE console, char **text, size_t *bytes)
{
    DWORD error = ERROR_SUCCESS;
    for (bool ended = false; !ended && error == ERROR_SUCCESS;) {
        char *line;
        size_t count;
        error = typed_read_line(console, &line, &count, &ended);
        if (error == ERROR_SUCCESS)
            error = append(text, bytes, line, count);
        if (error == ERROR_SUCCESS && !ended)
            error = append(text, bytes, "\r\n", 2);
    }
    return error;
}

DWORD single_from_input(HANDLE input, char **text, size_t *bytes)
{
    *text = NULL;
    *bytes = 0;
    return console_is(input) ? read_console(input, text, bytes)
                             : input_read_all(input, text, bytes);
}

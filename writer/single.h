/* One message from words, an environment variable or the whole input: memory that the caller frees,
 * also after an error. */
#ifndef SINGLE_H
#define SINGLE_H

#include <windows.h>

/* The words, which NULL ends, joined by single spaces. Errors: ERROR_NOT_ENOUGH_MEMORY. */
DWORD single_from_words(char **words, char **text, size_t *bytes);

/* The value of an environment variable, as UTF-8. Errors: ERROR_ENVVAR_NOT_FOUND,
 * ERROR_NOT_ENOUGH_MEMORY. */
DWORD single_from_variable(const char *name, char **text, size_t *bytes);

/* All input to its end: bytes as they are or, of a console, lines in UTF-8 that end in CR LF.
 * Errors: those of reading, ERROR_NOT_ENOUGH_MEMORY. */
DWORD single_from_input(HANDLE input, char **text, size_t *bytes);

#endif

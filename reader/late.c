/* Functions of Windows that are looked up when they are needed. */
#include "late.h"

#include <string.h>
#include <windows.h>

bool late_find(void *function, const wchar_t *dll, const char *name)
{
    HMODULE module = LoadLibraryW(dll);
    FARPROC found = module != NULL ? GetProcAddress(module, name) : NULL;
    memcpy(function, &found, sizeof found); /* C has no cast between these */
    return found != NULL;
}

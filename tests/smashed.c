/* Writes beyond a variable on its stack, in the way that its argument names: what the start-up code
 * of both programs does about it is tested by pe.sh. */
#include <string.h>
#include <wchar.h>
#include <windows.h>

static void overrun(volatile char *bytes, size_t count)
{
    while (count-- > 0)
        bytes[count] = 'x';
}

int wmain(int argc, wchar_t **argv); /* no header of the toolchain declares it */
int wmain(int argc, wchar_t **argv)
{
    char room[16] = "";
    size_t count = argc > 2 ? (size_t)wcstol(argv[2], NULL, 10) : 0;
    if (argc > 2 && wcscmp(argv[1], L"copy") == 0)
        memcpy(room, GetCommandLineA(), count);
    else
        overrun(room, count);
    return room[0] == 'x';
}

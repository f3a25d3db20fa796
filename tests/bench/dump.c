/* A bare loop that writes 256 MiB, or as many as it is told, from memory to stdout. */
#include <stdlib.h>
#include <string.h>
#include <windows.h>

int wmain(int argc, wchar_t **argv); /* no header of the toolchain declares it */
int wmain(int argc, wchar_t **argv)
{
    static char block[1 << 20];
    memset(block, 'd', sizeof block);
    for (long left = argc > 1 ? wcstol(argv[1], NULL, 10) : 256; left > 0; left--) {
        DWORD written;
        if (!WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), block, sizeof block, &written, NULL))
            return 1;
    }
    return 0;
}

/* A bare loop that writes the mapping of the given name to stdout: the least that a dump costs. */
#include <windows.h>

#define PART (1u << 20) /* bytes of one write, as reader's */

int wmain(int argc, wchar_t **argv); /* no header of the toolchain declares it */
int wmain(int argc, wchar_t **argv)
{
    MEMORY_BASIC_INFORMATION memory;
    HANDLE section = argc > 1 ? OpenFileMappingW(FILE_MAP_READ, FALSE, argv[1]) : NULL;
    const char *at = section != NULL ? MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0) : NULL;
    if (at == NULL || VirtualQuery(at, &memory, sizeof memory) == 0)
        return 1;
    for (size_t left = memory.RegionSize; left > 0;) {
        DWORD part = left < PART ? (DWORD)left : PART, written;
        if (!WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), at, part, &written, NULL))
            return 1;
        at += part;
        left -= part;
    }
    return 0;
}

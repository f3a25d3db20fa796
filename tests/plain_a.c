/* The documented program A, as naive as it is: prints the text in the mapping, prompts, waits for a
 * line (or a key, if its stdin is a console). Not a test; t_pair.c runs it beside ours. */
#include <stdio.h>
#include <windows.h>

int main(void)
{
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 256,
                                        "Global\\MyFileMappingObject");
    if (section == NULL) {
        printf("Could not create file mapping object (%lu).\n", GetLastError());
        return 1;
    }
    const char *text = MapViewOfFile(section, FILE_MAP_ALL_ACCESS, 0, 0, 256);
    if (text == NULL) {
        printf("Could not map view of file (%lu).\n", GetLastError());
        CloseHandle(section);
        return 1;
    }
    for (;;) {
        printf("%s\nPress a key: ", text);
        fflush(stdout);
        if (getchar() == EOF)
            break;
    }
    UnmapViewOfFile(text);
    CloseHandle(section);
    return 0;
}

/* The documented program B, as naive as it is: prompts, reads a word, and copies its whole buffer,
 * whatever lies behind the word, into the mapping. Not a test; t_pair.c runs it beside ours. */
#include <stdio.h>
#include <string.h>
#include <windows.h>

int main(void)
{
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 256,
                                        "Global\\MyFileMappingObject");
    if (section == NULL) {
        printf("Could not create file mapping object (%lu).\n", GetLastError());
        return 1;
    }
    char *view = MapViewOfFile(section, FILE_MAP_ALL_ACCESS, 0, 0, 256);
    if (view == NULL) {
        printf("Could not map view of file (%lu).\n", GetLastError());
        CloseHandle(section);
        return 1;
    }
    char word[256];
    memset(word, '#', sizeof word); /* stands for what an uninitialised buffer holds */
    for (;;) {
        printf("Message: ");
        fflush(stdout);
        if (scanf("%255s", word) != 1)
            break;
        memcpy(view, word, sizeof word);
        printf("copied %s\n", word);
    }
    UnmapViewOfFile(view);
    CloseHandle(section);
    return 0;
}

/* A game that lets others see its speed and gear, as Assetto Corsa does: struct game in the mapping
 * "game", changed eight times a second until a key is pressed. Not a test; scripts/screenshot.sh
 * shows it under `reader --field`. */
#include <conio.h>
#include <stdio.h>
#include <windows.h>

struct game {
    INT32 packet;
    float gas, brake, fuel;
    INT32 gear, revolutions_per_minute;  /* gear: at byte 16 */
    float steering, kilometres_per_hour; /* speed: at byte 28 */
};

int main(void)
{
    HANDLE section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0,
                                        sizeof(struct game), L"game");
    volatile struct game *game =
        section != NULL ? MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0) : NULL;
    if (game == NULL) {
        printf("game: error %lu\n", GetLastError());
        return 1;
    }
    printf("driving; any key ends\n");
    for (INT32 packet = 1; !_kbhit(); packet++) {
        INT32 lap = packet % 64;
        game->packet = packet;
        game->kilometres_per_hour = 90 + (float)(lap < 48 ? lap * 2 : (64 - lap) * 6) * 1.75f;
        game->gear = 1 + (INT32)game->kilometres_per_hour / 30;
        Sleep(125);
    }
    _getch();
    return 0;
}

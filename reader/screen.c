/* A second screen buffer of a console. */
#include "screen.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

DWORD screen_open(struct screen *screen)
{
    CONSOLE_SCREEN_BUFFER_INFO info;
    CONSOLE_CURSOR_INFO cursor = {.dwSize = 1, .bVisible = FALSE};
    *screen = (struct screen){.first = GetStdHandle(STD_OUTPUT_HANDLE)};
    if (!GetConsoleScreenBufferInfo(screen->first, &info) ||
        !GetConsoleMode(screen->first, &screen->mode))
        return GetLastError();
    WORD plain = info.wAttributes & 0xFF;
    screen->attributes[SCREEN_PLAIN] = plain;
    screen->attributes[SCREEN_HEADING] = plain | FOREGROUND_INTENSITY;
    screen->attributes[SCREEN_CHANGED] = (WORD)((plain & 0x0F) << 4 | (plain & 0xF0) >> 4);
    HANDLE second =
        CreateConsoleScreenBuffer(GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                  NULL, CONSOLE_TEXTMODE_BUFFER, NULL);
    if (second == INVALID_HANDLE_VALUE)
        return GetLastError();
    screen->second = second;
    /* What reaches the right edge is not continued in the next row. */
    if (!SetConsoleMode(second, screen->mode & ~(DWORD)ENABLE_WRAP_AT_EOL_OUTPUT) ||
        !SetConsoleCursorInfo(second, &cursor) || !SetConsoleActiveScreenBuffer(second))
        return GetLastError();
    return ERROR_SUCCESS;
}

DWORD screen_begin(struct screen *screen)
{
    CONSOLE_SCREEN_BUFFER_INFO info;
    if (!GetConsoleScreenBufferInfo(screen->second, &info))
        return GetLastError();
    int columns = info.srWindow.Right - info.srWindow.Left + 1;
    int rows = info.srWindow.Bottom - info.srWindow.Top + 1;
    size_t cells = (size_t)columns * (size_t)rows;
    if (columns != screen->columns || rows != screen->rows) {
        free(screen->next);
        free(screen->drawn);
        screen->next = calloc(cells, sizeof *screen->next);
        screen->drawn = calloc(cells, sizeof *screen->drawn); /* nothing was drawn */
        if (screen->next == NULL || screen->drawn == NULL)
            return ERROR_NOT_ENOUGH_MEMORY;
        screen->columns = columns;
        screen->rows = rows;
    }
    for (size_t i = 0; i < cells; i++)
        screen->next[i] = (struct screen_cell){' ', SCREEN_PLAIN};
    screen->column = screen->row = 0;
    return ERROR_SUCCESS;
}

/* Columns that a console gives to a character: two to those of East Asia and to emoji, none to
 * marks that join the one before ("East Asian Width", Unicode Standard Annex 11, in short). */
static int width_of(uint32_t character)
{
    static const struct {
        uint32_t first, last;
        int width;
    } ranges[] = {{0x300, 0x36F, 0},    {0x200B, 0x200F, 0}, {0xFE00, 0xFE0F, 0},
                  {0x1100, 0x115F, 2},  {0x2E80, 0x303E, 2}, {0x3041, 0xA4CF, 2},
                  {0xAC00, 0xD7A3, 2},  {0xF900, 0xFAFF, 2}, {0xFE30, 0xFE6F, 2},
                  {0xFF01, 0xFF60, 2},  {0xFFE0, 0xFFE6, 2}, {0x1F300, 0x1FAFF, 2},
                  {0x20000, 0x3FFFD, 2}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return ranges[i].width;
    return 1;
}

void screen_put_string(struct screen *screen, const char *ascii, enum screen_style style)
{
    while (*ascii != '\0')
        screen_put(screen, (unsigned char)*ascii++, style);
}

void screen_put(struct screen *screen, uint32_t character, enum screen_style style)
{
    char escape[TEXT_PUT_MAX + 1];
    size_t length = character == '\t' ? 0 : text_put_escape(character, 0, escape);
    int width = width_of(character);
    if (character == '\t') {
        character = ' ';
    } else if (length > 0) {
        escape[length] = '\0';
        screen_put_string(screen, escape, style);
        return;
    }
    if (width == 0 || screen->column + width > screen->columns || screen->row >= screen->rows)
        return;
    struct screen_cell *cell = &screen->next[screen->row * screen->columns + screen->column];
    cell[0] = (struct screen_cell){character, style};
    if (width == 2)
        cell[1] = (struct screen_cell){0, style};
    screen->column += width;
}

bool screen_next_row(struct screen *screen)
{
    screen->column = 0;
    screen->row++;
    return screen->row < screen->rows;
}

/* Writes cells of one style. */
static DWORD write_run(const struct screen *screen, const struct screen_cell *cells, int count)
{
    wchar_t units[256];
    DWORD written;
    while (count > 0) {
        DWORD length = 0;
        for (; count > 0 && length < 254; count--, cells++)
            if (cells->character != 0)
                length += (DWORD)text_put_utf16(cells->character, (uint16_t *)units + length);
        if (!WriteConsoleW(screen->second, units, length, &written, NULL))
            return GetLastError();
    }
    return ERROR_SUCCESS;
}

static DWORD draw_row(const struct screen *screen, int row)
{
    const struct screen_cell *cells = &screen->next[row * screen->columns];
    DWORD error = ERROR_SUCCESS;
    if (!SetConsoleCursorPosition(screen->second, (COORD){0, (SHORT)row}))
        return GetLastError();
    for (int from = 0, to; from < screen->columns && error == ERROR_SUCCESS; from = to) {
        for (to = from + 1; to < screen->columns && cells[to].style == cells[from].style; to++)
            ;
        SetConsoleTextAttribute(screen->second, screen->attributes[cells[from].style]);
        error = write_run(screen, cells + from, to - from);
    }
    return error;
}

DWORD screen_show(struct screen *screen)
{
    size_t bytes = (size_t)screen->columns * sizeof *screen->next;
    bool drawn = false;
    for (int row = 0; row < screen->rows; row++) {
        size_t at = (size_t)row * (size_t)screen->columns;
        if (memcmp(screen->next + at, screen->drawn + at, bytes) == 0)
            continue;
        DWORD error = draw_row(screen, row);
        if (error != ERROR_SUCCESS)
            return error;
        memcpy(screen->drawn + at, screen->next + at, bytes);
        drawn = true;
    }
    /* A window that is narrower than its buffer has followed the cursor beyond its edge. */
    if (drawn && !SetConsoleCursorPosition(screen->second, (COORD){0, 0}))
        return GetLastError();
    return ERROR_SUCCESS;
}

/* Wine's terminal goes on showing the second buffer, so it is left empty. */
void screen_close(struct screen *screen)
{
    if (screen->second != NULL) {
        if (screen_begin(screen) == ERROR_SUCCESS)
            screen_show(screen);
        SetConsoleActiveScreenBuffer(screen->first);
        SetConsoleMode(screen->first, screen->mode); /* Wine has one mode for both buffers */
        CloseHandle(screen->second);
    }
    free(screen->next);
    free(screen->drawn);
    *screen = (struct screen){0};
}

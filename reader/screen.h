/*
 * A second screen buffer of a console, for what is redrawn in place: rows of styled characters, of
 * which only those that have changed are written. Leaving it shows the first one again.
 */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <windows.h>

enum screen_style { SCREEN_PLAIN, SCREEN_HEADING, SCREEN_CHANGED, SCREEN_STYLES };

struct screen_cell {
    uint32_t character; /* 0: the right half of a wide one */
    uint32_t style;
};

struct screen {
    HANDLE first, second;
    DWORD mode; /* of the first */
    WORD attributes[SCREEN_STYLES];
    int columns, rows; /* of the window */
    int column, row;   /* where the next character goes */
    struct screen_cell *next, *drawn;
};

/* Opens the second buffer of the console that stdout is. Close it also after an error. Errors:
 * those of the console, ERROR_NOT_ENOUGH_MEMORY. */
DWORD screen_open(struct screen *screen);
void screen_close(struct screen *screen);

/* Begins a new picture, as large as the window is now. Errors as above. */
DWORD screen_begin(struct screen *screen);

/* Adds a character to the row; what does not fit is cut. Controls and bidirectional control
 * characters are escaped. */
void screen_put(struct screen *screen, uint32_t character, enum screen_style style);
void screen_put_string(struct screen *screen, const char *ascii, enum screen_style style);

/* Goes to the next row. False if there is none. */
bool screen_next_row(struct screen *screen);

/* Shows the picture. Errors: those of the console. */
DWORD screen_show(struct screen *screen);

#endif

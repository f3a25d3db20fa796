/*
 * What the programs say on stderr: notes and errors, each line headed by the program's name, worded
 * in one place. All text is UTF-8; on a console it is written as characters, controls escaped.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <windows.h>

#define REPORT_FORMAT(string, first) __attribute__((format(__printf__, string, first)))

/* Sets the program's name, for all that follows. */
void report_start(const char *program);

/* No notes from now on; errors are still told. */
void report_quiet(void);

/* A line that informs: "writer: ...". */
void report_note(const char *format, ...) REPORT_FORMAT(1, 2);

/* A line that says what is wrong: "writer: ...". */
void report_error(const char *format, ...) REPORT_FORMAT(1, 2);

/* The same with the system's text: "writer: cannot ...: Access is denied. (error 5)". */
void report_system(DWORD error, const char *format, ...) REPORT_FORMAT(2, 3);

/* Text without a name or a line end before which the user types; not shown when quiet. */
void report_prompt(const char *text);

#endif

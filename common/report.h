/*
 * What the programs say on stderr: notes and errors, each line headed by the program's name, worded
 * in one place. All text is UTF-8; controls and line ends in what came from outside are escaped.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <windows.h>

#define REPORT_FORMAT(string, first) __attribute__((format(__printf__, string, first)))

/* Sets the program's name, for all that follows. */
void report_start(const char *program);

/* Set for no notes and prompts; errors are still told. */
extern bool report_is_quiet;

/* A line that informs: "writer: ...". */
void report_note(const char *format, ...) REPORT_FORMAT(1, 2);

/* A line that says what is wrong: "writer: ...". */
void report_error(const char *format, ...) REPORT_FORMAT(1, 2);

/* The same with the system's text: "writer: cannot ...: Access is denied. (error 5)". */
void report_system(DWORD error, const char *format, ...) REPORT_FORMAT(2, 3);

/* Reports that standard input cannot be read; if it is closed, in the words of `advice`. */
void report_input(DWORD error, const char *advice);

/* Text without a name or a line end, behind which the user types; not shown when quiet. What is
 * reported next begins a new line, unless report_answered is called before. An empty text only ends
 * the line of the last one. */
void report_prompt(const char *text);
void report_answered(void);

#endif

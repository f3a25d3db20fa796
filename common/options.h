/* Command lines, parsed by getopt_long over UTF-8 arguments. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <wchar.h>

/* The entry point of both programs (-municode), which MinGW-w64's headers do not declare. */
int wmain(int argc, wchar_t **wide);

/* The arguments as UTF-8, NULL-terminated, in memory that lives as long as the process. NULL if
 * there is no memory. */
char **options_arguments(int argc, wchar_t **wide);

/* The next option's letter, -1 after the last, '?' after one that is wrong, which was then reported
 * by its word. `table` is getopt_long's; every `val` is the short option. */
int options_next(int argc, char **argv, const struct option *table);

/* True if the first argument is /?, which getopt_long does not know. */
bool options_asks_help(char **argv);

/* Writes --help's or --version's text to stdout. */
bool options_show(const char *text);

/* These take optarg apart and report what is wrong with it, naming the option. */
bool options_size(const char *option, uint64_t least, uint64_t most, uint64_t *value);
bool options_seconds(const char *option, uint32_t *milliseconds);

#endif

/*
 * Command lines: what an option is stands in one table, from which --help, the short letters and
 * the parsing come. getopt_long takes the line apart, over UTF-8 arguments.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <wchar.h>

/* What an option's value is, and so what `to` points at. */
enum option_kind {
    OPTION_SWITCH,   /* none; bool, set to true */
    OPTION_CHOICE,   /* none; int, set to `least`; one option of those with the same `to` */
    OPTION_WORD,     /* const char * */
    OPTION_WORDS,    /* struct option_words: the option may be repeated */
    OPTION_COUNT,    /* a number from `least` to `most`; uint64_t */
    OPTION_SIZE,     /* the same; if it is wrong, K, M and G are advised */
    OPTION_SECONDS,  /* uint32_t, milliseconds */
    OPTION_ENCODING, /* uint32_t, the code page; "auto" is one if `least` is not 0 */
    OPTION_HELP,     /* none of these has a `to` */
    OPTION_VERSION,
    OPTION_GROUP /* no option: `name` is the heading of those that follow */
};

#define OPTION_MOST_WORDS 64
struct option_words {
    const char *words[OPTION_MOST_WORDS];
    size_t count;
};

struct option_line {
    const char *name; /* without its dashes; NULL ends the table */
    char letter;      /* 0: none */
    const char
        *value; /* as --help shows it; NULL: none; in brackets: it is a word that may follow */
    const char *help; /* one line */
    enum option_kind kind;
    void *to;
    uint64_t least, most;
};

struct program {
    const char *name;
    const char *usage; /* --help begins with this, */
    const struct option_line *options;
    const char *notes; /* and ends with this */
};

/* A line of a table that begins a group. */
#define OPTIONS_GROUP(heading)                                                                     \
    {                                                                                              \
        heading, 0, NULL, NULL, OPTION_GROUP, NULL, 0, 0                                           \
    }

/* The last lines of every table. */
#define OPTIONS_OF_BOTH                                                                            \
    {"quiet", 'q', NULL, "no prompts and notes", OPTION_SWITCH, &report_is_quiet, 0, 0},           \
        {"help", 'h', NULL, "this text", OPTION_HELP, NULL, 0, 0},                                 \
        {"version", 'V', NULL, "the version", OPTION_VERSION, NULL, 0, 0},                         \
    {                                                                                              \
        NULL, 0, NULL, NULL, OPTION_SWITCH, NULL, 0, 0                                             \
    }

/* The entry point of both programs (-municode), which MinGW-w64's headers do not declare. */
int wmain(int argc, wchar_t **wide);

/*
 * Takes the command line; `*words` is what is left of it, NULL-terminated. True: go on. False: end
 * with `*status`, since --help or --version was shown (0) or a word is wrong and was reported (2).
 * The words' memory lives as long as the process.
 */
bool options_take(const struct program *program, int argc, wchar_t **wide, char ***words,
                  int *status);

#endif

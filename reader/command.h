/* The command line of reader. */
#ifndef COMMAND_H
#define COMMAND_H

#include "field.h"
#include "options.h"
#include "print.h"
#include "source.h"

enum command_way { BY_KEY, ONCE, WAIT, FOLLOW, LIVE, INFO, LIST };
enum command_form { AS_TEXT, AS_JSON, AS_BYTES, AS_HEX };

/* What the command line says. */
struct command {
    struct source_options source;
    struct print_options print;
    int way;             /* enum command_way */
    int form;            /* enum command_form */
    uint64_t count;      /* messages to show, 0: no end */
    uint32_t timeout_ms; /* INFINITE: none */
    bool peek;
    struct field *fields; /* of --field, in their order */
    size_t field_count;
    const char *pattern; /* of --list, or NULL */
};

/* True for --raw and --hex. */
bool command_is_dump(const struct command *command);

/* Looks at what the command line asks for: fields, bytes or text. Errors: those of source_look. */
DWORD command_look(const struct command *command, struct source *source, struct sight *sight);

/* Takes the command line. NULL: end with `*status`; what is wrong was reported. The result lives as
 * long as the process. */
const struct command *command_take(int argc, wchar_t **wide, int *status);

#endif

/* The ways of reading: on each key, once, as it comes, and about the mapping itself. */
#ifndef WAYS_H
#define WAYS_H

#include "print.h"
#include "source.h"

/* Exit status; CLOSED ends the program as DONE does: who read the output has seen enough. */
enum { DONE = 0, NOTHING = 1, FAILED = 2, CLOSED = 3 };

enum way { BY_KEY, ONCE, WAIT, FOLLOW, INFO, LIST };

struct reader {
    struct source source;
    enum way way;
    enum print_form form;
    const char *pattern; /* of --list */
    uint64_t count;      /* of messages to show; 0: no end */
    uint64_t shown;
    uint32_t timeout_ms;
    bool looked;          /* once at least: messages after `last_number` count as missed */
    uint32_t last_number; /* of the last message of ours that was seen */
    uint64_t digest;      /* of the range that was dumped */
};

/* Reads in the way that was asked for. Returns an exit status or CLOSED; what goes wrong is
 * reported. */
int reader_run(struct reader *reader);

#endif

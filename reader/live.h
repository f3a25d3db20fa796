/* reader --live: a mapping redrawn in place, with what has changed highlighted. */
#ifndef LIVE_H
#define LIVE_H

#include "command.h"

/* Shows text, a hex dump or fields on a screen of its own until q, Esc or Ctrl+C. A mapping that
 * does not exist yet, or no longer, is waited for. Errors: those of the source and of the console;
 * WAIT_TIMEOUT if nothing has changed for as long as --timeout says. */
DWORD live_run(const struct command *command, struct source *source);

#endif

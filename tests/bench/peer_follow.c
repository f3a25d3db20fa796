/* Ours as the programs do it: `writer` with its lock and its events, `reader --follow` blocked. */
#include "bench.h"

#include <string.h>

#include "encoding.h"
#include "publisher.h"
#include "source.h"

static struct publisher publisher;
static struct source source;

static DWORD open_receiver(const char *channel)
{
    source = (struct source){.name = channel,
                             .may_create = true, /* the sender comes later */
                             .code_page = ENCODING_AUTO,
                             .length = UINT64_MAX};
    return source_open(&source);
}

static DWORD open_sender(const char *channel)
{
    publisher = (struct publisher){.name = channel, .code_page = TEXT_UTF8, .lock_ms = INFINITE};
    return publisher_open(&publisher);
}

static DWORD send_message(const void *text, DWORD bytes)
{
    DWORD error = publisher_begin(&publisher);
    if (error == ERROR_SUCCESS)
        error = publisher_put(&publisher, text, bytes - 1);
    if (error == ERROR_SUCCESS)
        error = publisher_end(&publisher);
    return error;
}

/* As read_as_it_comes in reader/ways.c. */
static DWORD receive_message(void *text, DWORD bytes)
{
    struct sight sight;
    for (;;) {
        DWORD error = source_take(&source, &sight);
        if (error != ERROR_SUCCESS)
            return error;
        if (sight.ours && source_is_new(&source, &sight)) {
            memcpy(text, sight.bytes, sight.count < bytes ? sight.count : bytes);
            return source_mark(&source, &sight);
        }
        source_wait(&source, INFINITE);
    }
}

const struct peer peer_follow = {"writer to reader --follow",
                                 "latest",
                                 open_receiver,
                                 open_sender,
                                 send_message,
                                 receive_message};

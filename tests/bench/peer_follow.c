/* Ours as the programs do it: `writer` with its lock and its events, `reader --follow` blocked. */
#include "bench.h"

#include <string.h>

#include "encoding.h"
#include "publisher.h"
#include "source.h"

static struct publisher publisher;
static struct source source;

static void open_end(const char *channel, bool receives)
{
    publisher = (struct publisher){.name = channel, .code_page = TEXT_UTF8, .timeout_ms = INFINITE};
    source = (struct source){.name = channel,
                             .may_create = true, /* the sender comes later */
                             .code_page = ENCODING_AUTO,
                             .length = UINT64_MAX};
    peer_check((receives ? source_open(&source) : publisher_open(&publisher)) == ERROR_SUCCESS);
}

static void send_message(const void *text, DWORD bytes)
{
    peer_check(publisher_send(&publisher, text, bytes - 1, 0) == ERROR_SUCCESS &&
               publisher_flush(&publisher) == ERROR_SUCCESS);
}

/* As read_as_it_comes in reader/reader.c. */
static void receive_message(void *text, DWORD bytes)
{
    struct sight sight;
    for (;; source_wait(&source, INFINITE)) {
        peer_check(source_take(&source, &sight) == ERROR_SUCCESS);
        if (sight.ours && sight.fresh)
            break;
    }
    memcpy(text, sight.bytes, sight.count < bytes ? sight.count : bytes);
    peer_check(source_remember(&source, &sight) == ERROR_SUCCESS);
}

const struct peer peer_follow = {"writer to reader --follow", "latest", open_end, send_message,
                                 receive_message};

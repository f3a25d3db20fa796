/* The reading side of a mapping. */
#include "source.h"

#include <stdlib.h>
#include <string.h>

#include "encoding.h"
#include "guess.h"

#define GUESS_BYTES    4096 /* of a text, from which its encoding is guessed */
#define SETTLE_MS      50   /* until a plain text that changes all the time is taken as it is */
#define SETTLE_STEP_MS 5    /* between two looks at it */
#define BUSY_MS        2000 /* until a message that changes all the time is given up */
#define MOST_BYTES     INT32_MAX /* of a plain text */

/* Between two looks at what signals nothing: so many times as long as a look takes, which is 2 % of
 * a core; and at most. */
#define WAIT_PER_LOOK   50
#define LONGEST_POLL_MS 60000

/* Looks at once for which there was a signal and nothing new; then a neighbour plays with it. */
#define MOST_IN_VAIN 3

static uint64_t now_us(void)
{
    LARGE_INTEGER ticks, frequency;
    QueryPerformanceCounter(&ticks);
    QueryPerformanceFrequency(&frequency);
    return (uint64_t)((double)ticks.QuadPart * 1e6 / (double)frequency.QuadPart);
}

DWORD source_open(struct source *source)
{
    DWORD error = source->may_create ? mapping_create(&source->mapping, source->name, MAPPING_SIZE,
                                                      false, MAPPING_READ)
                                     : mapping_open(&source->mapping, source->name, MAPPING_READ);
    source->region = mapping_region(&source->mapping);
    return error;
}

void source_close(struct source *source)
{
    notify_close(&source->notify);
    mapping_close(&source->mapping);
    free(source->taken.bytes);
}

void source_refresh(struct source *source)
{
    bool ready;
    if (!source->mapping.stand_in || (message_capacity(source->region, &ready) != 0 && ready))
        return;
    unsigned char first = 0;
    mapping_copy(&source->mapping, 0, &first, 1);
    struct mapping global;
    if (first != 0 || mapping_open(&global, source->name, MAPPING_READ) != ERROR_SUCCESS)
        return;
    if (global.stand_in) {
        mapping_close(&global);
        return;
    }
    notify_close(&source->notify);
    mapping_close(&source->mapping);
    source->mapping = global;
    source->region = mapping_region(&global);
}

void source_range(const struct source *source, uint64_t *offset, uint64_t *bytes)
{
    uint64_t size = source->mapping.bytes;
    *offset = source->offset < size ? source->offset : size;
    *bytes = source->length < size - *offset ? source->length : size - *offset;
}

static uint64_t digest_text(const struct source *source)
{
    return text_digest(TEXT_DIGEST_START ^ source->taken.count, source->taken.bytes,
                       source->taken.count);
}

static DWORD make_room(struct source *source, size_t room)
{
    if (room <= source->taken.room)
        return ERROR_SUCCESS;
    unsigned char *larger = realloc(source->taken.bytes, room);
    if (larger == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    source->taken.bytes = larger;
    source->taken.room = room;
    return ERROR_SUCCESS;
}

/* Copies a plain text out: up to its NUL, and no further than the range or the capacity. */
static DWORD copy_plain(struct source *source, uint32_t *code_page)
{
    uint64_t offset, range;
    source_range(source, &offset, &range);
    size_t most = range < MOST_BYTES ? (size_t)range : MOST_BYTES;
    uint32_t capacity = message_capacity(source->region, NULL);
    if (!source->ranged && capacity != 0 && most > capacity)
        most = capacity;
    source->taken.count = 0;
    UINT known = source->code_page != ENCODING_AUTO ? source->code_page : source->recorded;
    *code_page = known;
    for (size_t part = GUESS_BYTES; source->taken.count < most; part = source->taken.count) {
        if (part > most - source->taken.count)
            part = most - source->taken.count;
        DWORD error = make_room(source, source->taken.count + part);
        unsigned char *new = source->taken.bytes + source->taken.count;
        if (error == ERROR_SUCCESS)
            error = mapping_copy(&source->mapping, offset + source->taken.count, new, part);
        if (error != ERROR_SUCCESS)
            return error;
        if (*code_page == ENCODING_AUTO)
            *code_page = guess_utf16(new, part)                          ? TEXT_UTF16
                         : part >= 4 && new[0] == 0xFE && new[1] == 0xFF ? TEXT_UTF16BE
                                                                         : ENCODING_AUTO;
        size_t length = text_length(new, part, *code_page);
        source->taken.count += length;
        if (length < part)
            break;
        if (*code_page == ENCODING_AUTO)
            *code_page = TEXT_UTF8; /* for now: only the first part decides for UTF-16 */
    }
    if (known == ENCODING_AUTO && *code_page != TEXT_UTF16 && *code_page != TEXT_UTF16BE)
        *code_page = encoding_guess(source->taken.bytes, source->taken.count);
    return ERROR_SUCCESS;
}

/* Sleeps within a look, at no cost of it. */
static void rest(struct source *source, DWORD time_ms)
{
    uint64_t start = now_us();
    Sleep(time_ms);
    source->look_us += now_us() - start;
}

/* Race: a plain program may be writing; two looks that agree are taken for its text. */
static DWORD take_plain(struct source *source, struct sight *sight)
{
    DWORD error = copy_plain(source, &sight->code_page);
    const struct seen *seen = &source->seen;
    sight->digest = digest_text(source);
    bool settled = seen->any && !seen->ours && sight->digest == seen->digest;
    ULONGLONG start = GetTickCount64();
    while (error == ERROR_SUCCESS && !settled && GetTickCount64() - start <= SETTLE_MS) {
        uint64_t earlier = sight->digest;
        rest(source, SETTLE_STEP_MS); /* on Windows up to a tick of its timer, 15.6 ms */
        error = copy_plain(source, &sight->code_page);
        sight->digest = digest_text(source);
        settled = sight->digest == earlier;
    }
    sight->bytes = source->taken.bytes;
    sight->count = source->taken.count;
    sight->ours = false;
    return error;
}

/* The message that was copied out, or a part that is cut out of it: who writes the next one cannot
 * tear that. */
static void take_message(struct source *source, struct sight *sight)
{
    sight->ours = !source->ranged;
    sight->digest = 0;
    sight->bytes = source->taken.bytes;
    sight->count = source->taken.count = sight->message.length;
    sight->code_page =
        source->code_page != ENCODING_AUTO ? source->code_page : sight->message.code_page;
    if (!source->ranged)
        return;
    size_t offset = (size_t)source->offset, most = sight->count - offset;
    if (source->length < most)
        most = (size_t)source->length;
    memmove(source->taken.bytes, source->taken.bytes + offset, most);
    sight->count = source->taken.count = text_length(source->taken.bytes, most, sight->code_page);
    sight->digest = digest_text(source);
}

/* True if a message of ours has come since the look that found none: what was then copied as a
 * plain text may be that message. */
static bool is_overtaken(const struct source *source, const struct sight *sight)
{
    return !source->ranged && message_number(source->region) != sight->message.number;
}

static DWORD take(struct source *source, struct sight *sight)
{
    ULONGLONG start = GetTickCount64();
    source->signals = message_signals(source->region);
    for (;;) {
        enum message_result result = message_snapshot(source->region, &sight->message,
                                                      source->taken.bytes, source->taken.room);
        DWORD error;
        bool begins_in_it = result == MESSAGE_WHOLE && source->offset < sight->message.length;
        if (source->ranged && !begins_in_it &&
            (result != MESSAGE_TOO_LONG || source->region.missing != 0)) {
            bool ours = result == MESSAGE_WHOLE || result == MESSAGE_TOO_LONG;
            source->recorded = ours ? sight->message.code_page : ENCODING_AUTO;
            result = MESSAGE_PLAIN; /* and a part of what is there, whoever wrote it */
        }
        switch (result) {
        case MESSAGE_WHOLE:
            take_message(source, sight);
            return ERROR_SUCCESS;
        case MESSAGE_PLAIN:
            error = take_plain(source, sight);
            if (error != ERROR_SUCCESS || !is_overtaken(source, sight) ||
                GetTickCount64() - start > BUSY_MS)
                return error;
            break;
        case MESSAGE_TOO_LONG:
            if (source->region.missing != 0)
                return ERROR_NOT_ENOUGH_MEMORY;
            error = make_room(source, (size_t)sight->message.length + 1);
            if (error != ERROR_SUCCESS)
                return error;
            break;
        case MESSAGE_BUSY:
            if (GetTickCount64() - start > BUSY_MS)
                return ERROR_BUSY;
            rest(source, 1);
            break;
        }
    }
}

/* A number that went back is another program's doing. */
static uint32_t count_missed(const struct seen *seen, const struct sight *sight)
{
    uint32_t distance = message_distance(sight->message.number, seen->number);
    bool counts = seen->any && sight->ours && distance != 0 && distance <= INT32_MAX / 2;
    return counts ? distance - 1 : 0;
}

/* After a look: what it may cost to look again. */
static void note_cost(struct source *source)
{
    uint64_t cost = (now_us() - source->look_us) / (1000 / WAIT_PER_LOOK);
    source->cost_ms = (DWORD)(cost < LONGEST_POLL_MS ? cost : LONGEST_POLL_MS);
}

DWORD source_take(struct source *source, struct sight *sight)
{
    struct seen *seen = &source->seen;
    source->look_us = now_us();
    DWORD error = take(source, sight);
    if (error != ERROR_SUCCESS)
        return error;
    note_cost(source);
    sight->missed = count_missed(seen, sight);
    sight->fresh =
        !seen->any || seen->ours != sight->ours ||
        (sight->ours ? seen->number != sight->message.number : seen->digest != sight->digest);
    if (sight->ours || !seen->any)
        seen->number = sight->message.number;
    seen->ours = sight->ours;
    seen->digest = sight->digest;
    seen->any = true;
    return ERROR_SUCCESS;
}

/* Whether the plain text that was shown is still there. */
static bool is_same_text(struct source *source)
{
    uint32_t code_page;
    return copy_plain(source, &code_page) == ERROR_SUCCESS &&
           digest_text(source) == source->seen.digest;
}

void source_acknowledge(struct source *source, const struct sight *sight)
{
    /* Race: a newer plain text may come between this look and the event; its writer then takes it
     * for read too early. It costs nothing where this reader stays and shows that text next. */
    if (sight->ours)
        notify_set_read(source->mapping.name, sight->message.number);
    else if (!source->ranged && is_same_text(source))
        notify_set_read(source->mapping.name, 0);
}

DWORD source_has_changed(struct source *source, bool *changed)
{
    struct seen *seen = &source->seen;
    uint64_t offset, bytes, hash = TEXT_DIGEST_START;
    DWORD error = ERROR_SUCCESS;
    source->look_us = now_us();
    source->signals = message_signals(source->region);
    source_range(source, &offset, &bytes);
    while (bytes > 0 && error == ERROR_SUCCESS) {
        static unsigned char block[SOURCE_BLOCK];
        size_t part = bytes < SOURCE_BLOCK ? (size_t)bytes : SOURCE_BLOCK;
        error = mapping_copy(&source->mapping, offset, block, part);
        hash = text_digest(hash, block, part);
        offset += part;
        bytes -= part;
    }
    note_cost(source);
    *changed = !seen->any || hash != seen->digest;
    seen->digest = hash;
    seen->any = true;
    return error;
}

void source_wait(struct source *source, DWORD timeout_ms)
{
    if (source->mapping.view != NULL && source->notify.changed[0] == NULL &&
        message_capacity(source->region, NULL) != 0)
        notify_open(&source->notify, source->mapping.name);
    DWORD poll = NOTIFY_POLL_MS + source->cost_ms;
    if (poll > timeout_ms)
        poll = timeout_ms;
    bool signalled = message_signals(source->region) != source->signals;
    source->vain = signalled ? source->vain + 1 : 0;
    if (signalled ? source->vain > MOST_IN_VAIN
                  : notify_wait(&source->notify, source->signals, poll) &&
                        message_signals(source->region) == source->signals)
        Sleep(poll); /* called or woken for nothing: see objects.h */
}

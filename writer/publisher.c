/* The writing side of a mapping. */
#include "publisher.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acknowledge.h"
#include "advice.h"
#include "encoding.h"
#include "report.h"

/* A writer holds the lock for at most LOCK_MOST_MS milliseconds at a time. So a writer waits
 * LOCK_LEAST_MS for it even if its deadline has passed. */
#define LOCK_MOST_MS  10
#define LOCK_LEAST_MS 100

uint32_t publisher_text_bytes(const struct publisher *publisher)
{
    unsigned nul = encoding_nul_bytes(publisher->options->code_page);
    return publisher->capacity > nul ? publisher->capacity - nul : 0;
}

/* What a mapping that is created here gets. */
static uint32_t new_capacity(const struct publisher_options *options)
{
    uint64_t most = options->text_room > MAPPING_SIZE ? options->text_room : MAPPING_SIZE;
    return (uint32_t)(options->size != 0 ? options->size : most);
}

static DWORD open_mapping(struct publisher *publisher)
{
    const struct publisher_options *options = publisher->options;
    struct mapping *mapping = &publisher->mapping;
    uint32_t capacity = new_capacity(options);
    uint32_t bytes = options->plain ? capacity : message_section_bytes(capacity);
    DWORD error = mapping_create(mapping, options->name, bytes, options->plain, options->share,
                                 MAPPING_WRITE);
    if (error != ERROR_SUCCESS) {
        advice_mapping(error, mapping->exists ? "write to" : "create", mapping->name);
        return error;
    }
    publisher->region = mapping_region(mapping);
    if (mapping->created && mapping->stand_in)
        advice_stand_in(options->name, mapping->name);
    if (options->share && !mapping->created)
        report_note("%s exists, and its creator has decided who may read it: --share only lets "
                    "readers of other users acknowledge",
                    mapping->name);
    return ERROR_SUCCESS;
}

/* Creates the mutex and the events, or opens those of another writer. */
static DWORD open_objects(struct publisher *publisher)
{
    const char *name = publisher->mapping.name;
    const char *what = "NAME.writer";
    bool share = publisher->options->share;
    DWORD error = object_create(&publisher->lock, OBJECT_MUTEX, 0, 0, name, ".writer", NULL);
    if (error == ERROR_SUCCESS && !publisher->options->plain) {
        what = "NAME.changed and NAME.acknowledged";
        error = notify_create(&publisher->notify, name, share);
        publisher->shown_error = mapping_create_shown(&publisher->mapping, share);
    }
    if (error == ERROR_SUCCESS)
        return ERROR_SUCCESS;
    report_system(error, "cannot create the objects that belong to the mapping %s (%s)", name,
                  what);
    if (error == ERROR_INVALID_HANDLE)
        report_error("another kind of object has that name: use another --name");
    else if (error == ERROR_ACCESS_DENIED)
        report_error("another user's writer has made them: run as that user, or use another "
                     "--name");
    else if (error == ERROR_FILENAME_EXCED_RANGE)
        report_error("use a shorter --name");
    return error;
}

static DWORD reject_size(const struct publisher *publisher)
{
    report_error("the mapping %s exists with a capacity of %" PRIu32 " bytes, not the %" PRIu64
                 " asked for: leave out --size, or end the programs that have it open",
                 publisher->mapping.name, publisher->capacity, publisher->options->size);
    return ERROR_BAD_LENGTH;
}

/* The capacity for a plain string: what a writer of messages has recorded, else the whole view; of
 * a single page only the documented 256 bytes. */
static uint32_t plain_capacity(const struct publisher *publisher)
{
    size_t bytes = publisher->mapping.committed;
    uint32_t most = bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX;
    uint64_t size = publisher->options->size;
    uint32_t recorded = message_capacity(publisher->region, NULL);
    if (recorded != 0)
        return recorded;
    if (size != 0)
        return size < most ? (uint32_t)size : most;
    return message_default_capacity(most) == MAPPING_SIZE ? MAPPING_SIZE : most;
}

static void note_holder(const struct publisher *publisher)
{
    uint32_t holder = publisher->options->plain ? 0 : message_holder(publisher->region);
    char who[24] = "another writer";
    if (holder != 0)
        snprintf(who, sizeof who, "process %" PRIu32, holder);
    report_note("%s is writing to %s and does not finish (it may be suspended): waiting for it; "
                "Ctrl+C gives up",
                who, publisher->mapping.name);
}

static DWORD take_lock(struct publisher *publisher, deadline_time deadline)
{
    DWORD left_ms = wait_left(deadline, INFINITE);
    left_ms = left_ms > LOCK_LEAST_MS ? left_ms : LOCK_LEAST_MS;
    DWORD first_ms = left_ms < NOTE_MS ? left_ms : NOTE_MS;
    DWORD error = lock_take(publisher->lock, first_ms);
    if (error == WAIT_TIMEOUT && left_ms > first_ms) {
        note_holder(publisher);
        error = lock_take(publisher->lock, left_ms == INFINITE ? INFINITE : left_ms - first_ms);
    }
    if (error == WAIT_TIMEOUT)
        report_error("timed out: another writer is writing to %s and does not finish",
                     publisher->mapping.name);
    publisher->locked = error == ERROR_SUCCESS;
    publisher->since = GetTickCount64();
    return error;
}

DWORD publisher_unlock(struct publisher *publisher)
{
    if (!publisher->locked)
        return ERROR_SUCCESS;
    publisher->locked = false;
    if (!publisher->options->plain && message_capacity(publisher->region, NULL) != 0)
        message_release(publisher->region);
    return lock_release(publisher->lock);
}

DWORD publisher_unlock_in_time(struct publisher *publisher)
{
    bool due = publisher->locked && GetTickCount64() - publisher->since >= LOCK_MOST_MS;
    return due ? publisher_unlock(publisher) : ERROR_SUCCESS;
}

/* Learns the capacity, and records it in a mapping that has none yet. The lock must be held. */
static DWORD find_capacity(struct publisher *publisher)
{
    struct message_region region = publisher->region;
    const struct publisher_options *options = publisher->options;
    if (options->plain) {
        publisher->capacity = plain_capacity(publisher);
        return ERROR_SUCCESS;
    }
    uint32_t wanted = options->size != 0 || publisher->mapping.created
                          ? new_capacity(options)
                          : message_default_capacity(publisher->mapping.committed);
    if (message_capacity(region, NULL) == 0 &&
        !message_adopt(region, wanted, publisher->mapping.created))
        return ERROR_INVALID_DATA;
    publisher->capacity = message_capacity(region, NULL);
    return publisher->capacity != 0 ? ERROR_SUCCESS : ERROR_INVALID_DATA;
}

/* Takes the lock once, so that the capacity is known; a text that is there stays as it is. */
static DWORD find_capacity_first(struct publisher *publisher, deadline_time deadline)
{
    const char *name = publisher->mapping.name;
    size_t bytes = publisher->mapping.committed;
    uint64_t size = publisher->options->size;
    DWORD error = take_lock(publisher, deadline);
    if (error == ERROR_SUCCESS) {
        publisher->locked = false;
        error = find_capacity(publisher);
        DWORD unlock_error = lock_release(publisher->lock);
        error = error != ERROR_SUCCESS ? error : unlock_error;
    }
    if (error == ERROR_SUCCESS)
        return publisher->capacity >= size ? ERROR_SUCCESS : reject_size(publisher);
    if (error == ERROR_INVALID_DATA && message_section_bytes((uint32_t)size) > bytes) {
        publisher->capacity = message_default_capacity(bytes);
        return reject_size(publisher);
    }
    if (error == ERROR_INVALID_DATA)
        report_error("the mapping %s holds another program's data: nothing was written; --plain "
                     "writes the text at its start all the same",
                     name);
    else if (error != WAIT_TIMEOUT)
        report_system(error, "cannot lock the mapping %s", name);
    return error;
}

DWORD publisher_open(struct publisher *publisher, const struct publisher_options *options,
                     deadline_time deadline)
{
    *publisher = (struct publisher){.options = options};
    DWORD error = open_mapping(publisher);
    if (error == ERROR_SUCCESS)
        error = open_objects(publisher);
    if (error == ERROR_SUCCESS)
        notify_begin(publisher->mapping.name);
    return error == ERROR_SUCCESS ? find_capacity_first(publisher, deadline) : error;
}

void publisher_close(struct publisher *publisher)
{
    notify_close(&publisher->notify);
    object_close(&publisher->lock);
    mapping_close(&publisher->mapping);
    free(publisher->encoded);
    publisher->encoded = NULL;
}

const char *publisher_text_name(char name[TEXT_NAME_ROOM], uint64_t line)
{
    snprintf(name, TEXT_NAME_ROOM, line != 0 ? "line %" PRIu64 : "the text", line);
    return name;
}

/* The lock is given back first, since stderr may block. */
void publisher_reject(struct publisher *publisher, uint64_t line, const char *why)
{
    char name[TEXT_NAME_ROOM];
    publisher_unlock(publisher);
    report_error("%s%s; it was not sent", publisher_text_name(name, line), why);
}

static bool is_too_long(const struct publisher *publisher, const struct text_to_send *text)
{
    return text->bytes == NULL || text->count > publisher_text_bytes(publisher);
}

static void reject_long(struct publisher *publisher, const struct text_to_send *text)
{
    char why[200];
    snprintf(why, sizeof why,
             " has %" PRIu64 " bytes, the mapping holds %" PRIu32
             " (for a larger one, %suse --size)",
             text->count, publisher_text_bytes(publisher),
             publisher->mapping.created ? "" : "end the programs that have it open and ");
    publisher_reject(publisher, text->line, why);
}

static void reject_character(struct publisher *publisher, uint64_t line, uint32_t character)
{
    char why[120], utf8[8] = "";
    uint32_t code_page = publisher->options->code_page;
    if (character == UINT32_MAX) {
        snprintf(why, sizeof why, " is not valid UTF-8, so it cannot become code page %" PRIu32,
                 code_page);
    } else {
        text_put_utf8(character, utf8);
        snprintf(why, sizeof why,
                 " has U+%04" PRIX32 " '%s', which code page %" PRIu32
                 " lacks (--encoding utf-8 has it)",
                 character, utf8, code_page);
    }
    publisher_reject(publisher, line, why);
}

DWORD publisher_encode(struct publisher *publisher, struct text_to_send *text)
{
    uint32_t code_page = publisher->options->code_page, lacking;
    /* A character has at most 4 times as many bytes in UTF-8 as in any other encoding. */
    bool too_long = text->count / 4 > publisher_text_bytes(publisher);
    if (code_page == TEXT_UTF8 || text->is_encoded || text->bytes == NULL || too_long)
        return ERROR_SUCCESS;
    size_t room = encoding_room((size_t)text->count), count;
    if (room > publisher->encoded_room) {
        char *larger = realloc(publisher->encoded, room);
        if (larger == NULL)
            return ERROR_NOT_ENOUGH_MEMORY;
        publisher->encoded = larger;
        publisher->encoded_room = room;
    }
    DWORD error = encoding_encode(code_page, text->bytes, (size_t)text->count, publisher->encoded,
                                  &count, &lacking, false);
    if (error == ERROR_NO_UNICODE_TRANSLATION)
        reject_character(publisher, text->line, lacking);
    text->bytes = publisher->encoded;
    text->count = count;
    return error;
}

/* Takes the lock and prepares the mapping for what is published under it. */
static DWORD begin(struct publisher *publisher, deadline_time deadline)
{
    DWORD error = take_lock(publisher, deadline);
    if (error != ERROR_SUCCESS)
        return error;
    error = find_capacity(publisher);
    if (error == ERROR_SUCCESS && !publisher->options->plain &&
        message_claim(publisher->region, GetCurrentProcessId()) == 0)
        error = ERROR_INVALID_DATA;
    if (error != ERROR_SUCCESS)
        publisher_unlock(publisher);
    FILETIME now;
    GetSystemTimeAsFileTime(&now);
    publisher->time = now.dwLowDateTime | (uint64_t)now.dwHighDateTime << 32;
    return error;
}

/* The text and its NUL, of one or two bytes, and nothing else. Race: a reader may see a part of it,
 * as of any plain program's, and waits until two looks agree. */
static void put_plain(const struct publisher *publisher, const struct text_to_send *text)
{
    unsigned char *view = publisher->mapping.view;
    memcpy(view, text->bytes, (size_t)text->count);
    memset(view + text->count, 0, encoding_nul_bytes(publisher->options->code_page));
}

/* Without NAME.shown nobody tells whether a reader is asleep. */
static DWORD wake_readers(struct publisher *publisher)
{
    struct shown_page *shown = publisher->mapping.shown;
    uint32_t signals;
    if (shown != NULL && !acknowledge_take_sleeper(shown))
        return ERROR_SUCCESS;
    return message_count_signal(publisher->region, &signals)
               ? notify_signal(&publisher->notify, signals)
               : ERROR_INVALID_DATA;
}

static DWORD put_message(struct publisher *publisher, const struct text_to_send *text, bool awaits)
{
    struct shown_page *shown = publisher->mapping.shown;
    struct message message = {.length = (uint32_t)text->count,
                              .code_page = publisher->options->code_page,
                              .process_id = GetCurrentProcessId(),
                              .time = publisher->time};
    uint32_t number = message_next(publisher->region);
    if (shown != NULL)
        acknowledge_prepare(shown, number);
    if (awaits)
        acknowledge_await(shown, number);
    if (!message_publish(publisher->region, &message, text->bytes))
        return ERROR_INVALID_DATA;
    publisher->number = message.number;
    return wake_readers(publisher);
}

DWORD publisher_put(struct publisher *publisher, const struct text_to_send *text, bool awaits,
                    deadline_time deadline)
{
    /* Before the lock is taken, since a text that is rejected changes nothing. */
    if (is_too_long(publisher, text)) {
        reject_long(publisher, text);
        return ERROR_BAD_LENGTH;
    }
    DWORD error = publisher->locked ? ERROR_SUCCESS : begin(publisher, deadline);
    if (error != ERROR_SUCCESS)
        return error;
    if (is_too_long(publisher, text)) { /* the capacity of a plain mapping may have changed */
        reject_long(publisher, text);
        return ERROR_BAD_LENGTH;
    }
    if (!publisher->options->plain) {
        error = put_message(publisher, text, awaits);
    } else if (text_length(text->bytes, (size_t)text->count, publisher->options->code_page) <
               text->count) {
        publisher_reject(publisher, text->line, " has a NUL, which ends a plain string");
        return ERROR_BAD_LENGTH;
    } else {
        put_plain(publisher, text);
    }
    return error;
}

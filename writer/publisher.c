/* The writing side of a mapping. */
#include "publisher.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"
#include "report.h"

/* A writer that holds the lock for longer is reported: it is suspended, or stopped in a debugger.
 */
#define LOCK_PATIENCE_MS 2000

/* Other writers hold the lock for less, so that even --timeout 0 has its turn. */
#define LOCK_LEAST_MS 100

uint32_t publisher_text_bytes(const struct publisher *publisher)
{
    unsigned nul = encoding_nul_bytes(publisher->code_page);
    return publisher->capacity > nul ? publisher->capacity - nul : 0;
}

static DWORD open_mapping(struct publisher *publisher)
{
    uint32_t capacity = publisher->size != 0 ? (uint32_t)publisher->size : MAPPING_SIZE;
    uint32_t bytes = publisher->plain ? capacity : message_section_bytes(capacity);
    DWORD error = mapping_create(&publisher->mapping, publisher->name, bytes, publisher->share,
                                 MAPPING_WRITE);
    if (error != ERROR_SUCCESS) {
        report_mapping(error, "create", publisher->mapping.name);
        return error;
    }
    publisher->region = mapping_region(&publisher->mapping);
    if (publisher->mapping.created && publisher->mapping.stand_in)
        report_stand_in(publisher->name, publisher->mapping.name);
    if (publisher->share && !publisher->mapping.created)
        report_note("%s exists, and who created it has decided who may read it (reader --info "
                    "tells): --share only lets readers of other users answer",
                    publisher->mapping.name);
    return ERROR_SUCCESS;
}

/* Creates the mutex and the events, or opens those of another writer. */
static DWORD open_objects(struct publisher *publisher)
{
    const char *name = publisher->mapping.name;
    const char *what = "NAME.writer";
    DWORD error = object_create(&publisher->lock, OBJECT_MUTEX, 0, 0, name, ".writer", NULL);
    if (error == ERROR_SUCCESS && !publisher->plain) {
        what = "NAME.changed";
        error = notify_create(&publisher->notify, name, publisher->share);
    }
    if (error == ERROR_SUCCESS && publisher->delivers) {
        what = "NAME.read";
        error = notify_create_read(&publisher->read, name, 0, publisher->share);
    }
    if (error == ERROR_SUCCESS)
        return ERROR_SUCCESS;
    report_system(error, "cannot create the objects that belong to the mapping %s (%s)", name,
                  what);
    if (error == ERROR_INVALID_HANDLE)
        report_error("another kind of object has that name: end its program or use another --name");
    else if (error == ERROR_ACCESS_DENIED)
        report_error(
            "another user's writer has made them: run as that user, or use another --name");
    else if (error == ERROR_FILENAME_EXCED_RANGE)
        report_error("a name has at most %d characters for writer", WRITER_NAME_MAX);
    return error;
}

static DWORD refuse_size(const struct publisher *publisher)
{
    report_error("the mapping %s exists with a capacity of %" PRIu32 " bytes, not the %" PRIu64
                 " asked for: leave out --size, or end the programs that hold it",
                 publisher->mapping.name, publisher->capacity, publisher->size);
    return ERROR_BAD_LENGTH;
}

/* What a plain text may fill: what a writer of messages has recorded, or all there is; but a page
 * may stand for the documented 256 bytes only. */
static uint32_t plain_capacity(const struct publisher *publisher)
{
    uint64_t most = publisher->mapping.bytes < UINT32_MAX ? publisher->mapping.bytes : UINT32_MAX;
    uint32_t recorded = message_capacity(publisher->region, NULL);
    if (recorded != 0)
        return recorded;
    if (publisher->size != 0)
        return (uint32_t)(publisher->size < most ? publisher->size : most);
    return message_default_capacity((size_t)most) == MAPPING_SIZE ? MAPPING_SIZE : (uint32_t)most;
}

static void report_holder(const struct publisher *publisher)
{
    uint32_t holder = publisher->plain ? 0 : message_holder(publisher->region);
    char who[24] = "another writer";
    if (holder != 0)
        snprintf(who, sizeof who, "process %" PRIu32, holder);
    report_note("%s has held the lock of %s for 2 s, it may be suspended: still trying (Ctrl+C "
                "gives up)",
                who, publisher->mapping.name);
}

static DWORD take_lock(const struct publisher *publisher)
{
    DWORD most = publisher->timeout_ms > LOCK_LEAST_MS ? publisher->timeout_ms : LOCK_LEAST_MS;
    DWORD patience = most < LOCK_PATIENCE_MS ? most : LOCK_PATIENCE_MS;
    DWORD error = lock_take(publisher->lock, patience);
    if (error != WAIT_TIMEOUT || most == patience)
        return error;
    report_holder(publisher);
    return lock_take(publisher->lock, most == INFINITE ? INFINITE : most - patience);
}

/* Learns the capacity, and records it in a mapping that has none yet. The lock must be held. */
static DWORD find_capacity(struct publisher *publisher)
{
    struct message_region region = publisher->region;
    if (publisher->plain) {
        publisher->capacity = plain_capacity(publisher);
        return ERROR_SUCCESS;
    }
    uint32_t wanted = publisher->size != 0
                          ? (uint32_t)publisher->size
                          : message_default_capacity(publisher->mapping.view_bytes);
    if (message_capacity(region, NULL) == 0 &&
        !message_adopt(region, wanted, publisher->mapping.created))
        return ERROR_INVALID_DATA;
    publisher->capacity = message_capacity(region, NULL);
    return publisher->capacity != 0 ? ERROR_SUCCESS : ERROR_INVALID_DATA;
}

static DWORD give_lock_back(struct publisher *publisher)
{
    publisher->locked = false;
    if (!publisher->plain && message_capacity(publisher->region, NULL) != 0) /* still ours */
        message_release(publisher->region);
    return lock_release(publisher->lock);
}

static DWORD begin(struct publisher *publisher)
{
    DWORD error = take_lock(publisher);
    if (error != ERROR_SUCCESS)
        return error;
    publisher->locked = true;
    error = find_capacity(publisher);
    if (error == ERROR_SUCCESS && !publisher->plain &&
        message_claim(publisher->region, GetCurrentProcessId()) == 0)
        error = ERROR_INVALID_DATA;
    if (error != ERROR_SUCCESS)
        give_lock_back(publisher);
    FILETIME now;
    GetSystemTimeAsFileTime(&now);
    publisher->begun = now.dwLowDateTime | (uint64_t)now.dwHighDateTime << 32;
    return error;
}

/* Takes the lock once, so that the capacity is known; a text that is there stays as it is. */
static DWORD find_capacity_first(struct publisher *publisher)
{
    const char *name = publisher->mapping.name;
    DWORD error = take_lock(publisher);
    if (error == ERROR_SUCCESS) {
        error = find_capacity(publisher);
        DWORD unlock_error = lock_release(publisher->lock);
        error = error != ERROR_SUCCESS ? error : unlock_error;
    }
    if (error == ERROR_SUCCESS)
        return publisher->capacity >= publisher->size ? ERROR_SUCCESS : refuse_size(publisher);
    if (error == ERROR_INVALID_DATA &&
        message_section_bytes((uint32_t)publisher->size) > publisher->mapping.view_bytes) {
        publisher->capacity = message_default_capacity(publisher->mapping.view_bytes);
        return refuse_size(publisher);
    }
    if (error == ERROR_INVALID_DATA)
        report_error("the mapping %s holds another program's data: nothing was written; --plain "
                     "writes the text at its start all the same",
                     name);
    else if (error != WAIT_TIMEOUT)
        report_system(error, "cannot lock the mapping %s", name);
    return error;
}

DWORD publisher_open(struct publisher *publisher)
{
    DWORD error = open_mapping(publisher);
    if (error == ERROR_SUCCESS)
        error = open_objects(publisher);
    return error == ERROR_SUCCESS ? find_capacity_first(publisher) : error;
}

void publisher_close(struct publisher *publisher)
{
    object_close(&publisher->shown);
    object_close(&publisher->read);
    notify_close(&publisher->notify);
    object_close(&publisher->lock);
    mapping_close(&publisher->mapping);
    for (int i = 0; i < 2; i++) {
        free(publisher->stored[i]);
        publisher->stored[i] = NULL;
    }
}

/* Race: somebody may be writing there; then it is so at the next look. */
bool publisher_is_there(const struct publisher *publisher)
{
    return (publisher->plain || message_number(publisher->region) == publisher->number) &&
           memcmp(publisher->mapping.view, publisher->kept, publisher->kept_bytes) == 0;
}

/* Brings UTF-8 into another encoding, in memory of ours. Errors: as encoding_encode. */
static DWORD encode(struct publisher *publisher, const char **text, uint64_t *bytes,
                    uint32_t *lacking)
{
    size_t room = encoding_room((size_t)*bytes), count;
    char **stored = &publisher->stored[publisher->turn];
    if (room > publisher->stored_room[publisher->turn]) {
        char *larger = realloc(*stored, room);
        if (larger == NULL)
            return ERROR_NOT_ENOUGH_MEMORY;
        *stored = larger;
        publisher->stored_room[publisher->turn] = room;
    }
    DWORD error =
        encoding_encode(publisher->code_page, *text, (size_t)*bytes, *stored, &count, lacking);
    if (error == ERROR_SUCCESS) {
        *text = *stored;
        *bytes = count;
    }
    return error;
}

/* The text and its NUL, of one or two bytes, and nothing else. Race: a reader may see a part of it,
 * as of any plain program's, and waits until two looks agree. */
static void put_plain(const struct publisher *publisher, const char *text, size_t bytes)
{
    unsigned char *view = publisher->mapping.view;
    memcpy(view, text, bytes);
    memset(view + bytes, 0, encoding_nul_bytes(publisher->code_page));
}

static void keep(struct publisher *publisher, const char *text, size_t bytes)
{
    size_t part = bytes < PUBLISHER_KEPT ? bytes : PUBLISHER_KEPT;
    memcpy(publisher->kept, text, part);
    publisher->kept[part] = publisher->kept[part + 1] = 0;
    publisher->kept_bytes = part + (part == bytes ? encoding_nul_bytes(publisher->code_page) : 0);
}

/* The event by which a reader answers to the text that comes now; an answer to an earlier text, or
 * of somebody who could not have shown this one, does not count. */
static DWORD ask_for_answer(struct publisher *publisher)
{
    HANDLE answer = publisher->read;
    if (!publisher->plain) {
        /* The distance to 0 is the number itself, wrapped. */
        uint32_t number = message_distance(message_number(publisher->region) + 1, 0);
        DWORD error = notify_create_read(&publisher->shown, publisher->mapping.name, number,
                                         publisher->share);
        if (error != ERROR_SUCCESS)
            return error;
        answer = publisher->shown;
    }
    return ResetEvent(answer) ? ERROR_SUCCESS : GetLastError();
}

/* Puts the text that is pending, if one is. */
static DWORD put(struct publisher *publisher, bool last)
{
    const char *text = publisher->pending;
    size_t bytes = publisher->pending_bytes;
    if (text == NULL)
        return ERROR_SUCCESS;
    publisher->pending = NULL;
    object_close(&publisher->shown);
    DWORD error = last && publisher->delivers ? ask_for_answer(publisher) : ERROR_SUCCESS;
    if (error != ERROR_SUCCESS)
        return error;
    struct message message = {.length = (uint32_t)bytes,
                              .code_page = publisher->code_page,
                              .process_id = GetCurrentProcessId(),
                              .time = publisher->begun};
    if (publisher->plain)
        put_plain(publisher, text, bytes);
    else if (!message_publish(publisher->region, &message, text))
        return ERROR_INVALID_DATA;
    publisher->number = message.number;
    if (publisher->delivers)
        keep(publisher, text, bytes);
    publisher->published++;
    return ERROR_SUCCESS;
}

DWORD publisher_flush(struct publisher *publisher)
{
    if (!publisher->locked)
        return ERROR_SUCCESS;
    DWORD error = put(publisher, true);
    if (!publisher->plain) {
        DWORD signal_error =
            notify_signal(&publisher->notify, message_count_signal(publisher->region));
        error = error != ERROR_SUCCESS ? error : signal_error;
    }
    DWORD unlock_error = give_lock_back(publisher);
    return error != ERROR_SUCCESS ? error : unlock_error;
}

/* Tells why a text is not sent; `number` is that of its line, 0 if it has none. */
static DWORD refuse(struct publisher *publisher, uint64_t number, const char *why)
{
    char what[32] = "the text";
    DWORD error = publisher_flush(publisher); /* nobody shall wait for a slow stderr */
    if (number != 0)
        snprintf(what, sizeof what, "line %" PRIu64, number);
    report_error("%s%s; it was not sent", what, why);
    publisher->refused = true;
    return error;
}

static DWORD refuse_long(struct publisher *publisher, uint64_t number, uint64_t bytes)
{
    char why[200];
    snprintf(why, sizeof why,
             " has %" PRIu64 " bytes, the mapping holds %" PRIu32
             " (to get a larger one, %suse --size)",
             bytes, publisher_text_bytes(publisher),
             publisher->mapping.created ? "" : "end the programs that hold it and ");
    return refuse(publisher, number, why);
}

static DWORD refuse_character(struct publisher *publisher, uint64_t number, uint32_t character)
{
    char why[120];
    if (character == UINT32_MAX) {
        snprintf(why, sizeof why, " is not valid UTF-8, so it cannot become code page %u",
                 publisher->code_page);
    } else {
        char utf8[8] = "";
        text_put_utf8(character, utf8);
        snprintf(why, sizeof why,
                 " has U+%04" PRIX32 " '%s', which code page %u lacks (--encoding utf-8 has it)",
                 character, utf8, publisher->code_page);
    }
    return refuse(publisher, number, why);
}

DWORD publisher_send(struct publisher *publisher, const char *text, uint64_t bytes, uint64_t number)
{
    uint32_t capacity = publisher->plain ? 0 : message_capacity(publisher->region, NULL);
    if (capacity != 0) /* it is fixed, but a neighbour may have forged it the last time */
        publisher->capacity = capacity;
    size_t most = publisher_text_bytes(publisher);
    if (publisher->code_page != TEXT_UTF8 && text != NULL && bytes <= 4 * (uint64_t)most) {
        uint32_t lacking;
        DWORD error = encode(publisher, &text, &bytes, &lacking);
        if (error == ERROR_NO_UNICODE_TRANSLATION)
            return refuse_character(publisher, number, lacking);
        if (error != ERROR_SUCCESS)
            return error;
    }
    if (text == NULL || bytes > most)
        return refuse_long(publisher, number, bytes);
    if (publisher->plain && text_length(text, (size_t)bytes, publisher->code_page) < bytes)
        return refuse(publisher, number, " has a NUL, which ends a plain text");
    DWORD error = publisher->locked ? ERROR_SUCCESS : begin(publisher);
    if (error != ERROR_SUCCESS)
        return error;
    if (bytes > publisher_text_bytes(publisher)) /* another writer has recorded less meanwhile */
        return refuse_long(publisher, number, bytes);
    error = put(publisher, false);
    if (error != ERROR_SUCCESS)
        return error;
    publisher->pending = text;
    publisher->pending_bytes = (size_t)bytes;
    publisher->turn ^= 1;
    return ERROR_SUCCESS;
}

/* The writing side of a mapping: its lock, its events, and the message. */
#include "publisher.h"

#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "encoding.h"
#include "report.h"
#include "security.h"

/* A writer that holds the lock for longer is reported: it is suspended, or stopped in a debugger.
 */
#define LOCK_PATIENCE_MS 2000

static uint64_t now(void)
{
    FILETIME time;
    GetSystemTimeAsFileTime(&time);
    return time.dwLowDateTime | (uint64_t)time.dwHighDateTime << 32;
}

uint32_t publisher_text_bytes(const struct publisher *publisher)
{
    unsigned nul = encoding_nul_bytes(publisher->code_page);
    return publisher->capacity > nul ? publisher->capacity - nul : 0;
}

/* The capacity to create with: what was asked for, what the mapping had before it was let go, or
 * `otherwise`. */
static uint32_t wanted_capacity(const struct publisher *publisher, uint32_t otherwise)
{
    if (publisher->size != 0)
        return (uint32_t)publisher->size;
    return publisher->capacity != 0 ? publisher->capacity : otherwise;
}

static DWORD open_mapping(struct publisher *publisher)
{
    uint32_t capacity = wanted_capacity(publisher, MAPPING_SIZE);
    uint32_t bytes = publisher->plain ? capacity : message_section_bytes(capacity);
    DWORD error = bytes == 0 ? ERROR_NOT_ENOUGH_MEMORY
                             : mapping_create(&publisher->mapping, publisher->name, bytes,
                                              publisher->share, MAPPING_WRITE);
    if (error == ERROR_SUCCESS) {
        publisher->region.words = publisher->mapping.view;
        publisher->region.count = publisher->mapping.bytes / sizeof(shared_word);
    }
    return error;
}

/* Creates the mutexes and the events, or opens those of another writer. */
static DWORD open_objects(struct publisher *publisher)
{
    const char *name = publisher->mapping.name;
    const char *what = "NAME.writer";
    DWORD error = lock_open(&publisher->lock, name);
    if (error == ERROR_SUCCESS && !publisher->plain) {
        what = "NAME.changed";
        error = notify_create(&publisher->notify, name, publisher->share);
    }
    if (error == ERROR_SUCCESS && publisher->acknowledged) {
        what = "NAME.read";
        error = notify_create_read(&publisher->read, name, publisher->share);
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
    return error;
}

static DWORD refuse_size(const struct publisher *publisher)
{
    char asked[TEXT_DECIMAL];
    report_error(
        "the mapping %s exists with a capacity of %lu bytes, not the %s asked for: leave out "
        "--size, or end the programs that hold it",
        publisher->mapping.name, (unsigned long)publisher->capacity,
        text_decimal(asked, publisher->size));
    return ERROR_BAD_LENGTH;
}

/* What a plain text may fill: a page may stand for the documented 256 bytes only. */
static uint32_t plain_capacity(const struct publisher *publisher)
{
    uint64_t most = publisher->mapping.bytes < UINT32_MAX ? publisher->mapping.bytes : UINT32_MAX;
    if (publisher->size != 0)
        return (uint32_t)(publisher->size < most ? publisher->size : most);
    return message_default_capacity((size_t)most) == MAPPING_SIZE ? MAPPING_SIZE : (uint32_t)most;
}

/* Takes the lock once, and learns the capacity if that is not known yet. */
static DWORD claim_first(struct publisher *publisher)
{
    const char *name = publisher->mapping.name;
    DWORD error = ERROR_SUCCESS;
    if (publisher->plain) {
        publisher->capacity = plain_capacity(publisher);
    } else {
        error = publisher_begin(publisher);
        if (error == ERROR_SUCCESS)
            message_release(publisher->region);
    }
    if (error == ERROR_SUCCESS)
        return publisher->capacity >= publisher->size ? ERROR_SUCCESS : refuse_size(publisher);
    if (error == ERROR_INVALID_DATA)
        report_error("the mapping %s holds another program's data: nothing was written; --plain "
                     "writes the text at its start all the same",
                     name);
    else if (error == WAIT_TIMEOUT)
        publisher_report_lock(publisher);
    else
        report_system(error, "cannot lock the mapping %s", name);
    return error;
}

DWORD publisher_open(struct publisher *publisher)
{
    DWORD error = open_mapping(publisher);
    if (error != ERROR_SUCCESS) {
        advice_report(error, "create", publisher->name);
        return error;
    }
    if (publisher->mapping.created && publisher->mapping.stand_in)
        advice_stand_in(publisher->name, publisher->mapping.name);
    error = open_objects(publisher);
    return error == ERROR_SUCCESS ? claim_first(publisher) : error;
}

void publisher_report_lock(const struct publisher *publisher)
{
    report_error("another writer has held the lock of %s all the time: end it, or wait longer",
                 publisher->mapping.name);
}

void publisher_close(struct publisher *publisher)
{
    notify_close(&publisher->notify);
    if (publisher->read != NULL)
        CloseHandle(publisher->read);
    lock_close(&publisher->lock);
    mapping_close(&publisher->mapping);
    free(publisher->last_text);
    publisher->read = NULL;
    publisher->last_text = NULL;
}

static void report_holder(const struct publisher *publisher)
{
    uint32_t holder = publisher->plain ? 0 : message_holder(publisher->region);
    if (holder != 0)
        report_note(
            "process %lu has held the lock of %s for 2 s, it may be suspended: still trying "
            "(Ctrl+C gives up)",
            (unsigned long)holder, publisher->mapping.name);
    else
        report_note(
            "another program has held the lock of %s for 2 s: still trying (Ctrl+C gives up)",
            publisher->mapping.name);
}

/* Records the capacity of a mapping that has none yet. */
static DWORD adopt(const struct publisher *publisher, DWORD timeout_ms)
{
    DWORD error = lock_enter_queue(&publisher->lock, timeout_ms);
    if (error != ERROR_SUCCESS)
        return error;
    uint32_t wanted =
        wanted_capacity(publisher, message_default_capacity(publisher->mapping.bytes));
    if (message_capacity(publisher->region, NULL) == 0 &&
        !message_adopt(publisher->region, wanted, publisher->mapping.created))
        error = ERROR_INVALID_DATA;
    DWORD leave_error = lock_leave_queue(&publisher->lock);
    return error != ERROR_SUCCESS ? error : leave_error;
}

static DWORD take_lock(struct publisher *publisher, DWORD timeout_ms, bool *died)
{
    *died = false;
    if (publisher->plain)
        return lock_enter_queue(&publisher->lock, timeout_ms);
    DWORD error = ERROR_SUCCESS;
    if (message_capacity(publisher->region, NULL) == 0)
        error = adopt(publisher, timeout_ms);
    return error == ERROR_SUCCESS ? lock_take(&publisher->lock, publisher->region, timeout_ms, died)
                                  : error;
}

/* Other writers hold the lock for microseconds, so even --timeout 0 waits for those. */
static DWORD take_lock_patiently(struct publisher *publisher, bool *died)
{
    DWORD most = publisher->lock_ms;
    DWORD error = take_lock(publisher, LOCK_PATIENCE_MS, died);
    if (error != WAIT_TIMEOUT || most <= LOCK_PATIENCE_MS)
        return error;
    report_holder(publisher);
    return take_lock(publisher, most == INFINITE ? INFINITE : most - LOCK_PATIENCE_MS, died);
}

static DWORD give_lock_back(const struct publisher *publisher)
{
    if (publisher->plain)
        return lock_leave_queue(&publisher->lock);
    message_release(publisher->region);
    return ERROR_SUCCESS;
}

DWORD publisher_begin(struct publisher *publisher)
{
    bool died;
    DWORD error = take_lock_patiently(publisher, &died);
    if (error != ERROR_SUCCESS)
        return error;
    if (publisher->read != NULL && !ResetEvent(publisher->read))
        error = GetLastError();
    if (error == ERROR_SUCCESS && !publisher->plain) {
        publisher->capacity = message_claim(publisher->region, died);
        if (publisher->capacity == 0)
            error = ERROR_INVALID_DATA;
    }
    if (error != ERROR_SUCCESS)
        give_lock_back(publisher);
    publisher->last.time = now();
    return error;
}

/* The text and its NUL, of one or two bytes, and nothing else. */
static void put_plain(struct publisher *publisher, const char *text, size_t bytes)
{
    unsigned char *view = publisher->mapping.view;
    memcpy(view, text, bytes);
    memset(view + bytes, 0, encoding_nul_bytes(publisher->code_page));
}

/* Keeps a copy of the message, so that it can be handed over. */
static DWORD remember(struct publisher *publisher, const char *text, size_t bytes)
{
    if (bytes > publisher->last_room || publisher->last_text == NULL) {
        char *larger = realloc(publisher->last_text, bytes + MAPPING_SIZE);
        if (larger == NULL)
            return ERROR_NOT_ENOUGH_MEMORY;
        publisher->last_text = larger;
        publisher->last_room = bytes + MAPPING_SIZE;
    }
    if (text != publisher->last_text)
        memcpy(publisher->last_text, text, bytes);
    return ERROR_SUCCESS;
}

DWORD publisher_put(struct publisher *publisher, const char *text, size_t bytes)
{
    struct message *last = &publisher->last;
    last->length = (uint32_t)bytes;
    last->code_page = publisher->code_page;
    last->process_id = GetCurrentProcessId();
    if (publisher->plain)
        put_plain(publisher, text, bytes);
    else if (!message_publish(publisher->region, last, text))
        return ERROR_INVALID_DATA;
    publisher->published++;
    return publisher->acknowledged ? remember(publisher, text, bytes) : ERROR_SUCCESS;
}

DWORD publisher_end(struct publisher *publisher)
{
    DWORD error = ERROR_SUCCESS;
    if (!publisher->plain)
        error = notify_signal(&publisher->notify, message_count_signal(publisher->region));
    DWORD unlock_error = give_lock_back(publisher);
    return error != ERROR_SUCCESS ? error : unlock_error;
}

DWORD publisher_wait_read(const struct publisher *publisher, uint32_t timeout_ms)
{
    DWORD state = WaitForSingleObject(publisher->read, timeout_ms);
    if (state == WAIT_FAILED)
        return GetLastError();
    return state == WAIT_TIMEOUT ? WAIT_TIMEOUT : ERROR_SUCCESS;
}

/* True if the mapping, opened again, still holds our last message or a newer one. */
static bool holds_message(const struct publisher *publisher)
{
    if (publisher->plain)
        return memcmp(publisher->mapping.view, publisher->last_text, publisher->last.length) == 0;
    bool ready;
    return message_capacity(publisher->region, &ready) != 0 && ready;
}

DWORD publisher_let_go(struct publisher *publisher)
{
    mapping_close(&publisher->mapping);
    DWORD error = open_mapping(publisher);
    if (error != ERROR_SUCCESS)
        return error;
    bool created = publisher->mapping.created;
    if (!created && holds_message(publisher))
        return ERROR_SUCCESS;
    /* Whoever had opened it before may have read it, and said so, before it was gone. */
    if (publisher_wait_read(publisher, 0) == ERROR_SUCCESS)
        return ERROR_SUCCESS;
    error = publisher_begin(publisher);
    if (error == ERROR_SUCCESS)
        error = publisher_put(publisher, publisher->last_text, publisher->last.length);
    if (error == ERROR_SUCCESS)
        error = publisher_end(publisher);
    return error == ERROR_SUCCESS && created ? WAIT_TIMEOUT : error;
}

/* Waiting until a reader has shown a message. */
#include "delivery.h"

#include <stdlib.h>

#include "acknowledge.h"
#include "report.h"

#define LOOK_MS 100  /* between two looks whether the message is still there */
#define LATE_MS 1000 /* for a reader that is just printing what was overwritten */

DWORD delivery_open(struct delivery *delivery, struct publisher *publisher)
{
    const char *name = publisher->mapping.name;
    *delivery = (struct delivery){.publisher = publisher};
    DWORD error = publisher->shown_error;
    const char *suffix = error != ERROR_SUCCESS ? ".shown" : ".turn";
    if (error == ERROR_SUCCESS)
        error = object_create(&delivery->turn, OBJECT_MUTEX, 0, 0, name, ".turn", NULL);
    if (error == ERROR_SUCCESS) {
        suffix = ".taker";
        error = object_create(&delivery->taker, OBJECT_MUTEX, 0,
                              publisher->options->share ? LOCK_RIGHTS : 0, name, suffix, NULL);
    }
    if (error == ERROR_SUCCESS)
        return ERROR_SUCCESS;
    report_system(error, "cannot create %s%s, by which readers acknowledge", name, suffix);
    report_error("use --no-wait to send without waiting for readers, or another --name");
    return error;
}

void delivery_close(struct delivery *delivery)
{
    object_close(&delivery->turn);
    object_close(&delivery->taker);
    free(delivery->snapshot);
    delivery->snapshot = NULL;
}

DWORD delivery_pause(struct delivery *delivery)
{
    DWORD error = publisher_unlock(delivery->publisher);
    bool had_turn = delivery->has_turn;
    delivery->has_turn = false;
    DWORD turn_error = had_turn ? lock_release(delivery->turn) : ERROR_SUCCESS;
    return error != ERROR_SUCCESS ? error : turn_error;
}

static DWORD take_turn(struct delivery *delivery, deadline_time deadline)
{
    if (delivery->has_turn)
        return ERROR_SUCCESS;
    DWORD error = lock_take(delivery->turn, wait_left(deadline, NOTE_MS));
    if (error == WAIT_TIMEOUT && wait_left(deadline, 1) > 0) {
        report_note("another writer waits for a reader of %s: waiting for its turn; Ctrl+C gives "
                    "up",
                    delivery->publisher->mapping.name);
        error = lock_take(delivery->turn, wait_left(deadline, INFINITE));
    }
    if (error == WAIT_TIMEOUT)
        report_error("timed out: another writer still waits for a reader of %s",
                     delivery->publisher->mapping.name);
    delivery->has_turn = error == ERROR_SUCCESS;
    return error;
}

/* Whether the message is still there as it was sent. No memory, or a message that changes all the
 * time: it counts as there until the next look. */
static bool is_there(struct delivery *delivery, const struct text_to_send *text)
{
    const struct publisher *publisher = delivery->publisher;
    struct message message;
    size_t room = (size_t)text->count + 1;
    if (room > delivery->snapshot_room) {
        char *larger = realloc(delivery->snapshot, room);
        if (larger == NULL)
            return true;
        delivery->snapshot = larger;
        delivery->snapshot_room = room;
    }
    enum message_result result =
        message_snapshot(publisher->region, &message, delivery->snapshot, room);
    return result == MESSAGE_BUSY ||
           (result == MESSAGE_WHOLE && message.number == publisher->number);
}

/* Whether a reader that has taken the message has ended since, or has just acknowledged it, which
 * withdraw tells apart. */
static bool has_taker_ended(const struct delivery *delivery)
{
    const struct publisher *publisher = delivery->publisher;
    if (!acknowledge_is_claimed(publisher->mapping.shown, publisher->number) ||
        lock_take(delivery->taker, 0) != ERROR_SUCCESS)
        return false;
    lock_release(delivery->taker);
    return true;
}

/* Gives up waiting. False if a reader has acknowledged the message after all. */
static bool withdraw(const struct delivery *delivery)
{
    const struct publisher *publisher = delivery->publisher;
    struct shown_page *shown = publisher->mapping.shown;
    if (!acknowledge_withdraw(shown, publisher->number))
        return false;
    acknowledge_claim(shown, publisher->number); /* no reader takes it later */
    return true;
}

static void note_wait(struct delivery *delivery, const struct text_to_send *text)
{
    char name[TEXT_NAME_ROOM];
    if (!delivery->noted)
        report_note("%s is in %s and waits for a reader; plain programs cannot acknowledge, use "
                    "--no-wait; Ctrl+C gives up",
                    publisher_text_name(name, text->line), delivery->publisher->mapping.name);
    delivery->noted = true;
}

static DWORD report_lost(const struct delivery *delivery, const struct text_to_send *text,
                         bool there)
{
    char name[TEXT_NAME_ROOM];
    publisher_text_name(name, text->line);
    if (there)
        report_error("%s was taken by a reader of %s that has ended without acknowledging it", name,
                     delivery->publisher->mapping.name);
    else
        report_error("%s was overwritten in %s; no reader has acknowledged it", name,
                     delivery->publisher->mapping.name);
    return ERROR_CANCELLED;
}

static DWORD report_timeout(const struct delivery *delivery, const struct text_to_send *text)
{
    const char *mapping = delivery->publisher->mapping.name;
    char name[TEXT_NAME_ROOM];
    report_error("timed out: no reader of %s has acknowledged %s", mapping,
                 publisher_text_name(name, text->line));
    report_error("start a reader first (reader --name %s --wait), or use --no-wait", mapping);
    return WAIT_TIMEOUT;
}

/* Waits for the acknowledgement, blocked. Errors: as delivery_send. */
static DWORD wait_for_acknowledgement(struct delivery *delivery, const struct text_to_send *text,
                                      deadline_time deadline)
{
    const struct publisher *publisher = delivery->publisher;
    const struct shown_page *shown = publisher->mapping.shown;
    ULONGLONG start = GetTickCount64(), last_there = start;
    while (acknowledge_is_pending(shown, publisher->number)) {
        DWORD left_ms = wait_left(deadline, LOOK_MS);
        DWORD state = WaitForSingleObject(publisher->notify.acknowledged, left_ms);
        if (state == WAIT_FAILED)
            return GetLastError();
        if (state == WAIT_OBJECT_0)
            continue;
        ULONGLONG now = GetTickCount64();
        bool there = is_there(delivery, text);
        if (there)
            last_there = now;
        bool lost = there ? has_taker_ended(delivery) : now - last_there > LATE_MS;
        if (lost || left_ms == 0) {
            if (!withdraw(delivery))
                return ERROR_SUCCESS;
            return there && !lost ? report_timeout(delivery, text)
                                  : report_lost(delivery, text, there);
        }
        if (there && now - start >= NOTE_MS)
            note_wait(delivery, text);
    }
    return ERROR_SUCCESS;
}

DWORD delivery_send(struct delivery *delivery, const struct text_to_send *text,
                    deadline_time deadline)
{
    struct publisher *publisher = delivery->publisher;
    struct shown_page *shown = publisher->mapping.shown;
    DWORD error = take_turn(delivery, deadline);
    if (error == ERROR_SUCCESS)
        error = publisher_put(publisher, text, true, deadline);
    if (error != ERROR_SUCCESS)
        return error;
    for (struct spin spin = {0}; wait_spin(&spin);)
        if (!acknowledge_is_pending(shown, publisher->number))
            return publisher_unlock_in_time(publisher);
    error = publisher_unlock(publisher);
    if (error != ERROR_SUCCESS)
        return error;
    acknowledge_block(shown, true);
    error = wait_for_acknowledgement(delivery, text, deadline);
    acknowledge_block(shown, false);
    DWORD turn_error = delivery_pause(delivery);
    return error != ERROR_SUCCESS ? error : turn_error;
}

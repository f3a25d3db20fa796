/* The reading side of a mapping. */
#include "source.h"

#include "acknowledge.h"
#include "text.h"
#include "text.h"

#define SETTLE_MS 50 /* until what changes all the time is shown as it is */
#define AGAIN_MS  5  /* until the next look at what is not settled */

/* The pause between two looks: so many times what the last look has cost, which is 1 % of a core,
 * and at most so long. */
#define WAIT_PER_LOOK   100
#define LONGEST_POLL_MS 60000

static uint64_t now_us(void)
{
    LARGE_INTEGER ticks, frequency;
    QueryPerformanceCounter(&ticks);
    QueryPerformanceFrequency(&frequency);
    return (uint64_t)((double)ticks.QuadPart * 1e6 / (double)frequency.QuadPart);
}

void source_start(struct source *source, const struct source_options *options)
{
    char local[NAME_ROOM];
    *source = (struct source){.options = options, .view = {.options = &options->view}};
    if (!options->until_end)
        return;
    object_create(&source->began[0], OBJECT_EVENT, 0, 0, options->name, BEGAN, NULL);
    name_other(local, options->name);
    if (name_is_global(options->name))
        object_create(&source->began[1], OBJECT_EVENT, 0, 0, local, BEGAN, NULL);
}

static void close_mapping(struct source *source)
{
    notify_close(&source->notify);
    object_close(&source->taker);
    view_close(&source->view);
}

void source_close(struct source *source)
{
    close_mapping(source);
    view_free(&source->view);
    object_close(&source->began[0]);
    object_close(&source->began[1]);
}

/* True while nothing was written there. */
static bool is_empty(const struct source *source)
{
    unsigned char first = 0;
    if (source->view.region.count > 0) /* else its first page is not committed */
        message_copy(source->view.region, 0, &first, 1);
    return first == 0 && message_number(source->view.region) == 0;
}

/* A Global\ mapping that has appeared replaces an empty Local\ one that stands in for it. */
static void look_for_global(struct source *source)
{
    struct mapping global;
    if (!is_empty(source) ||
        mapping_open_exactly(&global, source->options->name, MAPPING_READ) != ERROR_SUCCESS)
        return;
    close_mapping(source);
    source->view.mapping = global;
}

/* What comes next is new, from its first message on. */
static void expect_new(struct source *source)
{
    source->looked = true;
    source->seen_ours = false;
    source->seen_number = 0;
    source->seen_digest = source->pending_digest = 0;
}

DWORD source_open(struct source *source)
{
    const struct source_options *options = source->options;
    DWORD error = ERROR_SUCCESS;
    if (source->view.mapping.view == NULL)
        error = options->may_create
                    ? mapping_create(&source->view.mapping, options->name, MAPPING_SIZE, false,
                                     false, MAPPING_READ)
                    : mapping_open(&source->view.mapping, options->name, MAPPING_READ);
    source->view.region = mapping_region(&source->view.mapping);
    if (error == ERROR_SUCCESS && source->view.mapping.stand_in)
        look_for_global(source);
    source->view.region = mapping_region(&source->view.mapping);
    /* NAME.shown is held for as long as the mapping. If it is gone with the last writer, so is what
     * could be taken; a new page would not know that it was. */
    bool ours = error == ERROR_SUCCESS && message_capacity(source->view.region, NULL) != 0;
    if (ours && mapping_open_shown(&source->view.mapping) == ERROR_FILE_NOT_FOUND &&
        options->takes) {
        close_mapping(source);
        error = ERROR_FILE_NOT_FOUND;
    }
    if (error == ERROR_FILE_NOT_FOUND)
        expect_new(source);
    return error;
}

/* A number that went back is another program's doing. */
static uint32_t count_missed(const struct source *source, uint32_t number)
{
    uint32_t distance = message_distance(number, source->seen_number);
    return source->looked && distance != 0 && distance <= INT32_MAX / 2 ? distance - 1 : 0;
}

static void see_message(struct source *source, struct sight *sight)
{
    uint32_t number = sight->message.number;
    sight->missed = count_missed(source, number);
    sight->fresh = !source->looked || !source->seen_ours || number != source->seen_number;
    source->seen_ours = source->writer_seen = true;
    source->seen_number = number;
    source->pending_digest = 0;
}

static uint64_t digest(const struct source *source, const struct sight *sight)
{
    uint64_t start =
        text_digest(TEXT_DIGEST_START, source->view.part_bytes,
                    source->options->view.part_count * sizeof source->view.part_bytes[0]);
    return text_digest(start ^ sight->count, sight->bytes, sight->count) | 1; /* 0 is none */
}

/* What another program writes is settled once two looks agree, or after a while as it is. */
static void see_bytes(struct source *source, struct sight *sight)
{
    bool compares = source->options->repeats || sight->count <= SETTLE_BYTES;
    uint64_t found = compares ? digest(source, sight) : 1;
    ULONGLONG now = GetTickCount64();
    sight->fresh = source->seen_ours || found != source->seen_digest;
    if (source->pending_digest == 0)
        source->pending_since = now;
    sight->unsettled = sight->fresh && sight->count > 0 && sight->count <= SETTLE_BYTES &&
                       found != source->pending_digest && now - source->pending_since < SETTLE_MS;
    source->pending_digest = sight->unsettled ? found : 0;
    if (sight->unsettled) {
        sight->fresh = false;
        return;
    }
    if (!source->looked)
        source->seen_number = sight->message.number;
    source->seen_ours = false;
    source->seen_digest = found;
}

typedef DWORD copy_call(struct view *, struct sight *);

static DWORD look_now(struct source *source, struct sight *sight, copy_call *copy)
{
    *sight = (struct sight){0};
    DWORD error = source_open(source);
    if (error != ERROR_SUCCESS)
        return error;
    source->signals = message_signals(source->view.region);
    source->number = message_number(source->view.region);
    error = copy(&source->view, sight);
    if (error != ERROR_SUCCESS)
        return error;
    if (sight->ours)
        see_message(source, sight);
    else
        see_bytes(source, sight);
    source->unsettled = sight->unsettled;
    source->busy |= sight->fresh;
    source->looked |= !sight->unsettled;
    return ERROR_SUCCESS;
}

static DWORD look(struct source *source, struct sight *sight, copy_call *copy)
{
    uint64_t start = now_us();
    DWORD error = look_now(source, sight, copy);
    uint64_t cost_us = now_us() - start;
    source->cost_us = cost_us < UINT32_MAX ? (uint32_t)cost_us : UINT32_MAX;
    return error;
}

DWORD source_look(struct source *source, struct sight *sight)
{
    return look(source, sight, view_copy_text);
}

DWORD source_look_at_range(struct source *source, struct sight *sight)
{
    return look(source, sight, view_copy_range);
}

DWORD source_look_at_parts(struct source *source, struct sight *sight)
{
    return look(source, sight, view_copy_parts);
}

DWORD source_take(struct source *source, const struct sight *sight, DWORD timeout_ms, bool *taken)
{
    DWORD error = mapping_open_shown(&source->view.mapping);
    if (error == ERROR_SUCCESS && source->taker == NULL)
        error = object_create(&source->taker, OBJECT_MUTEX, 0, 0, source->view.mapping.name,
                              ".taker", NULL);
    if (error == ERROR_SUCCESS)
        error = lock_take(source->taker, timeout_ms);
    if (error != ERROR_SUCCESS)
        return error;
    *taken = acknowledge_claim(source->view.mapping.shown, sight->message.number);
    return *taken ? ERROR_SUCCESS : lock_release(source->taker);
}

static bool has_events(struct source *source)
{
    return source->notify.acknowledged != NULL ||
           notify_open(&source->notify, source->view.mapping.name) == ERROR_SUCCESS;
}

/* Without NAME.shown no writer waits: it is created before the first message that does. */
void source_acknowledge(struct source *source, const struct sight *sight)
{
    if (sight->ours && mapping_open_shown(&source->view.mapping) == ERROR_SUCCESS &&
        acknowledge_shown(source->view.mapping.shown, sight->message.number) && has_events(source))
        SetEvent(source->notify.acknowledged);
    if (source->taker != NULL)
        lock_release(source->taker);
}

static bool has_writer(const char *name)
{
    HANDLE lock;
    DWORD error = object_open(&lock, OBJECT_MUTEX, SYNCHRONIZE, name, ".writer");
    object_close(&lock);
    return error != ERROR_FILE_NOT_FOUND;
}

static bool has_changed(const struct source *source)
{
    return message_number(source->view.region) != source->number;
}

bool source_has_ended(struct source *source)
{
    const char *name = source->options->name;
    char local[NAME_ROOM];
    if (source->view.mapping.view != NULL && has_changed(source))
        return false; /* the next look finds a message: no kernel call in a stream */
    name_other(local, name);
    bool here = source->view.mapping.view != NULL
                    ? has_writer(source->view.mapping.name)
                    : has_writer(name) || (name_is_global(name) && has_writer(local));
    for (int i = 0; i < 2 && !source->writer_seen; i++)
        source->writer_seen =
            source->began[i] != NULL && WaitForSingleObject(source->began[i], 0) == WAIT_OBJECT_0;
    source->writer_seen |= here;
    return source->writer_seen && !here;
}

/* Waits for a signal, or for the next poll. */
static void wait_for_signal(struct source *source, DWORD timeout_ms)
{
    for (struct spin spin = {0}; source->busy && wait_spin(&spin);)
        if (has_changed(source))
            return;
    source->busy = false;
    if (mapping_open_shown(&source->view.mapping) == ERROR_SUCCESS)
        acknowledge_sleep(source->view.mapping.shown);
    if (has_changed(source))
        return;
    /* Woken for nothing: the event is one that a dead writer has not reset. */
    if (!has_events(source) || (notify_wait(&source->notify, source->signals, timeout_ms) &&
                                message_signals(source->view.region) == source->signals))
        Sleep(timeout_ms);
}

void source_rest(struct source *source)
{
    if (!source->options->may_create && message_capacity(source->view.region, NULL) == 0)
        close_mapping(source);
}

DWORD source_pause_ms(const struct source *source, DWORD usual_ms)
{
    uint64_t interval_ms = source->options->interval_ms;
    uint64_t cheap_ms = (uint64_t)source->cost_us * WAIT_PER_LOOK / 1000;
    if (interval_ms != NOT_GIVEN)
        return (DWORD)interval_ms;
    if (cheap_ms < usual_ms)
        return usual_ms;
    return cheap_ms < LONGEST_POLL_MS ? (DWORD)cheap_ms : LONGEST_POLL_MS;
}

/* What is not settled is looked at again soon. */
static DWORD poll_ms(const struct source *source)
{
    bool soon = source->unsettled && source->options->interval_ms == NOT_GIVEN;
    return soon ? AGAIN_MS : source_pause_ms(source, NOTIFY_POLL_MS);
}

void source_wait(struct source *source, DWORD timeout_ms)
{
    DWORD time_ms = poll_ms(source);
    if (time_ms > timeout_ms)
        time_ms = timeout_ms;
    if (message_capacity(source->view.region, NULL) != 0) {
        wait_for_signal(source, time_ms);
    } else {
        source_rest(source);
        wait_sleep(time_ms);
    }
}

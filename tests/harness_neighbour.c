/* A hostile neighbour: the ways of both programs, and the attacks on them. */
#include "neighbour.h"

#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winternl.h>

#define CAPACITY 61000 /* of a mapping with a message */

NTSYSAPI NTSTATUS NTAPI NtSuspendProcess(HANDLE process);

const struct way ways[WAYS] = {
    {{"writer", "text"}, true},
    {{"writer", "--keep", "text"}, true},
    {{"writer", "--until-read", "text"}, false},
    {{"writer", "--plain", "text"}, false},
    {{"reader"}, true},
    {{"reader", "--follow"}, true},
    {{"reader", "--follow", "--hex"}, true},
    {{"reader", "--follow", "--json"}, false},
    {{"reader", "--wait"}, false},
    {{"reader", "--wait", "--offset", "8"}, false},
    {{"reader", "--once"}, false},
    {{"reader", "--raw"}, false},
    {{"reader", "--info"}, false},
};

const char *way_words(const struct way *way)
{
    static char line[80];
    line[0] = '\0';
    for (size_t i = 0; i < COUNT(way->words) && way->words[i] != NULL; i++)
        snprintf(line + strlen(line), sizeof line - strlen(line), "%s ", way->words[i]);
    return line;
}

bool way_follows(const struct way *way)
{
    return way->words[1] != NULL && strcmp(way->words[1], "--follow") == 0;
}

void poke_sequence(struct victim *victim)
{
    atomic_fetch_add(&test_control(&victim->mapping)->sequence, 1);
}

void poke_signals(struct victim *victim)
{
    atomic_fetch_add(&test_control(&victim->mapping)->signals, 1);
}

void poke_magic(struct victim *victim)
{
    static unsigned turn;
    static const uint32_t values[] = {MAPPING_UNUSED, MAPPING_READY, 7, MAPPING_READY,
                                      MAPPING_CLAIMED};
    atomic_store(&test_control(&victim->mapping)->magic, values[turn++ % COUNT(values)]);
}

void poke_text(struct victim *victim)
{
    static char letter;
    memset(victim->mapping.view, 'a' + letter++ % 26, 4096);
}

void poke_name(struct victim *victim)
{
    struct mapping mapping;
    if (mapping_create(&mapping, victim->name, 256, false, MAPPING_WRITE) == ERROR_SUCCESS)
        mapping_close(&mapping);
}

void poke_events(struct victim *victim)
{
    for (int i = 0; i < NOTIFY_EVENTS; i++) {
        SetEvent(victim->planted[i]);
        ResetEvent(victim->planted[i]);
    }
}

const struct attack attacks[ATTACKS] = {
    {"nobody", .planted = NOTHING},
    {"a lock that is held", .planted = MUTEX, .suffix = ".writer"},
    {"a lock whose writer is suspended", .suspended = true},
    {"a lock that may not be opened", .planted = MUTEX, .suffix = ".writer", .denied = true},
    {"a semaphore as NAME.writer", .planted = SEMAPHORE, .suffix = ".writer"},
    {"a job as NAME.writer", .planted = JOB, .suffix = ".writer"},
    {"NAME.changed set", EVENT, ".changed.%d", .message = true},
    {"NAME.changed that may not be opened", EVENT, ".changed.%d", .denied = true, .message = true},
    {"semaphores as NAME.changed", SEMAPHORE, ".changed.%d", .message = true},
    {"NAME.read set", .planted = EVENT, .suffix = ".read"},
    {"NAME.read that may not be opened", .planted = EVENT, .suffix = ".read", .denied = true},
    {"a job as NAME.read", .planted = JOB, .suffix = ".read"},
    {"a large message", .message = true},
    {"a stdout that is full", .message = true, .full_out = true},
    {"a stderr that is full", .full_err = true},
    {"a sequence that changes", .message = true, .poke = poke_sequence},
    {"signals that are counted", .message = true, .poke = poke_signals},
    {"control data that is ours and is not", .message = true, .poke = poke_magic},
    {"a text that is rewritten", .message = true, .poke = poke_text},
    {"a mapping that comes and goes", .poke = poke_name},
    {"events that are set and reset", EVENT, ".changed.%d", .message = true, .poke = poke_events},
};

static HANDLE plant(const struct attack *attack, const char *name, int number)
{
    SECURITY_ATTRIBUTES security = {.nLength = sizeof security};
    char suffix[32], whole[80];
    snprintf(suffix, sizeof suffix, attack->suffix, number);
    snprintf(whole, sizeof whole, "%s%s", name, suffix);
    if (attack->denied && !ConvertStringSecurityDescriptorToSecurityDescriptorA(
                              "D:P", SDDL_REVISION_1, &security.lpSecurityDescriptor, NULL))
        test_bail("no descriptor: error %lu", GetLastError());
    HANDLE object = NULL;
    if (attack->planted == MUTEX)
        object = CreateMutexA(&security, TRUE, whole);
    else if (attack->planted == EVENT)
        object = CreateEventA(&security, TRUE, TRUE, whole);
    else if (attack->planted == SEMAPHORE)
        object = CreateSemaphoreA(&security, 1, 1, whole);
    else
        object = CreateJobObjectA(&security, whole);
    if (object == NULL)
        test_bail("cannot plant %s: error %lu", whole, GetLastError());
    return object;
}

void neighbour_hold(const char *name)
{
    struct mapping mapping;
    HANDLE lock;
    if (object_create(&lock, OBJECT_MUTEX, 0, 0, name, ".writer", NULL) != ERROR_SUCCESS ||
        mapping_create(&mapping, name, MAPPING_SIZE, false, MAPPING_WRITE) != ERROR_SUCCESS ||
        lock_take(lock, ENOUGH_MS) != ERROR_SUCCESS)
        exit(1);
    message_adopt(mapping_region(&mapping), MAPPING_SIZE, true);
    message_claim(mapping_region(&mapping), GetCurrentProcessId());
    printf("held\n");
    fflush(stdout);
    Sleep(INFINITE);
}

static struct process *suspend_a_writer(const char *name)
{
    struct process *holder = process_start(ARGS("self", "hold", name));
    if (!process_wait_output(holder, "held", ENOUGH_MS) || NtSuspendProcess(holder->handle) < 0)
        test_bail("no writer can be suspended");
    return holder;
}

void put_message(struct victim *victim, uint32_t capacity)
{
    struct message message = {.length = capacity - 1000, .code_page = 65001};
    char *text = test_room(NULL, message.length);
    memset(text, 'm', message.length);
    if (mapping_create(&victim->mapping, victim->name, message_section_bytes(capacity), false,
                       MAPPING_WRITE) != ERROR_SUCCESS)
        test_bail("cannot make the mapping %s", victim->name);
    struct message_region region = mapping_region(&victim->mapping);
    message_adopt(region, capacity, true);
    message_claim(region, GetCurrentProcessId());
    message_publish(region, &message, text);
    if (notify_create(&victim->notify, victim->name, false) == ERROR_SUCCESS)
        notify_signal(&victim->notify, message_count_signal(region));
    message_release(region);
    free(text);
}

/* The path of a pipe that takes not a byte, since nobody reads it. */
static const char *full_pipe(struct victim *victim, int which)
{
    static char paths[2][TEST_PATH];
    char name[64];
    snprintf(name, sizeof name, "%s.%d", victim->name, which);
    victim->pipes[which] = test_pipe(name, paths[which]);
    return paths[which];
}

void plant_all(const struct attack *attack, struct victim *victim)
{
    int objects = attack->planted == NOTHING            ? 0
                  : strchr(attack->suffix, '%') != NULL ? NOTIFY_EVENTS
                                                        : 1;
    for (int i = 0; i < objects; i++)
        victim->planted[i] = plant(attack, victim->name, i);
}

void start_victim(const struct attack *attack, struct victim *victim, const char *seconds)
{
    const char *const *words = victim->way->words;
    victim->name = test_unique_name();
    plant_all(attack, victim);
    if (attack->suspended)
        victim->holder = suspend_a_writer(victim->name);
    if (attack->message)
        put_message(victim, CAPACITY);
    struct process_setup setup = {
        .arguments =
            ARGS(words[0], "-n", victim->name, "-t", seconds, words[1], words[2], words[3]),
        .out = attack->full_out ? full_pipe(victim, 0) : STREAM_PIPE,
        .err = attack->full_err ? full_pipe(victim, 1) : STREAM_PIPE,
    };
    victim->process = process_start_as(&setup);
}

void pull_out(struct victim *victim)
{
    for (int i = 0; i < NOTIFY_EVENTS; i++)
        object_close(&victim->planted[i]);
}

void end_victim(struct victim *victim)
{
    process_free(victim->process);
    if (victim->holder != NULL)
        process_free(victim->holder);
    pull_out(victim);
    for (int i = 0; i < 2; i++)
        object_close(&victim->pipes[i]);
    notify_close(&victim->notify);
    mapping_close(&victim->mapping);
}

/* The neighbour's thread: it attacks all victims in turn. */
static struct hot {
    const struct attack *attack;
    struct victim *victims;
    size_t count;
    volatile LONG stop;
    HANDLE thread;
} hot;

static DWORD WINAPI poke_all(void *unused)
{
    (void)unused;
    while (!hot.stop)
        for (size_t i = 0; i < hot.count; i++)
            hot.attack->poke(&hot.victims[i]);
    return 0;
}

void start_poking(const struct attack *attack, struct victim *victims, size_t count)
{
    hot = (struct hot){attack, victims, count, 0, NULL};
    if (attack->poke != NULL)
        hot.thread = CreateThread(NULL, 0, poke_all, NULL, 0, NULL);
}

void stop_poking(void)
{
    InterlockedExchange(&hot.stop, 1);
    if (hot.thread != NULL)
        WaitForSingleObject(hot.thread, ENOUGH_MS);
    object_close(&hot.thread);
}

DWORD poking_ms(void)
{
    return test_thread_ms(hot.thread);
}

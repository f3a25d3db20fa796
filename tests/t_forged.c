/*
 * Forged control data: each word of it in turn has each of many values, while a writer and
 * followers run. None crashes, hangs or obeys a control sequence, and a new writer goes on, or says
 * why not and what to do.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping.h"

#define CONTROL_WORDS (sizeof(struct mapping_control) / 4)
/* With STRESS in the environment all powers of two are tried, else some. */
#define VALUES     (32 + 7)
#define SETTLE_MS  15 /* a follower has polled */
#define MOST_NOTES 2  /* of one kind and word */

static const char *const word_names[CONTROL_WORDS] = {
    "magic",
    "capacity",
    "holder",
    "sequence",
    "signals",
    "text.length",
    "text.code_page",
    "text.process_id",
    "text.time_low",
    "text.time_high",
    "text.hash",
    "standby.length",
    "standby.code_page",
    "standby.process_id",
    "standby.time_low",
    "standby.time_high",
    "standby.hash",
};

/* What runs on the mapping all the time. */
static const char *name;
static struct mapping mapping;
static HANDLE lock;
static struct process *writer, *follower, *watcher, *innocent;
static struct screen *screen;
static unsigned number; /* of the present case, and so of its texts */

/* How many cases ended so. */
static struct counts {
    int tried, went_on, refused, unexplained, lost, crashed, ended;
} counts;

static volatile uint32_t *control_words(void)
{
    return (volatile uint32_t *)test_control(&mapping);
}

static bool is_well(int status)
{
    return status >= 0 && status <= 2;
}

static struct process *start_writer(void)
{
    return process_start(ARGS("writer", "-n", name, "--keep"));
}

static struct process *start_follower(void)
{
    return process_start(ARGS("reader", "-n", name, "--follow"));
}

static struct process *start_watcher(void)
{
    return process_start_on(screen, ARGS("reader", "-n", name, "--follow"));
}

/* A program that has ended must have done so on its own, and is started again. */
static void revive(struct process **process, struct process *(*start)(void), const char *what)
{
    if (process_running(*process))
        return;
    int status = process_status(*process);
    counts.crashed += !is_well(status);
    if (counts.ended++ < MOST_NOTES)
        test_note("%s has ended with status %d: %s", what, status, process_errors(*process));
    process_free(*process);
    *process = start();
}

static void revive_all(void)
{
    revive(&writer, start_writer, "the writer");
    revive(&follower, start_follower, "the follower");
    revive(&watcher, start_watcher, "the follower at a console");
}

static void send_line(const char *what)
{
    char line[64];
    sprintf(line, "\x1b[2J%s %u\n", what, number);
    process_type(writer, line);
}

/* Whoever writes next is told what to do, or its text is shown; unless the line that was typed came
 * after it. */
static void try_writer(const char *word, uint32_t value)
{
    char text[32], line[32];
    sprintf(text, "fresh %u", number);
    sprintf(line, "line %u", number);
    int status = process_run(ARGS("writer", "-q", "-n", name, "-t", "1", text), NULL);
    bool advised = test_count(got.err, "\n") >= 2 || strstr(got.err, "; --plain writes") != NULL ||
                   strstr(got.err, "it was not sent") != NULL ||
                   (strstr(got.err, "has taken the place of the text") != NULL &&
                    strstr(mapping.view, line) != NULL);
    counts.crashed += !is_well(status);
    if (status == 0 && process_wait_output(follower, text, ENOUGH_MS))
        counts.went_on++;
    else if (status == 0)
        counts.lost++;
    else if (advised)
        counts.refused++;
    else
        counts.unexplained++;
    bool good = status == 0 ? process_wait_output(follower, text, 0) : status > 0 && advised;
    if (!good && counts.lost + counts.unexplained <= MOST_NOTES)
        test_note("%s = 0x%x: a new writer ends with %d: %s", word, value, status, got.err);
}

/* One word has one value; then all is as it was before. */
static void try_value(size_t word, uint32_t value)
{
    static const char *const looks[] = {"--once", "--info", "--wait"};
    static char before[4096];
    lock_take(lock, ENOUGH_MS);
    memcpy(before, mapping.view, sizeof before);
    lock_release(lock);
    number++;
    counts.tried++;
    control_words()[word] = value;
    Sleep(SETTLE_MS);
    const char *json = number % 2 == 0 ? "--json" : NULL;
    int status = process_run(ARGS("reader", "-n", name, looks[number % 3], "-t", "1", json), NULL);
    counts.crashed += !is_well(status);
    send_line("line");
    try_writer(word_names[word], value);
    lock_take(lock, ENOUGH_MS);
    memcpy(mapping.view, before, sizeof before);
    lock_release(lock);
    revive_all();
}

static uint32_t value_of(size_t word, int which)
{
    const volatile uint32_t *words = control_words();
    switch (which - 32) {
    case 0:
        return 0;
    case 1:
        return UINT32_MAX;
    case 2:
        return words[(word + 1) % CONTROL_WORDS];
    case 3:
        return words[(word + CONTROL_WORDS - 1) % CONTROL_WORDS];
    case 4:
        return innocent->id;
    case 5:
        return follower->id;
    case 6:
        return words[word] ^ 1;
    default:
        return UINT32_C(1) << which;
    }
}

static void try_word(size_t word)
{
    char text[32];
    counts = (struct counts){0};
    for (int which = 0; which < VALUES; which++)
        if (which >= 32 || which % 8 == 0 || which == 31 || getenv("STRESS") != NULL)
            try_value(word, value_of(word, which));
    const char *what = word_names[word];
    test_note(
        "%s: of %d values a new writer went on after %d and told why not after %d; %d times a "
        "program ended",
        what, counts.tried, counts.went_on, counts.refused, counts.ended);
    test_equal(counts.crashed, 0, "%s forged: no program crashes or hangs", what);
    test_equal(counts.lost, 0, "%s forged: what a new writer sends is shown", what);
    test_equal(counts.unexplained, 0, "%s forged: or it says why not and what to do", what);

    Sleep(SETTLE_MS);
    revive_all();
    /* The numbers went back as well: one that a follower has seen already is not shown again. */
    for (int i = 0; i < 3; i++, Sleep(SETTLE_MS)) {
        number++;
        send_line("well");
    }
    sprintf(text, "well %u", number);
    test_check(process_wait_output(follower, text, ENOUGH_MS) &&
                   screen_wait(screen, text, ENOUGH_MS),
               "%s forged and mended: writer and followers go on", what);
    test_check(strchr(screen_read(screen), '\x1b') == NULL &&
                   strstr(screen_read(screen), "\\x1b[2J") != NULL,
               "%s forged: on a console control sequences are shown", what);
    process_free(writer); /* the next word is to find one that knows nothing of this */
    writer = start_writer();
}

/* While a writer starts: lines that it had no room for are refused, whatever the room is later. */
static void test_capacity_at_start(void)
{
    enum { ROOM = 65536, LINE = 3000 };
    const char *other = test_unique_name();
    struct mapping large;
    mapping_create(&large, other, message_section_bytes(ROOM), false, false, MAPPING_WRITE);
    message_adopt(mapping_region(&large), ROOM, true);
    struct mapping_control *control = test_control(&large);
    atomic_store(&control->capacity, 8);
    struct process *late = process_start(ARGS("writer", "-n", other, "-q", "-t", "20"));
    process_type(late, "first\n");
    process_run(ARGS("reader", "-n", other, "--wait", "-t", "10"), NULL);
    atomic_store(&control->capacity, ROOM);
    char line[LINE + 8];
    memset(line, 'A', LINE);
    strcpy(line + LINE, "\nEND\n");
    process_write(late, line, LINE / 2);
    FlushFileBuffers(late->input); /* until it is read */
    process_type(late, line + LINE / 2);
    process_close_input(late);
    process_wait_errors(late, "line 2", ENOUGH_MS);
    test_contains(process_errors(late), "line 2 has 3000 bytes",
                  "a line too long for a capacity that was forged is refused");
    for (int i = 0; i < 100 && strcmp(got.out, "END\r\n") != 0; i++)
        process_run(ARGS("reader", "-n", other, "-qwt", "10"), NULL);
    test_text(got.out, "END\r\n", "and the next one is sent");
    test_ends(late, 1, "status 1 tells");
    mapping_close(&large);
}

void test_main(void)
{
    test_time_limit(900);
    name = test_unique_name();
    screen = screen_open();
    innocent =
        process_start(ARGS("writer", "-n", test_unique_name(), "--keep", "of another mapping"));
    writer = start_writer();
    send_line("first");
    follower = start_follower();
    watcher = start_watcher();
    if (!process_wait_output(follower, "first", ENOUGH_MS) ||
        !screen_wait(screen, "first", ENOUGH_MS) ||
        mapping_open(&mapping, name, MAPPING_WRITE) != ERROR_SUCCESS)
        test_bail("the programs do not start");
    if (object_open(&lock, OBJECT_MUTEX, SYNCHRONIZE, name, ".writer") != ERROR_SUCCESS)
        test_bail("there is no lock");
    test_capacity_at_start();
    for (size_t word = 0; word < CONTROL_WORDS; word++)
        try_word(word);
    process_free(innocent);
    process_free(writer);
    process_free(follower);
    process_free(watcher);
    screen_free(screen);
}

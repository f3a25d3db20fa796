/*
 * writer: copies what is typed, piped or given as words into a named file mapping.
 *
 * Here are the command line, the ways to get messages, and what is done after the last one;
 * publisher.c puts them into the mapping.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "encoding.h"
#include "input.h"
#include "options.h"
#include "publisher.h"
#include "report.h"
#include "watch.h"

enum { DONE = 0, UNDELIVERED = 1, FAILED = 2 }; /* exit status */
enum { HAND_OVER, KEEP, UNTIL_READ };

/* The largest --size: two copies and the control data must stay below 4 GiB. */
#define LARGEST_SIZE UINT64_C(0x7ff00000)

static struct publisher publisher;
static uint64_t interval_ms;
static int ending; /* what is done after the last message */

static const struct option_line options[] = {
    {"name", 'n', "NAME", "the mapping (" MAPPING_NAME ")", OPTION_WORD, &publisher.name, 0, 0},
    {"size", 's', "BYTES", "its capacity if it has to be created (256; 64K, 1M)", OPTION_SIZE,
     &publisher.size, 1, LARGEST_SIZE},
    {"encoding", 'e', "ENC", "what is stored: utf-8 (default), utf-16, ansi, oem, latin-1",
     OPTION_ENCODING, &publisher.code_page, 0, 0},
    {"interval", 'i', "MS", "wait between piped messages", OPTION_COUNT, &interval_ms, 0,
     INT32_MAX},
    {"until-read", 'r', NULL, "return once a reader has printed the last message", OPTION_CHOICE,
     &ending, UNTIL_READ, 0},
    {"keep", 'k', NULL, "keep the last message readable until a key is pressed\nor input ends",
     OPTION_CHOICE, &ending, KEEP, 0},
    {"timeout", 't', "SEC", "wait no longer than this for anything; then exit status 1",
     OPTION_SECONDS, &publisher.timeout_ms, 0, 0},
    {"plain", 'p', NULL, "touch nothing but the text and its NUL", OPTION_SWITCH, &publisher.plain,
     0, 0},
    {"share", 0, NULL, "let other users read", OPTION_SWITCH, &publisher.share, 0, 0},
    OPTIONS_OF_BOTH,
};

static const struct program program = {
    "writer",
    "Usage: writer [OPTION]... [TEXT]...\r\n"
    "Copies text into a named file mapping, for reader and any other program to see.\r\n"
    "Without TEXT, each line typed or piped is a message; the words of TEXT are one message.\r\n",
    options,
    "At a console, Ctrl+Z or Ctrl+D ends the input. In a mintty terminal, start it with winpty "
    "to\r\n"
    "type at a console; without, it works by lines.\r\n"
    "A piped text, or TEXT, whose writer is the last to hold the mapping waits for a reader.\r\n"
    "Exit status: 0 done; 1 a line refused or not read in time; 2 wrong usage or system "
    "error.\r\n"};

/* The exit status of an attempt to write, with its error reported. */
static int outcome(DWORD error)
{
    if (error == ERROR_SUCCESS)
        return publisher.refused ? UNDELIVERED : DONE;
    if (error == WAIT_TIMEOUT) {
        report_error("another writer has held the lock of %s all the time: end it, or wait longer",
                     publisher.mapping.name);
        return UNDELIVERED;
    }
    report_system(error, "cannot write to the mapping %s", publisher.mapping.name);
    if (error == ERROR_INVALID_DATA)
        report_error("another program has overwritten its control data; use another --name");
    else if (error == ERROR_INVALID_HANDLE || error == ERROR_ACCESS_DENIED)
        report_error("another program has an object of the name of its event NAME.read.N: end that "
                     "program or use another --name");
    return FAILED;
}

/* The first of two errors, the second of which is that of waking the readers. */
static DWORD flush_after(DWORD error)
{
    DWORD flush_error = publisher_flush(&publisher);
    return error != ERROR_SUCCESS ? error : flush_error;
}

/* Publishes all lines that have been read, under one lock; one a lock if they come at intervals. */
static DWORD send_read_lines(struct input *input)
{
    const char *line;
    uint64_t bytes;
    DWORD error = ERROR_SUCCESS;
    while (error == ERROR_SUCCESS && input_next(input, &line, &bytes)) {
        if (interval_ms > 0) {
            error = publisher_flush(&publisher);
            const char *watched = watch_for(NULL);
            if (publisher.published > 0)
                Sleep((DWORD)interval_ms);
            watch_for(watched);
        }
        if (error == ERROR_SUCCESS)
            error = publisher_send(&publisher, line, bytes, input->number);
    }
    return flush_after(error);
}

/* With --timeout 0 input is waited for all the same: else there could be none. */
static void watch_input(bool begins)
{
    watch_restart();
    watch_for(!begins                     ? "the text could not be written"
              : publisher.timeout_ms != 0 ? "no input has come"
                                          : NULL);
}

static int refuse_input(DWORD error)
{
    report_input(error, "give TEXT, or pipe a text into writer");
    return FAILED;
}

static int send_piped(HANDLE handle)
{
    struct input input = {.handle = handle,
                          .longest = 4 * (uint64_t)publisher_text_bytes(&publisher)};
    DWORD error = ERROR_SUCCESS, input_error = ERROR_SUCCESS;
    while (error == ERROR_SUCCESS && input_error == ERROR_SUCCESS && !input.ended) {
        watch_input(true);
        input_error = input_fill(&input);
        watch_input(false);
        if (input_error == ERROR_SUCCESS)
            error = send_read_lines(&input);
    }
    input_close(&input);
    if (input_error != ERROR_SUCCESS)
        return refuse_input(input_error);
    int status = outcome(error);
    if (error == WAIT_TIMEOUT)
        report_error("line %" PRIu64 " and what follows was not sent", input.number);
    return status;
}

static int send_typed(HANDLE console)
{
    report_note("writing to %s, %" PRIu32 " bytes a line; Ctrl+D ends", publisher.mapping.name,
                publisher_text_bytes(&publisher));
    bool ended = false;
    DWORD error = ERROR_SUCCESS;
    while (error == ERROR_SUCCESS && !ended) {
        char *line;
        size_t bytes;
        report_prompt("> ");
        watch_input(true);
        error = console_read_line(console, &line, &bytes, &ended);
        watch_input(false);
        if (error != ERROR_SUCCESS)
            return refuse_input(error);
        if (!ended) /* Ctrl+Z leaves the cursor in the line */
            report_answered();
        console_end_with(UNDELIVERED);
        if (!ended || bytes > 0)
            error = flush_after(publisher_send(&publisher, line, bytes, 0));
        if (error == ERROR_SUCCESS && !publisher.refused && !publisher.until_read)
            console_end_with(DONE);
    }
    report_prompt("");
    return outcome(error);
}

/* The words, joined by single spaces, as one message. */
static int send_words(char **words)
{
    size_t room = 1;
    for (char **word = words; *word != NULL; word++)
        room += strlen(*word) + 1;
    char *text = malloc(room), *at = text;
    if (text == NULL)
        return outcome(ERROR_NOT_ENOUGH_MEMORY);
    for (char **word = words; *word != NULL; word++) {
        size_t bytes = strlen(*word);
        if (word != words)
            *at++ = ' ';
        memcpy(at, *word, bytes);
        at += bytes;
    }
    DWORD error = flush_after(publisher_send(&publisher, text, (uint64_t)(at - text), 0));
    free(text);
    return outcome(error);
}

/* Where a key can be waited for: stdin or, if that was piped and has ended, the console behind it;
 * INVALID_HANDLE_VALUE if there is none. */
static HANDLE open_keys(bool input_used)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    if (!input_used || console_is(input))
        return input;
    return CreateFileW(L"CONIN$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                       NULL, OPEN_EXISTING, 0, NULL);
}

static int keep_text(HANDLE keys, int status)
{
    const char *name = publisher.mapping.name;
    wchar_t character;
    console_end_with((UINT)status);
    watch_for("no line has come; the text is gone if no other program holds it");
    report_note("keeping the text in %s until %s", name,
                console_is(keys) ? "a key is pressed" : "a line comes or the input ends");
    DWORD error = console_read_key(keys, publisher.timeout_ms, &character);
    console_restore();
    if (keys != GetStdHandle(STD_INPUT_HANDLE))
        CloseHandle(keys);
    if (error == ERROR_SUCCESS || error == ERROR_HANDLE_EOF)
        return DONE;
    if (error == WAIT_TIMEOUT) {
        report_error("no key was pressed in time; the text is gone if no other program holds %s "
                     "(give --timeout more)",
                     name);
        return UNDELIVERED;
    }
    report_input(error, "no key can come, leave out --keep");
    return FAILED;
}

static int hand_over(void)
{
    const char *name = publisher.mapping.name;
    console_end_with(UNDELIVERED);
    watch_for("the text could not be handed over");
    DWORD error = publisher_hand_over(&publisher);
    if (error == ERROR_SUCCESS)
        return DONE;
    if (error == ERROR_CANCELLED) {
        report_error("another message has taken the place of the text in %s%s", name,
                     publisher.plain ? "; whether a reader has shown it before is not known"
                                     : " before a reader has shown it");
        return UNDELIVERED;
    }
    if (error == WAIT_TIMEOUT) {
        report_error("no reader has taken the text in time; the text is gone if no other program "
                     "holds %s (start a reader first, or give --timeout more)",
                     name);
        return UNDELIVERED;
    }
    report_system(error, "cannot hand over the text in the mapping %s", name);
    return FAILED;
}

/* What is done after the last message, so that it reaches somebody; `status` is that until now. */
static int finish(bool words, int status, ULONGLONG start)
{
    HANDLE keys = ending == KEEP ? open_keys(!words) : INVALID_HANDLE_VALUE;
    if (!words)
        watch_restart();
    else if (publisher.timeout_ms != INFINITE) /* the time of words runs from the start */
        publisher.timeout_ms -= (uint32_t)min(GetTickCount64() - start, publisher.timeout_ms);
    bool keep = ending == KEEP && (words || keys != INVALID_HANDLE_VALUE);
    return keep ? keep_text(keys, status) : hand_over();
}

/* Writes the words, or what is piped or typed if there are none, and sees that it reaches somebody.
 */
static int run(char **words)
{
    ULONGLONG start = GetTickCount64();
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    bool typed = words[0] == NULL && console_is(input);
    publisher.until_read = ending == UNTIL_READ;
    publisher.delivers = publisher.until_read || (!typed && !(ending == KEEP && words[0] != NULL));
    console_end_with(typed && !publisher.until_read ? DONE : UNDELIVERED);
    DWORD error = watch_start(publisher.timeout_ms, UNDELIVERED);
    if (error != ERROR_SUCCESS) {
        report_system(error, "cannot watch the time");
        return FAILED;
    }
    watch_for("the mapping could not be opened");
    if (interval_ms != 0 && (typed || words[0] != NULL)) {
        report_error("--interval has no effect %s",
                     typed ? "on typed lines: leave it out" : "beside TEXT: leave one of them out");
        return FAILED;
    }
    error = publisher_open(&publisher);
    if (error != ERROR_SUCCESS)
        return error == WAIT_TIMEOUT ? outcome(error) : FAILED;
    watch_for("the text could not be written");
    int status = words[0] != NULL ? send_words(words)
                 : typed          ? send_typed(input)
                                  : send_piped(input);
    if (status == FAILED || publisher.published == 0 || (typed && ending == HAND_OVER))
        return status;
    int end = finish(words[0] != NULL, status, start);
    return end > status ? end : status;
}

int wmain(int argc, wchar_t **wide)
{
    char **words;
    int status;
    publisher.name = MAPPING_NAME;
    publisher.code_page = TEXT_UTF8;
    publisher.timeout_ms = INFINITE;
    if (!options_take(&program, argc, wide, &words, &status))
        return status;
    status = run(words);
    publisher_close(&publisher);
    console_restore();
    return status;
}

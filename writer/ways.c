/* The ways to get messages, and what is done after the last one. */
#include "ways.h"

#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "input.h"
#include "report.h"

/* How long the last holder of a mapping waits before it looks whether somebody has opened it. */
#define HAND_OVER_MS 100

/* The exit status of an attempt to write, with its error reported. */
static int outcome(const struct writer *writer, DWORD error)
{
    const char *name = writer->publisher.mapping.name;
    if (error == ERROR_SUCCESS)
        return writer->sender.refused ? UNDELIVERED : DONE;
    if (error == WAIT_TIMEOUT) {
        publisher_report_lock(&writer->publisher);
        return UNDELIVERED;
    }
    report_system(error, "cannot write to the mapping %s", name);
    if (error == ERROR_INVALID_DATA)
        report_error("another program has overwritten its control data; use another --name");
    return FAILED;
}

/* Publishes all lines that have been read, under one lock; one a lock if they come at intervals. */
static DWORD send_read_lines(struct writer *writer, struct input *input)
{
    const char *line;
    uint64_t bytes;
    DWORD error = ERROR_SUCCESS;
    while (error == ERROR_SUCCESS && input_next(input, &line, &bytes)) {
        if (writer->interval_ms > 0) {
            error = sender_flush(&writer->sender);
            if (writer->publisher.published > 0)
                Sleep(writer->interval_ms);
        }
        if (error == ERROR_SUCCESS)
            error = sender_send(&writer->sender, line, bytes, input->number);
    }
    DWORD end_error = sender_flush(&writer->sender);
    return error != ERROR_SUCCESS ? error : end_error;
}

static int report_input(DWORD error)
{
    report_system(error, "cannot read the input");
    return FAILED;
}

static int send_piped(struct writer *writer, HANDLE handle)
{
    struct input input = {.handle = handle,
                          .longest = 4 * (size_t)publisher_text_bytes(&writer->publisher)};
    int status = DONE;
    while (status != FAILED && !input.ended) {
        DWORD error = input_fill(&input);
        status = error == ERROR_SUCCESS ? outcome(writer, send_read_lines(writer, &input))
                                        : report_input(error);
    }
    input_close(&input);
    return status;
}

static int send_typed(struct writer *writer, HANDLE console)
{
    report_note("writing to %s, up to %lu bytes a line; Ctrl+Z ends it",
                writer->publisher.mapping.name,
                (unsigned long)publisher_text_bytes(&writer->publisher));
    bool ended = false;
    DWORD error = ERROR_SUCCESS;
    while (error == ERROR_SUCCESS && !ended) {
        char *line;
        size_t bytes;
        report_prompt("> ");
        error = console_read_line(console, &line, &bytes, &ended);
        if (error != ERROR_SUCCESS)
            return report_input(error);
        if (!ended || bytes > 0) {
            error = sender_send(&writer->sender, line, bytes, 0);
            DWORD end_error = sender_flush(&writer->sender);
            error = error != ERROR_SUCCESS ? error : end_error;
        }
    }
    report_prompt("\r\n"); /* Ctrl+Z has left the cursor in the line */
    return outcome(writer, error);
}

/* The words, joined by single spaces, as one message. */
static int send_words(struct writer *writer, char **words)
{
    size_t room = 1;
    for (char **word = words; *word != NULL; word++)
        room += strlen(*word) + 1;
    char *text = malloc(room);
    if (text == NULL)
        return outcome(writer, ERROR_NOT_ENOUGH_MEMORY);
    size_t bytes = 0;
    for (char **word = words; *word != NULL; word++) {
        if (word != words)
            text[bytes++] = ' ';
        memcpy(text + bytes, *word, strlen(*word));
        bytes += strlen(*word);
    }
    DWORD error = sender_send(&writer->sender, text, bytes, 0);
    DWORD end_error = sender_flush(&writer->sender);
    free(text);
    return outcome(writer, error != ERROR_SUCCESS ? error : end_error);
}

/* The last holder of a mapping takes its text away by leaving. Whether it is the last is seen by
 * letting go; while it is, it waits for a reader that tells so or one that has opened the mapping.
 */
static DWORD hand_over(struct writer *writer)
{
    struct publisher *publisher = &writer->publisher;
    DWORD error = publisher_wait_read(publisher, 0);
    if (error == WAIT_TIMEOUT)
        error = publisher_let_go(publisher);
    if (error != WAIT_TIMEOUT || writer->timeout_ms == 0)
        return error;
    report_note(
        "no other program holds %s: waiting until a reader has taken the text (Ctrl+C gives "
        "up, --timeout bounds it)",
        publisher->mapping.name);
    ULONGLONG start = GetTickCount64();
    while (error == WAIT_TIMEOUT) {
        ULONGLONG passed = GetTickCount64() - start;
        if (writer->timeout_ms != INFINITE && passed >= writer->timeout_ms)
            break;
        ULONGLONG left = writer->timeout_ms == INFINITE ? INFINITE : writer->timeout_ms - passed;
        error = publisher_wait_read(publisher, left < HAND_OVER_MS ? (DWORD)left : HAND_OVER_MS);
        if (error == WAIT_TIMEOUT)
            error = publisher_let_go(publisher);
    }
    return error;
}

/* Waits for a key; if the input was piped and has ended, at the console behind it. */
static DWORD keep(struct writer *writer, bool input_used)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    HANDLE console = INVALID_HANDLE_VALUE;
    if (input_used && !console_is(input)) {
        console = CreateFileW(L"CONIN$", GENERIC_READ | GENERIC_WRITE,
                              FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
        if (console == INVALID_HANDLE_VALUE)
            return hand_over(writer);
        input = console;
    }
    report_note("keeping the text in %s until a key is pressed", writer->publisher.mapping.name);
    wchar_t character;
    DWORD error = console_read_key(input, writer->timeout_ms, &character);
    if (console != INVALID_HANDLE_VALUE)
        CloseHandle(console);
    return error == ERROR_HANDLE_EOF ? ERROR_SUCCESS : error;
}

/* What is done after the last message, so that it reaches somebody. */
static int finish(struct writer *writer, bool typed, bool words)
{
    const char *name = writer->publisher.mapping.name;
    console_end_with(writer->keep ? DONE : UNDELIVERED);
    DWORD error = ERROR_SUCCESS;
    if (writer->keep)
        error = keep(writer, !words);
    else if (writer->until_read)
        error = publisher_wait_read(&writer->publisher, writer->timeout_ms);
    else if (!typed)
        error = hand_over(writer);
    if (error == ERROR_SUCCESS)
        return DONE;
    if (error != WAIT_TIMEOUT) {
        report_system(error, "cannot %s the text in the mapping %s",
                      writer->keep ? "keep" : "hand over", writer->publisher.name);
        return FAILED;
    }
    report_error("%s in time; the text is gone if no other program holds %s (%s)",
                 writer->keep ? "no key was pressed" : "no reader has taken the text", name,
                 writer->keep ? "give --timeout more"
                              : "start a reader first, or give --timeout more");
    return UNDELIVERED;
}

int writer_run(struct writer *writer, char **words)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    bool typed = words[0] == NULL && console_is(input);
    struct publisher *publisher = &writer->publisher;
    publisher->acknowledged = !typed || writer->until_read;
    publisher->lock_ms = writer->timeout_ms;
    console_end_with(DONE);
    DWORD error = publisher_open(publisher);
    if (error != ERROR_SUCCESS)
        return error == WAIT_TIMEOUT ? UNDELIVERED : FAILED;
    int status = words[0] != NULL ? send_words(writer, words)
                 : typed          ? send_typed(writer, input)
                                  : send_piped(writer, input);
    if (status == FAILED || publisher->published == 0)
        return status;
    int end = finish(writer, typed, words[0] != NULL);
    return end > status ? end : status;
}

/* A line on its way into the mapping: encoded, or refused with a reason. */
#include "sender.h"

#include <stdio.h>
#include <stdlib.h>

#include "encoding.h"
#include "report.h"

DWORD sender_flush(struct sender *sender)
{
    if (!sender->block)
        return ERROR_SUCCESS;
    sender->block = false;
    return publisher_end(sender->publisher);
}

/* Tells why a line is not sent; `number` is its number, 0 if it has none. */
static DWORD refuse(struct sender *sender, uint64_t number, const char *why)
{
    char digits[TEXT_DECIMAL];
    DWORD error = sender_flush(sender); /* nobody shall wait for a slow stderr */
    report_error("%s%s%s; it was not sent", number != 0 ? "line " : "the text",
                 number != 0 ? text_decimal(digits, number) : "", why);
    sender->refused = true;
    return error;
}

static DWORD refuse_long(struct sender *sender, uint64_t number, uint64_t bytes)
{
    char why[200], digits[TEXT_DECIMAL];
    snprintf(
        why, sizeof why,
        " has %s bytes, the mapping holds %lu (to get a larger one, end the programs that hold "
        "it and use --size)",
        text_decimal(digits, bytes), (unsigned long)publisher_text_bytes(sender->publisher));
    return refuse(sender, number, why);
}

static DWORD refuse_character(struct sender *sender, uint64_t number, uint32_t character)
{
    char why[120];
    if (character == UINT32_MAX) {
        snprintf(why, sizeof why, " is not valid UTF-8, so it cannot become code page %u",
                 sender->publisher->code_page);
    } else {
        char utf8[8] = "";
        text_put_utf8(character, utf8);
        snprintf(why, sizeof why,
                 " has U+%04lX '%s', which code page %u lacks (--encoding utf-8 has "
                 "it)",
                 (unsigned long)character, utf8, sender->publisher->code_page);
    }
    return refuse(sender, number, why);
}

/* Brings the text into its encoding. False if it was refused, or an error occurred. */
static bool encode(struct sender *sender, const char **text, uint64_t *bytes, uint64_t number,
                   DWORD *error)
{
    const struct publisher *publisher = sender->publisher;
    size_t most = publisher_text_bytes(publisher);
    if (publisher->code_page != TEXT_UTF8 && *bytes <= 4 * (uint64_t)most) {
        size_t room = encoding_room((size_t)*bytes);
        char *larger = room > sender->stored_room ? realloc(sender->stored, room) : sender->stored;
        if (larger == NULL) {
            *error = ERROR_NOT_ENOUGH_MEMORY;
            return false;
        }
        sender->stored = larger;
        sender->stored_room = room > sender->stored_room ? room : sender->stored_room;
        size_t stored;
        uint32_t lacking;
        if (encoding_encode(publisher->code_page, *text, (size_t)*bytes, larger, &stored,
                            &lacking) != ERROR_SUCCESS) {
            *error = refuse_character(sender, number, lacking);
            return false;
        }
        *text = larger;
        *bytes = stored;
    }
    if (*bytes > most) {
        *error = refuse_long(sender, number, *bytes);
        return false;
    }
    if (publisher->plain && text_length(*text, (size_t)*bytes, publisher->code_page) < *bytes) {
        *error = refuse(sender, number, " has a NUL, which ends a plain text");
        return false;
    }
    return true;
}

DWORD sender_send(struct sender *sender, const char *text, uint64_t bytes, uint64_t number)
{
    DWORD error = ERROR_SUCCESS;
    if (!encode(sender, &text, &bytes, number, &error))
        return error;
    if (!sender->block) {
        error = publisher_begin(sender->publisher);
        if (error != ERROR_SUCCESS)
            return error;
        sender->block = true;
    }
    return publisher_put(sender->publisher, text, (size_t)bytes);
}

void sender_close(struct sender *sender)
{
    free(sender->stored);
    sender->stored = NULL;
}

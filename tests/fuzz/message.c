/* libFuzzer on the latch: any bytes whatever as a mapping, changed between the loads by the input
 * itself. Whatever lies there, it is a message or not, within the bounds and in bounded time. */
#include <stdlib.h>
#include <string.h>

#include "layout.h"

/* Every load of message.c first lets "another program" change a word of the region. */
static unsigned char *region_bytes;
static size_t region_size;
static const unsigned char *changes, *changes_end;

static void another_program(void)
{
    if (changes_end - changes < 6)
        return;
    size_t at = (changes[0] | (size_t)changes[1] << 8) % (region_size / 4) * 4;
    if (changes[0] % 3 == 0) /* else this load is left alone */
        memcpy(region_bytes + at, changes + 2, 4);
    changes += 6;
}

#undef atomic_load_explicit
#define atomic_load_explicit(word, order)                                                          \
    (another_program(), __atomic_load_n((const uint32_t *)(word), order))
#include "../../common/message.c"
#include "../../common/publish.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 8)
        return 0;
    /* Of the exact size, so that a byte behind the region is noticed. The input's end becomes the
     * region's, where the control data is. */
    region_size = 4 * (1 + (data[0] | (size_t)data[1] << 8) % 400);
    region_bytes = calloc(1, region_size);
    size_t given = size - 8 < region_size ? size - 8 : region_size;
    memcpy(region_bytes + region_size - given, data + size - given, given);
    struct message_region region = {(shared_word *)(void *)region_bytes, region_size / 4};
    if (data[2] & 1 && region_size >= sizeof(struct mapping_control)) {
        const uint32_t magics[] = {MAPPING_UNUSED, MAPPING_CLAIMED, MAPPING_READY, 7};
        memcpy(region_bytes + region_size - sizeof(struct mapping_control),
               &magics[data[2] >> 1 & 3], 4);
    }
    changes = data[2] & 8 ? data + 8 : data + size;
    changes_end = data + size;

    size_t room = data[3];
    unsigned char *buffer = malloc(room + 1);
    struct message message;
    if (message_snapshot(region, &message, buffer, room) == MESSAGE_WHOLE && message.length > room)
        abort();
    message_holder(region);
    message_adopt(region, 1 + data[4], false);
    if (message_claim(region, 1 + data[4]) != 0) {
        char text[256];
        memset(text, 't', sizeof text);
        message.length = data[5];
        message_publish(region, &message, text);
        uint32_t signals;
        message_count_signal(region, &signals);
        message_release(region);
    }
    changes = changes_end; /* nobody else now: what was published must be seen, if it fits */
    message_adopt(region, 64, false);
    if (message_claim(region, 1) > 8) {
        message.length = 8;
        if (!message_publish(region, &message, "a message") ||
            message_snapshot(region, &message, buffer, 0) != MESSAGE_TOO_LONG ||
            message.length != 8)
            abort();
    }
    free(buffer);
    free(region_bytes);
    return 0;
}

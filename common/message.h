/*
 * The latch: how a message gets through shared memory whole, whatever happens to its writer.
 *
 * There are two copies of the message, `text` and `standby`, and a counter, `sequence`, whose
 * lowest bit tells which copy is the message now: even `text`, odd `standby`. A writer only ever
 * changes the copy that is not the message, and then flips the counter:
 *
 *     publish (lock held)                         snapshot (read-only, no lock)
 *       s = load(sequence, relaxed)                 s = load(sequence, acquire)
 *       if s is odd: s += 2     a writer died       copy (s odd ? standby : text), relaxed words
 *       else: fence(release)                        fence(acquire)
 *             standby = message                     load(sequence, relaxed) is not s: again
 *             store(sequence, ++s, release)         number = (s >> 1) + (s & 1)
 *       fence(release)
 *       text = message          relaxed words
 *       store(sequence, ++s, release)
 *
 * Why it holds:
 *  - The copy that `sequence` points at was finished before `sequence` was stored (release). A
 *    reader loads the copy after it has loaded `sequence` (acquire).
 *  - Before a writer changes the other copy, it has moved `sequence` on. The release fence before
 *    the change and the acquire fence after the reader's copy ensure this: a reader that has seen
 *    one word of the newer message also sees the newer `sequence`, and tries again.
 *  - A writer that dies leaves a whole message behind: the old one before the flip, the new one
 *    after it. If it died with an odd counter, `text` may be torn and `standby` is the message. The
 *    next writer must not touch `standby`: it rewrites `text` only, and skips a count.
 *  - The counter numbers the messages. Numbers rise by one a message and wrap after 2^31; compare
 *    them by message_distance().
 *
 * Writers exclude each other by the mutex NAME.writer (objects.h), which Windows releases when its
 * owner dies. `holder` names the writer at work. The next one sees there that it has died, and
 * clears the copy that may be half written. The first message of a mapping moves `magic` from
 * MAPPING_UNUSED over MAPPING_CLAIMED, while nothing counts yet, to MAPPING_READY.
 *
 * Nothing in the mapping is trusted: lengths are checked against the region, copies are looked at
 * only after they were taken out, and every loop is bounded.
 *
 * Plain programs write `text` whenever they like. The hash tells: if it does not fit the text, a
 * plain program wrote there. One limit stays: a plain program that writes while a writer of ours
 * rewrites `text` can leave a mixture, which is then shown as a plain program's text.
 *
 * This is pure C11 without any call of an operating system, so that it can be model-checked and run
 * under sanitizers. After seqcount_latch_t of Linux (include/linux/seqlock.h) and H.-J. Boehm, "Can
 * Seqlocks Get Along With Programming Language Memory Models?", MSPC 2012. message.c has what
 * reads, publish.c what writes; reader links only the first.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "layout.h"

/* A view of a whole region. The base is aligned to a page. */
struct message_region {
    shared_word *words;
    size_t count; /* of words: the view's bytes / 4 */
};

struct message {
    uint32_t number;     /* counts the messages of a mapping from 1; set by publish and snapshot */
    uint32_t length;     /* bytes of text, without a NUL */
    uint32_t code_page;  /* Windows' number of the text's encoding */
    uint32_t process_id; /* of the writer */
    uint64_t time;       /* of writing: units of 100 ns since 1601, UTC */
};

enum message_result {
    MESSAGE_WHOLE,    /* a message of ours, as it was published */
    MESSAGE_PLAIN,    /* no message of ours: whatever is at offset 0 is a plain program's */
    MESSAGE_TOO_LONG, /* the buffer has no more bytes than message.length */
    MESSAGE_BUSY,     /* a newer message came at each of the attempts: try again later */
};

/* The capacity, in bytes, that a region has if nobody has recorded another: that of the documented
 * mapping if it is one page, else as much as fits twice, up to 1 MiB; 0 if it is too small for the
 * control data.
 */
uint32_t message_default_capacity(size_t region_bytes);

/* The size in bytes to create a mapping with, so that its region has room for `capacity`: the
 * capacity itself where the rest of the page has room for all else; 0 if it would be above 2^32. */
uint32_t message_section_bytes(uint32_t capacity);

/* The capacity in bytes that is recorded in a region, 0 if there is none that can be true.
 * `ready` (may be NULL) tells whether a message was ever published. */
uint32_t message_capacity(struct message_region region, bool *ready);

/*
 * Records the capacity, in bytes, of a region that has none. The lock must be held. `zero` tells
 * that the caller has created the region, so not all of it need be read to see that it is unused.
 * False if another program's data lies there or there is no room, and then not a byte was changed.
 */
bool message_adopt(struct message_region region, uint32_t capacity, bool zero);

/*
 * Prepares the region for message_publish, in the name of the writer `process_id`: tidies up what a
 * writer that died at work has left, and what lies behind a plain program's text. The lock must be
 * held. Returns the recorded capacity in bytes; 0 if there is none or it was destroyed meanwhile.
 */
uint32_t message_claim(struct message_region region, uint32_t process_id);

/* The opposite, before the lock is given back: no writer is at work any more. */
void message_release(struct message_region region);

/* The process id of the writer that is at work or died at it, 0 if there is none. */
uint32_t message_holder(struct message_region region);

/*
 * Publishes `message` with the `text` of message->length bytes, which must be less than the
 * capacity (by 2 for UTF-16), and sets message->number. The lock must be held and the region
 * claimed under it. Costs the length of this and of the last text, not the capacity; bytes behind
 * the text are zero. False, and nothing written, if it does not fit or the control data was
 * destroyed meanwhile.
 */
bool message_publish(struct message_region region, struct message *message, const void *text);

/* Counts a wake-up of readers: `*signals` is the new count. The lock must be held. False, and
 * nothing written, if the control data was destroyed meanwhile. */
bool message_count_signal(struct message_region region, uint32_t *signals);

/* The number that the next message will get. The lock must be held. */
uint32_t message_next(struct message_region region);

/*
 * Takes the current message out of a region that may be mapped read-only: `message` and its text,
 * if that is shorter than `buffer_bytes`; 0 bytes tell the message only, as MESSAGE_TOO_LONG. Takes
 * no lock, writes nothing, reads nothing outside the region whatever lies there, and ends after a
 * bounded number of attempts. After MESSAGE_PLAIN only message->number is meaningful: that of our
 * last message, 0 if none.
 */
enum message_result message_snapshot(struct message_region region, struct message *message,
                                     void *buffer, size_t buffer_bytes);

/* The number of the message that is there, or was there before a plain program's text; 0 if none.
 */
uint32_t message_number(struct message_region region);

/* How often readers were woken, 0 in a region without a capacity; load it before the snapshot, then
 * wait for the next. */
uint32_t message_signals(struct message_region region);

/* Copies `bytes` bytes at `offset` out of the region; both must lie in it. Race: the bytes may be
 * changing; the caller looks at its copy only, and takes two where it matters. */
void message_copy(struct message_region region, size_t offset, void *buffer, size_t bytes);

/* How far number `b` lies behind number `a`, modulo 2^31. */
uint32_t message_distance(uint32_t a, uint32_t b);

#endif
